//! One module from the first launch to the mark in the gradebook, with a second attempt, over HTTP.

mod other_platforms;

use anyhow::{Result, ensure};
use chrono::TimeDelta;

use crate::harness::database::Kind;
use crate::harness::installation::{Installation, Plan};
use crate::harness::journey;
use crate::harness::platform::{FIRST, SECOND};
use crate::harness::records::{count_verbs, embedded, verb};

const FIRST_TITLE: &str = "Scenario 1";
const SECOND_TITLE: &str = "Scenario 2";

on_both_databases!(marks_reach_the_gradebook_and_a_second_attempt_replaces_them);

#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn marks_reach_the_gradebook_and_a_second_attempt_replaces_them(kind: Kind) -> Result<()> {
    let town = Installation::start(Plan::on(kind)).await?;
    let platform = &town.platform;
    let (amara, coach, tutor) = (
        platform.participant(0)?,
        platform.coach()?,
        platform.tutor()?,
    );
    let links = platform.links;

    // The participant writes both scenarios and hands them in.
    for (link, activity, title) in [
        (links.first, FIRST, FIRST_TITLE),
        (links.second, SECOND, SECOND_TITLE),
    ] {
        let page = amara.launch(link).await?.ok()?;
        ensure!(page.says(title), "{}", page.words());
        let checked = journey::write(&amara.agent, &page, activity, "What my pupils did").await?;
        let submitted = journey::submit(&amara.agent, &checked).await?;
        ensure!(
            submitted.says("What my pupils did (question)"),
            "{}",
            submitted.words()
        );
        ensure!(
            submitted
                .find_link(|href, _| href.ends_with("/submit"))
                .is_none()
        );
        town.clock.advance(TimeDelta::minutes(1));
    }

    // The coach whom the LMS names sees the work, and says that it holds.
    let cohort = coach.launch(links.first).await?.ok()?;
    let work = journey::open_submission(&coach.agent, &cohort, &amara.name, FIRST_TITLE).await?;
    journey::vouch(&coach.agent, &work, "I saw this happen in her lessons.").await?;

    // The tutor marks both, the second one below the pass mark.
    let cohort = tutor.launch(links.first).await?.ok()?;
    for (title, mark, words) in [
        (
            FIRST_TITLE,
            62,
            "A question that goes somewhere, well observed.",
        ),
        (
            SECOND_TITLE,
            45,
            "The evidence does not bear the conclusion yet.",
        ),
    ] {
        let work = journey::open_submission(&tutor.agent, &cohort, &amara.name, title).await?;
        journey::judge(&tutor.agent, &work, mark, words).await?;
    }
    let page = amara.launch(links.first).await?.ok()?;
    ensure!(
        !page.says("62"),
        "a mark is seen before it is released: {}",
        page.words()
    );

    let cohort = tutor.launch(links.first).await?.ok()?;
    let record = journey::open_record(&tutor.agent, &cohort, &amara.name).await?;
    let decided = journey::decide(&tutor.agent, &record).await?;
    ensure!(
        decided.says("The policy has decided"),
        "{}",
        decided.words()
    );
    town.deliver_all().await?;
    ensure!(
        platform.counted_scores().is_empty(),
        "a score went out before the release"
    );
    journey::release(&tutor.agent, &decided).await?;
    town.deliver_all().await?;
    assert_eq!(platform.mark_of(amara.person, links.first), Some(62.0));
    assert_eq!(platform.mark_of(amara.person, links.second), Some(45.0));
    let comment = platform
        .comment_of(amara.person, links.first)
        .unwrap_or_default();
    ensure!(comment.contains("well observed"), "{comment}");

    // Referred work is reopened and comes back better; the second attempt is capped.
    let cohort = tutor.launch(links.second).await?.ok()?;
    let record = journey::open_record(&tutor.agent, &cohort, &amara.name).await?;
    journey::reopen(&tutor.agent, &record, "Referred by the board").await?;
    let page = amara.launch(links.second).await?.ok()?;
    ensure!(page.says("Attempt 2"), "{}", page.words());
    let checked = journey::write(&amara.agent, &page, SECOND, "What I saw the second time").await?;
    journey::submit(&amara.agent, &checked).await?;
    town.clock.advance(TimeDelta::minutes(1));
    let cohort = tutor.launch(links.second).await?.ok()?;
    let work = journey::open_submission(&tutor.agent, &cohort, &amara.name, SECOND_TITLE).await?;
    journey::judge(
        &tutor.agent,
        &work,
        68,
        "Now the evidence carries the argument.",
    )
    .await?;
    let cohort = tutor.launch(links.second).await?.ok()?;
    let record = journey::open_record(&tutor.agent, &cohort, &amara.name).await?;
    let decided = journey::decide(&tutor.agent, &record).await?;
    journey::release(&tutor.agent, &decided).await?;
    town.deliver_all().await?;
    assert_eq!(
        platform.mark_of(amara.person, links.second),
        Some(50.0),
        "capped"
    );
    assert_eq!(
        platform.module_mark_of(amara.person),
        Some(55.0),
        "0.4 × 62 + 0.6 × 50"
    );
    assert_eq!(platform.mark_of(amara.person, links.first), Some(62.0));

    // The participant reads the result.
    let page = amara.launch(links.second).await?.ok()?;
    ensure!(
        page.says("Now the evidence carries the argument."),
        "{}",
        page.words()
    );

    check_statements(&town).await?;
    check_counted(&town);
    Ok(())
}

async fn check_statements(town: &Installation) -> Result<()> {
    let statements = embedded(town.bridge.store(), town.institution).await?;
    let counts = count_verbs(&statements);
    for (of, wanted) in [
        ("launched", 11),
        ("initialized", 3),
        ("submitted", 3),
        ("assessed", 4),
        ("scored", 3),
        ("passed", 1),
        ("voided", 1),
    ] {
        assert_eq!(counts.get(of), Some(&wanted), "{of}: {counts:?}");
    }
    ensure!(
        counts.get("progressed").is_some_and(|count| *count >= 2),
        "{counts:?}"
    );
    // The failed outcome was voided when the second one was released.
    assert_eq!(counts.get("failed"), None, "{counts:?}");
    for statement in &statements {
        let actor = statement["actor"]["account"]["name"]
            .as_str()
            .unwrap_or_default();
        ensure!(
            uuid::Uuid::parse_str(actor).is_ok(),
            "{} names {actor:?}",
            verb(statement)
        );
        let text = statement.to_string();
        ensure!(
            !text.contains("Okafor") && !text.contains("Adeyemi"),
            "a name in {text}"
        );
    }
    Ok(())
}

/// Each score of a person in a column is later than the one before.
fn check_counted(town: &Installation) {
    let counted = town.platform.counted_scores();
    assert_eq!(
        town.platform.lms.score_log().len(),
        counted.len(),
        "a score was refused"
    );
    for (number, score) in counted.iter().enumerate() {
        let earlier = counted[..number].iter();
        let same = earlier.filter(|e| (e.item, &e.person) == (score.item, &score.person));
        for earlier in same {
            assert!(earlier.timestamp < score.timestamp, "{earlier:?} {score:?}");
        }
    }
}
