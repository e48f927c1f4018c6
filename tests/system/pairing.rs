//! Who coaches whom: named by the LMS, or paired by a tutor; and what a coach may see.

use anyhow::{Result, ensure};
use mtl_demo_lms::Role;

use crate::harness::agent::Page;
use crate::harness::database::Kind;
use crate::harness::installation::{Installation, Plan};
use crate::harness::journey;
use crate::harness::platform::{FIRST, Visitor};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lms_names_whose_coach_somebody_is() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let platform = &town.platform;
    let (amara, sian) = (platform.participant(0)?, platform.participant(2)?);
    hand_in(&town, &amara).await?;
    hand_in(&town, &sian).await?;
    let cohort = platform.coach()?.launch(platform.links.first).await?.ok()?;
    ensure!(cohort.says(&amara.name), "{}", cohort.words());
    ensure!(
        !cohort.says(&sian.name),
        "a coach sees somebody else's participant"
    );

    // What she is not shown, she cannot open by its address either.
    let tutor = platform.tutor()?;
    let all = tutor.launch(platform.links.first).await?.ok()?;
    let submission = submission_of(&all, &sian)?;
    let coach = platform.coach()?;
    let own = coach.launch(platform.links.first).await?;
    let address = format!("{}/submissions/{submission}", own.base()?);
    let refused = coach.agent.follow(&own, &address).await?;
    ensure!(
        matches!(refused.status, 403 | 404),
        "{}: {}",
        refused.status,
        refused.words()
    );
    ensure!(!refused.says("What I saw"), "{}", refused.words());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tutor_pairs_and_unpairs() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let platform = &town.platform;
    let sian = platform.participant(2)?;
    hand_in(&town, &sian).await?;
    // A mentor whom the LMS names for nobody.
    let role = Role::Coach {
        participants: [].into(),
    };
    let grace = platform.visitor(platform.add_member("Grace", "Obi", role)?)?;
    let nobody = grace.launch(platform.links.first).await?.ok()?;
    ensure!(!nobody.says(&sian.name), "{}", nobody.words());

    let tutor = platform.tutor()?;
    let cohort = tutor.launch(platform.links.first).await?.ok()?;
    let pairing = tutor
        .agent
        .follow(&cohort, &format!("{}/pairing", cohort.base()?))
        .await?
        .ok()?;
    let (form, option) = crate::harness::html::forms(&pairing.body)
        .into_iter()
        .find_map(|form| {
            // The form under the participant's name offers Grace as an option.
            let participant = form.value("participant")?.to_owned();
            let block = block_of(&pairing.body, &sian.name)?;
            let option = option_of(block, &grace.name)?;
            block.contains(&participant).then_some((form, option))
        })
        .expect("the page offers to pair");
    let paired = tutor
        .agent
        .send(&pairing, &form.fill("coach", &option)?)
        .await?
        .ok()?;
    ensure!(paired.says("Paired."), "{}", paired.words());

    let seen = grace.launch(platform.links.first).await?.ok()?;
    let work = journey::open_submission(&grace.agent, &seen, &sian.name, "Scenario 1").await?;
    journey::vouch(
        &grace.agent,
        &work,
        "This is how it went in her drama lessons.",
    )
    .await?;

    let form = paired.form_to("/pairing/remove")?;
    let unpaired = tutor.agent.send(&paired, &form).await?.ok()?;
    ensure!(unpaired.says("No longer paired."), "{}", unpaired.words());
    let gone = grace.agent.follow(&work, work.url.path()).await?;
    ensure!(matches!(gone.status, 403 | 404), "{}", gone.status);
    Ok(())
}

async fn hand_in(town: &Installation, participant: &Visitor) -> Result<Page> {
    let page = participant.launch(town.platform.links.first).await?.ok()?;
    let checked = journey::write(&participant.agent, &page, FIRST, "What I saw").await?;
    journey::submit(&participant.agent, &checked).await
}

fn submission_of(cohort: &Page, participant: &Visitor) -> Result<String> {
    let href = cohort.link("a submission", |href, words| {
        href.contains("/submissions/") && words.contains(&participant.name)
    })?;
    Ok(href.rsplit('/').next().unwrap_or_default().to_owned())
}

/// The part of the page below a participant's heading.
fn block_of<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = html.split_once(&format!("<h2>{name}</h2>"))?;
    Some(after.split("<h2>").next().unwrap_or(after))
}

/// The value of the option with this name.
fn option_of(html: &str, name: &str) -> Option<String> {
    let (before, _) = html.split_once(&format!("\">{name}</option>"))?;
    Some(before.rsplit("value=\"").next()?.to_owned())
}
