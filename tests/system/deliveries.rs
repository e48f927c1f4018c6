//! Scores that do not get through at once: dead letters that an operator sends again, answers that
//! were lost, platforms that are down.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use mtl_demo_lms::{Faults, LostAnswer, Role};
use serde_json::Value;

use crate::harness::agent::Page;
use crate::harness::database::Kind;
use crate::harness::installation::{INSTITUTION, Installation, Plan};
use crate::harness::journey;
use crate::harness::platform::{FIRST, Platform, Visitor};
use crate::harness::program::Program;

on_both_databases!(
    a_lost_answer_does_not_lead_to_a_second_score,
    a_platform_that_is_down_gets_its_scores_later,
    dead_letters_are_listed_and_sent_again_by_command,
    marks_that_somebody_typed_over_are_found_and_mended_by_command,
);

async fn a_lost_answer_does_not_lead_to_a_second_score(kind: Kind) -> Result<()> {
    let town = Installation::start(Plan::on(kind)).await?;
    for (number, lost_answer) in [(0, LostAnswer::Cut), (1, LostAnswer::GatewayTimeout)] {
        let participant = town.platform.participant(number)?;
        mark(&town.platform, &participant, 61).await?;
        town.platform.lms.set_faults(Faults {
            lost_answers: 1,
            lost_answer,
            ..Faults::default()
        });
        town.deliver_all().await?;
        assert_eq!(
            town.platform
                .mark_of(participant.person, town.platform.links.first),
            Some(61.0)
        );
        let subject = participant.person.to_string();
        let log = town.platform.lms.score_log();
        let posts = log
            .iter()
            .filter(|record| record.body.contains(&format!("\"{subject}\"")));
        assert_eq!(
            posts.count(),
            1,
            "the score was posted again after a lost answer: {log:?}"
        );
    }
    assert_eq!(town.waiting().await?, 0);
    Ok(())
}

async fn a_platform_that_is_down_gets_its_scores_later(kind: Kind) -> Result<()> {
    let town = Installation::start(Plan::on(kind)).await?;
    let amara = town.platform.participant(0)?;
    let record = mark(&town.platform, &amara, 58).await?;
    town.platform.lms.set_faults(Faults {
        down: true,
        ..Faults::default()
    });
    for _ in 0..3 {
        town.bridge.deliver_due().await?;
        town.clock.advance(TimeDelta::seconds(20));
    }
    assert_eq!(
        town.platform
            .mark_of(amara.person, town.platform.links.first),
        None
    );
    let tutor = platform_tutor(&town.platform).await?;
    let page = tutor
        .0
        .agent
        .follow(&tutor.1, &path_in(&tutor.1, &record)?)
        .await;
    // The tutor cannot come in while the platform is down; whoever is in reads that it waits.
    if let Ok(page) = page {
        ensure!(!page.says("Delivered"), "{}", page.words());
    }
    town.platform.lms.set_faults(Faults {
        error_share: 0.5,
        ..Faults::default()
    });
    for _ in 0..3 {
        town.bridge.deliver_due().await?;
        town.clock.advance(TimeDelta::seconds(20));
    }
    town.platform.lms.set_faults(Faults::default());
    town.deliver_all().await?;
    assert_eq!(
        town.platform
            .mark_of(amara.person, town.platform.links.first),
        Some(58.0)
    );
    assert_eq!(town.platform.counted_scores().len(), 1);
    Ok(())
}

