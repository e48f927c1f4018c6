//! What a launch tells besides, on a database that fails just there.

use anyhow::{Result, ensure};
use mtl_demo_lms::{Flavour, NewCourse, Role};

use crate::harness::database::Kind;
use crate::harness::installation::{Installation, Plan};
use crate::harness::journey;
use crate::harness::platform::FIRST;

on_both_databases!(
    what_cannot_be_noted_keeps_nobody_out,
    a_coach_is_let_in_only_when_pairs_that_ended_are_ended,
);

async fn what_cannot_be_noted_keeps_nobody_out(kind: Kind) -> Result<()> {
    const NOTES: [&str; 3] = ["registration", "context_origin", "notice_subscription"];
    let town = Installation::start(Plan::on(kind).beside(Flavour::Canvas)).await?;
    let (platform, database) = (&town.platform, &town.database);
    // A launch is to bring all of them: nobody entered the product, and the course is a copy.
    database
        .execute("UPDATE registration SET product = NULL".to_owned())
        .await?;
    let next = NewCourse {
        label: "MTL-2027".to_owned(),
        title: "The next cohort".to_owned(),
    };
    let copy = platform.lms.copy_course(platform.course(), next)?;
    let tutor = platform.tutor()?;
    platform.lms.enrol(copy.course, tutor.person, Role::Tutor)?;
    let link = copy.links[&platform.links.first];
    for table in NOTES {
        database.refuse_writes(table).await?;
    }
    tutor.launch(link).await?.ok()?;
    let noted = async || -> Result<(i64, i64, Option<String>)> {
        let counts = database.count_rows().await?;
        let registrations = town.bridge.store().list_registrations().await?;
        Ok((
            counts["context_origin"],
            counts["notice_subscription"],
            registrations[0].product.clone(),
        ))
    };
    ensure!(noted().await? == (0, 0, None), "{:?}", noted().await?);

    // The next launch tells it again.
    for table in NOTES {
        database.allow_writes(table).await?;
    }
    tutor.launch(link).await?.ok()?;
    let known = (1, 1, Some("canvas".to_owned()));
    ensure!(noted().await? == known, "{:?}", noted().await?);
    Ok(())
}

async fn a_coach_is_let_in_only_when_pairs_that_ended_are_ended(kind: Kind) -> Result<()> {
    let town = Installation::start(Plan::on(kind)).await?;
    let (platform, database) = (&town.platform, &town.database);
    let (amara, sian) = (platform.participant(0)?, platform.participant(2)?);
    for participant in [&amara, &sian] {
        let page = participant.launch(platform.links.first).await?.ok()?;
        let checked = journey::write(&participant.agent, &page, FIRST, "What I saw").await?;
        journey::submit(&participant.agent, &checked).await?;
    }
    let coach = platform.coach()?;
    let coaches = |participants: &[_]| {
        let role = Role::Coach {
            participants: participants.iter().copied().collect(),
        };
        platform.lms.enrol(platform.course(), coach.person, role)
    };
    coaches(&[amara.person])?;
    let cohort = coach.launch(platform.links.first).await?.ok()?;
    ensure!(cohort.says(&amara.name), "{}", cohort.words());

    // A pair more that cannot be written: she sees less for now, and comes in.
    database.refuse_writes("pairing").await?;
    coaches(&[amara.person, sian.person])?;
    let cohort = coach.launch(platform.links.first).await?.ok()?;
    ensure!(
        cohort.says(&amara.name) && !cohort.says(&sian.name),
        "{}",
        cohort.words()
    );
    // A pair less that cannot be written: she would see what she must not.
    coaches(&[sian.person])?;
    let refused = coach.launch(platform.links.first).await?;
    ensure!(refused.status >= 500, "{}", refused.status);
    ensure!(!refused.says(&amara.name), "{}", refused.words());
    ensure!(
        refused.says("Something went wrong on our side")
            && refused.says("open the activity again from your course"),
        "{}",
        refused.words()
    );

    // Opening it again is enough, once the database is well.
    database.allow_writes("pairing").await?;
    let cohort = coach.launch(platform.links.first).await?.ok()?;
    ensure!(
        cohort.says(&sian.name) && !cohort.says(&amara.name),
        "{}",
        cohort.words()
    );
    Ok(())
}
