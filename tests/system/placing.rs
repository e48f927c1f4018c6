//! From picking activities in the bridge to the mark in their column, and on to the copied course
//! of the next cohort.

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use mtl_demo_lms::{LinkId, NewCourse, Role};

use crate::harness::agent::Page;
use crate::harness::database::Kind;
use crate::harness::html::forms;
use crate::harness::installation::{Installation, Plan};
use crate::harness::journey;
use crate::harness::platform::{FIRST, MODULE, SECOND, Visitor};

on_both_databases!(
    a_module_that_was_picked_is_done_marked_and_copied,
    a_link_that_was_set_up_by_hand_works_in_the_copied_course,
);

/// Picks a whole module, with what the pages offer, and answers its links in the course.
async fn place_module(town: &Installation, tutor: &Visitor) -> Result<Vec<LinkId>> {
    let platform = &town.platform;
    let course = platform.course();
    let before = platform.lms.links(course);
    let picker = tutor.pick(platform.registered, course).await?.ok()?;
    ensure!(
        picker.says("Add activities to your course"),
        "{}",
        picker.words()
    );
    let base = picker.base()?;
    let review = tutor
        .agent
        .follow(&picker, &format!("{base}/pick/review?m={MODULE}"))
        .await?
        .ok()?;
    let form = review.form_to("/pick")?;
    let answer = tutor.agent.send(&review, &form).await?.ok()?;
    let back = forms(&answer.body)
        .into_iter()
        .next()
        .context("no form back to the platform")?;
    let placed = tutor.agent.send(&answer, &back).await?.ok()?;
    ensure!(placed.says("Scenario 1"), "{}", placed.words());
    let mut links = platform.lms.links(course);
    links.retain(|link| before.iter().all(|known| known.id != link.id));
    Ok(links.into_iter().map(|link| link.id).collect())
}

async fn hand_in(who: &Visitor, page: &Page, activity: &str, words: &str) -> Result<()> {
    let checked = journey::write(&who.agent, page, activity, words).await?;
    journey::submit(&who.agent, &checked).await?;
    Ok(())
}

async fn a_module_that_was_picked_is_done_marked_and_copied(kind: Kind) -> Result<()> {
    let town = Installation::start(Plan::on(kind)).await?;
    let platform = &town.platform;
    let (amara, tutor) = (platform.participant(0)?, platform.tutor()?);
    let links = place_module(&town, &tutor).await?;
    let [first, second] = links[..] else {
        anyhow::bail!("{} links were placed", links.len());
    };

    // The participant does both, the tutor marks them, the marks come into the links' own columns.
    for (link, activity) in [(first, FIRST), (second, SECOND)] {
        let page = amara.launch(link).await?.ok()?;
        hand_in(&amara, &page, activity, "What my pupils did").await?;
        town.clock.advance(TimeDelta::minutes(1));
    }
    let cohort = tutor.launch(first).await?.ok()?;
    for (title, mark) in [("Scenario 1", 62), ("Scenario 2", 58)] {
        let work = journey::open_submission(&tutor.agent, &cohort, &amara.name, title).await?;
        let words = "A question that goes somewhere, well observed.";
        journey::judge(&tutor.agent, &work, mark, words).await?;
    }
    let cohort = tutor.launch(first).await?.ok()?;
    let record = journey::open_record(&tutor.agent, &cohort, &amara.name).await?;
    let decided = journey::decide(&tutor.agent, &record).await?;
    journey::release(&tutor.agent, &decided).await?;
    town.deliver_all().await?;
    assert_eq!(platform.mark_of(amara.person, first), Some(62.0));
    assert_eq!(platform.mark_of(amara.person, second), Some(58.0));

    // A year later the course is copied. Somebody who is in both begins anew there.
    let copy = platform.lms.copy_course(
        platform.course(),
        NewCourse {
            label: "NEXT".to_owned(),
            title: "The next cohort".to_owned(),
        },
    )?;
    platform
        .lms
        .enrol(copy.course, amara.person, Role::Participant)?;
    let copied = copy.links[&first];
    let page = amara.launch(copied).await?.ok()?;
    ensure!(
        page.says("Context and question") && !page.says("What my pupils did") && !page.says("62"),
        "{}",
        page.words()
    );
    hand_in(&amara, &page, FIRST, "What the next class did").await?;
    town.clock.advance(TimeDelta::minutes(1));

    // The next cohort's tutor sees the new work alone, and the old one is as it was.
    let cohort = tutor.launch(copied).await?.ok()?;
    ensure!(cohort.says("The next cohort"), "{}", cohort.words());
    let work = journey::open_submission(&tutor.agent, &cohort, &amara.name, "Scenario 1").await?;
    ensure!(
        work.says("What the next class did") && !work.says("What my pupils did"),
        "{}",
        work.words()
    );
    let record = journey::open_record(&tutor.agent, &cohort, &amara.name).await?;
    ensure!(!record.says("62"), "{}", record.words());
    let page = amara.launch(first).await?.ok()?;
    ensure!(
        page.says("62") && page.says("What my pupils did"),
        "{}",
        page.words()
    );
    town.deliver_all().await?;
    assert_eq!(platform.mark_of(amara.person, first), Some(62.0));
    Ok(())
}

async fn a_link_that_was_set_up_by_hand_works_in_the_copied_course(kind: Kind) -> Result<()> {
    let town = Installation::start(Plan::on(kind)).await?;
    let platform = &town.platform;
    let (amara, tutor) = (platform.participant(0)?, platform.tutor()?);
    let unbound = platform.links.unbound;
    let page = amara.launch(unbound).await?.ok()?;
    ensure!(page.says("not set up yet"), "{}", page.words());
    let choose = tutor.launch(unbound).await?.ok()?;
    let form = choose.form_to("/link")?.fill("activity", FIRST)?;
    tutor.agent.send(&choose, &form).await?.ok()?;

    let copy = platform.lms.copy_course(
        platform.course(),
        NewCourse {
            label: "NEXT".to_owned(),
            title: "The next cohort".to_owned(),
        },
    )?;
    platform
        .lms
        .enrol(copy.course, amara.person, Role::Participant)?;
    let page = amara.launch(copy.links[&unbound]).await?.ok()?;
    ensure!(page.says("Context and question"), "{}", page.words());
    Ok(())
}