async fn dead_letters_are_listed_and_sent_again_by_command(kind: Kind) -> Result<()> {
    let mut program = Program::configure(kind, None).await?;
    program.start().await?;
    let platform = &program.platform;
    let amara = platform.participant(0)?;
    let record = hand_in_and_judge(platform, &amara, 57).await?;
    // Before the release she becomes an assistant: the gradebook has no row for her any more.
    platform
        .lms
        .enrol(platform.course(), amara.person, Role::TeachingAssistant)?;
    let tutor = platform.tutor()?;
    let cohort = tutor.launch(platform.links.first).await?.ok()?;
    let page = tutor
        .agent
        .follow(&cohort, &path_in(&cohort, &record)?)
        .await?
        .ok()?;
    let decided = journey::decide(&tutor.agent, &page).await?;
    journey::release(&tutor.agent, &decided).await?;

    let dead = wait_for(&program, "dead").await?;
    let reason = dead[0]["last_error"].as_str().context("no reason")?;
    ensure!(
        reason.contains("400"),
        "the platform's words are lost: {reason}"
    );
    let page = tutor
        .agent
        .follow(&cohort, &path_in(&cohort, &record)?)
        .await?
        .ok()?;
    ensure!(
        page.says("Where it has been sent") && page.says("57"),
        "{}",
        page.words()
    );
    let metrics = reqwest::get(program.metrics.clone()).await?.text().await?;
    ensure!(metrics.contains("mtl_deliveries_total"), "{metrics}");

    platform
        .lms
        .enrol(platform.course(), amara.person, Role::Participant)?;
    let id = dead[0]["id"].as_str().context("no id")?;
    let said = program.run(&["deliveries", "retry", INSTITUTION, id])?;
    ensure!(said.contains("will be sent again"), "{said}");
    wait_for(&program, "delivered").await?;
    assert_eq!(
        platform.mark_of(amara.person, platform.links.first),
        Some(57.0)
    );
    let said = program.run(&["deliveries", "retry", INSTITUTION, id])?;
    ensure!(said.contains("only dead deliveries"), "{said}");
    let said = program.run(&["deliveries", "retry", INSTITUTION])?;
    ensure!(said.contains("No delivery is dead"), "{said}");
    program.stop()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_that_does_not_answer_is_given_up_after_the_configured_seconds() -> Result<()> {
    // Less than the usual time of a whole call.
    const SOON: Duration = Duration::from_secs(15);
    let mut program = Program::configure(Kind::Sqlite, None).await?;
    program.set("MTL_BRIDGE_OUTBOUND__CONNECT_TIMEOUT_SECONDS", "1");
    program.set("MTL_BRIDGE_OUTBOUND__CALL_TIMEOUT_SECONDS", "40");
    let refused = program.try_run(&["config", "check"])?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(said.contains("40 is not from 2 to 30"), "{said}");
    program.set("MTL_BRIDGE_OUTBOUND__CALL_TIMEOUT_SECONDS", "2");
    program.start().await?;
    let platform = &program.platform;
    let amara = platform.participant(0)?;
    let record = hand_in_and_judge(platform, &amara, 59).await?;
    let (tutor, cohort) = platform_tutor(platform).await?;
    platform.lms.set_faults(Faults {
        unanswered_share: 1.0,
        ..Faults::default()
    });
    let path = path_in(&cohort, &record)?;
    let page = tutor.agent.follow(&cohort, &path).await?.ok()?;
    let decided = journey::decide(&tutor.agent, &page).await?;
    let begun = Instant::now();
    journey::release(&tutor.agent, &decided).await?;
    loop {
        let waiting = wait_for(&program, "pending").await?;
        if waiting[0]["last_error"]
            .as_str()
            .is_some_and(|error| error.contains("no answer in time"))
        {
            break;
        }
        ensure!(begun.elapsed() < SOON, "still asking: {waiting:?}");
    }
    platform.lms.set_faults(Faults::default());
    wait_for(&program, "delivered").await?;
    assert_eq!(
        platform.mark_of(amara.person, platform.links.first),
        Some(59.0)
    );
    program.stop()
}

async fn marks_that_somebody_typed_over_are_found_and_mended_by_command(kind: Kind) -> Result<()> {
    const VERIFY: [&str; 3] = ["deliveries", "verify", INSTITUTION];
    let mut program = Program::configure(kind, None).await?;
    program.start().await?;
    let platform = &program.platform;
    let (amara, tomasz) = (platform.participant(0)?, platform.participant(1)?);
    mark(platform, &amara, 57).await?;
    mark(platform, &tomasz, 63).await?;
    wait_for_verified(&program, "2 of 2 marks are as released").await?;

    // One mark is typed over, the other one is taken out.
    let link = platform.links.first;
    let items = platform.lms.line_items(platform.course());
    let column = items.iter().find(|item| item.link == Some(link));
    let column = column.context("the link has no column")?.id;
    platform.lms.type_mark(column, amara.person, Some(85.0));
    platform.lms.type_mark(column, tomasz.person, None);
    let said = program.try_run(&VERIFY)?;
    ensure!(!said.status.success(), "differences are no success");
    let table = String::from_utf8(said.stdout)?;
    for (name, released, found) in [
        (&amara.name, "57 of 100", "the gradebook shows 85 of 100"),
        (&tomasz.name, "63 of 100", "no mark"),
    ] {
        let row = table.lines().find(|line| line.contains(name.as_str()));
        let row = row.with_context(|| format!("nothing about {name}: {table}"))?;
        ensure!(row.contains(released) && row.contains(found), "{row}");
    }
    ensure!(table.contains("0 of 2 marks are as released"), "{table}");
    let said = String::from_utf8(said.stderr)?;
    ensure!(said.contains("--resend sends ours again"), "{said}");
    // To look is to change nothing.
    assert_eq!(platform.mark_of(amara.person, link), Some(85.0));
    let json = program.try_run(&[&VERIFY[..], &["--json"]].concat())?;
    let rows: Vec<Value> = serde_json::from_slice(&json.stdout)?;
    let mut findings: Vec<_> = rows
        .iter()
        .filter_map(|row| row["finding"].as_str())
        .collect();
    findings.sort_unstable();
    assert_eq!(findings, ["missing", "other_mark"]);

    let said = program.try_run(&[&VERIFY[..], &["--resend"]].concat())?;
    ensure!(!said.status.success());
    let said = String::from_utf8(said.stdout)?;
    ensure!(said.contains("2 will be sent again"), "{said}");
    wait_for_verified(&program, "2 of 2 marks are as released").await?;
    assert_eq!(platform.mark_of(amara.person, link), Some(57.0));
    assert_eq!(platform.mark_of(tomasz.person, link), Some(63.0));
    program.stop()
}

/// Waits until `deliveries verify` ends well, with these words.
async fn wait_for_verified(program: &Program, words: &str) -> Result<()> {
    const TRIES: usize = 100;
    for _ in 0..TRIES {
        let said = program.try_run(&["deliveries", "verify", INSTITUTION])?;
        if said.status.success() && String::from_utf8(said.stdout)?.contains(words) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("never {words:?}: {}", program.log())
}

/// Waits until a score is in that state.
async fn wait_for(program: &Program, state: &str) -> Result<Vec<Value>> {
    const TRIES: usize = 100;
    for _ in 0..TRIES {
        let command = [
            "deliveries",
            "list",
            INSTITUTION,
            "--kind",
            "score",
            "--state",
            state,
        ];
        let listed = program.run(&[&command[..], &["--json"]].concat())?;
        let rows: Vec<Value> = serde_json::from_str(&listed)?;
        if !rows.is_empty() {
            return Ok(rows);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("no score is {state}: {}", program.log())
}

/// One participant's first scenario, submitted and judged; answers the path of the record.
async fn hand_in_and_judge(
    platform: &Platform,
    participant: &Visitor,
    mark: u32,
) -> Result<String> {
    let page = participant.launch(platform.links.first).await?.ok()?;
    let checked = journey::write(&participant.agent, &page, FIRST, "My question").await?;
    journey::submit(&participant.agent, &checked).await?;
    let (tutor, cohort) = platform_tutor(platform).await?;
    let work =
        journey::open_submission(&tutor.agent, &cohort, &participant.name, "Scenario 1").await?;
    let judged = journey::judge(
        &tutor.agent,
        &work,
        mark,
        "A fair beginning with some gaps.",
    )
    .await?;
    let record = journey::open_record(&tutor.agent, &judged, &participant.name).await?;
    let base = record.base()?;
    Ok(record.url.path().trim_start_matches(&base).to_owned())
}

/// The same, decided and released.
async fn mark(platform: &Platform, participant: &Visitor, mark: u32) -> Result<String> {
    let record = hand_in_and_judge(platform, participant, mark).await?;
    let (tutor, cohort) = platform_tutor(platform).await?;
    let page = tutor
        .agent
        .follow(&cohort, &path_in(&cohort, &record)?)
        .await?
        .ok()?;
    let decided = journey::decide(&tutor.agent, &page).await?;
    journey::release(&tutor.agent, &decided).await?;
    Ok(record)
}

async fn platform_tutor(platform: &Platform) -> Result<(Visitor, Page)> {
    let tutor = platform.tutor()?;
    let faults = platform.lms.faults();
    platform.lms.set_faults(Faults::default());
    let cohort = tutor.launch(platform.links.first).await?.ok()?;
    platform.lms.set_faults(faults);
    Ok((tutor, cohort))
}

fn path_in(page: &Page, path: &str) -> Result<String> {
    Ok(format!("{}{path}", page.base()?))
}
