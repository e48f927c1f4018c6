//! The platform's list of a course: everybody before they come, who left, who is what.

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use mtl_demo_lms::Role;

use crate::harness::agent::Page;
use crate::harness::database::Kind;
use crate::harness::html;
use crate::harness::installation::{Installation, Plan};
use crate::harness::journey;
use crate::harness::platform::{FIRST, Visitor};

/// More than a page of any platform, and more than Canvas gives at once.
const MANY: usize = 1_000;

on_both_databases!(
    a_thousand_people_are_there_before_they_first_come,
    people_come_and_go_and_are_who_they_are,
);

async fn open(visitor: &Visitor, page: &Page, path: &str) -> Result<Page> {
    let address = format!("{}/{path}", page.base()?);
    visitor.agent.follow(page, &address).await?.ok()
}

async fn a_thousand_people_are_there_before_they_first_come(kind: Kind) -> Result<()> {
    let town = Installation::start(Plan::on(kind)).await?;
    let platform = &town.platform;
    let known = platform.seeded.participants.len();
    for number in known..MANY {
        platform.add_member("Student", &format!("N{number:04}"), Role::Participant)?;
    }
    // Whoever comes first, the worker reads the list of their course.
    let amara = platform.participant(0)?;
    amara.launch(platform.links.first).await?.ok()?;
    town.bridge.read_due_rosters().await?;
    let tutor = platform.tutor()?;
    let first = tutor.launch(platform.links.first).await?.ok()?;
    let cohort = open(&tutor, &first, "cohort").await?;
    ensure!(
        cohort.says("1,000 participants in this course, 999 have not started yet."),
        "{}",
        cohort.words()
    );
    ensure!(cohort.says("1 to 50 of 1,000 people"), "{}", cohort.words());
    let last = open(&tutor, &first, "cohort?page=20").await?;
    ensure!(
        last.says("951 to 1,000 of 1,000 people"),
        "{}",
        last.words()
    );

    // The last of them comes: still a thousand, and one of them has opened it.
    let people = platform.lms.people();
    let name = format!("Student N{:04}", MANY - 1);
    let person = people.iter().find(|person| person.name() == name);
    let person = platform.visitor(person.context("nobody has that name")?.id)?;
    person.launch(platform.links.first).await?.ok()?;
    let found = open(&tutor, &first, "cohort?q=n0999").await?;
    ensure!(found.says("1,000 participants"), "{}", found.words());
    ensure!(found.says("Draft") && !found.says("Has not opened it yet"));
    Ok(())
}

async fn people_come_and_go_and_are_who_they_are(kind: Kind) -> Result<()> {
    let town = Installation::start(Plan::on(kind)).await?;
    let platform = &town.platform;
    let (amara, sian) = (platform.participant(0)?, platform.participant(2)?);
    let assistant = platform.add_member("Tariq", "Aziz", Role::TeachingAssistant)?;
    let assistant = platform.visitor(assistant)?;
    let written = amara.launch(platform.links.first).await?.ok()?;
    town.bridge.read_due_rosters().await?;
    assistant.launch(platform.links.first).await?.ok()?;
    let written = journey::write(&amara.agent, &written, FIRST, "What I saw").await?;
    let submitted = journey::submit(&amara.agent, &written).await?;
    ensure!(
        submitted.body.contains("lti_msg="),
        "the course is not told"
    );
    let tutor = platform.tutor()?;
    let first = tutor.launch(platform.links.first).await?.ok()?;

    // Siân, who was never here, is paired with Helen, who was never here either.
    let pairing = open(&tutor, &first, "pairing").await?;
    ensure!(pairing.says("can be paired already"), "{}", pairing.words());
    let block = pairing
        .body
        .split("<h2>")
        .find(|block| block.starts_with(&sian.name))
        .context("she is not on the page")?;
    let form = html::form_to(&format!("<h2>{block}"), "/pairing")?;
    ensure!(
        !pairing.body.contains(&format!("<h2>{}", assistant.name)),
        "an assistant is taken for a participant"
    );
    let coach = block
        .split("<option value=\"")
        .find(|option| option.contains(">Helen Marsh</option>"))
        .and_then(|option| option.split('"').next())
        .context("the coach is not offered")?;
    let paired = tutor
        .agent
        .send(&pairing, &form.fill("coach", coach)?)
        .await?
        .ok()?;
    ensure!(paired.says("Paired."), "{}", paired.words());
    let helen = platform.coach()?;
    let hers = helen.launch(platform.links.first).await?.ok()?;
    ensure!(hers.says(&sian.name), "{}", hers.words());
    sian.launch(platform.links.first).await?.ok()?;
    let hers = helen.launch(platform.links.first).await?.ok()?;
    ensure!(
        hers.says(&sian.name) && hers.says("Draft"),
        "{}",
        hers.words()
    );

    // Amara leaves: her work stays, apart from the others'.
    platform.lms.unenrol(platform.course(), amara.person);
    town.clock.advance(TimeDelta::seconds(10));
    let cohort = open(&tutor, &first, "cohort").await?;
    let form = cohort.form_to("/cohort/refresh")?;
    let cohort = tutor.agent.send(&cohort, &form).await?.ok()?;
    ensure!(
        cohort.says("The list of people is up to date."),
        "{}",
        cohort.words()
    );
    let (_, left) = cohort
        .body
        .split_once("No longer in the course")
        .context("nobody is shown apart")?;
    ensure!(left.contains(&amara.name) && !left.contains(&sian.name));
    let work = journey::open_submission(&tutor.agent, &cohort, &amara.name, "Scenario 1").await?;
    ensure!(work.says("What I saw"), "{}", work.words());
    ensure!(
        cohort.says("3 participants in this course"),
        "{}",
        cohort.words()
    );
    Ok(())
}
