//! An institution with a learning record store of its own: statements reach it, survive its
//! outages, and count once.

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use serde_json::Value;

use crate::harness::database::Kind;
use crate::harness::installation::{INSTITUTION, Installation, Plan};
use crate::harness::journey;
use crate::harness::platform::FIRST;
use crate::harness::program::Program;
use crate::harness::records::{Mood, RecordStore, count_verbs, embedded};

on_both_databases!(
    statements_arrive_and_outages_lose_and_double_nothing,
    statements_go_to_a_store_of_the_institutions_own_once_a_command_says_so,
);

async fn statements_arrive_and_outages_lose_and_double_nothing(kind: Kind) -> Result<()> {
    let records = RecordStore::start().await?;
    let town = Installation::start(Plan::on(kind).with_lrs(records.settings())).await?;
    let platform = &town.platform;
    let amara = platform.participant(0)?;

    amara.launch(platform.links.first).await?.ok()?;
    town.deliver_all().await?;
    let counts = count_verbs(&records.statements());
    assert_eq!(counts.get("launched"), Some(&1), "{counts:?}");
    assert_eq!(counts.get("initialized"), Some(&1), "{counts:?}");
    ensure!(
        embedded(town.bridge.store(), town.institution)
            .await?
            .is_empty()
    );

    // Down: everything waits, and people do not notice.
    records.set_mood(Mood::Down);
    let page = amara.launch(platform.links.first).await?.ok()?;
    let checked = journey::write(&amara.agent, &page, FIRST, "While it was down").await?;
    journey::submit(&amara.agent, &checked).await?;
    for _ in 0..3 {
        town.bridge.deliver_due().await?;
        town.clock.advance(TimeDelta::seconds(10));
    }
    ensure!(town.waiting().await? > 0, "nothing waits");
    assert_eq!(count_verbs(&records.statements()).get("submitted"), None);
    ensure!(records.answers().contains(&503));

    // Up again, but its answers to the next two batches are lost on the way.
    records.set_mood(Mood::LosesAnswers(2));
    town.deliver_all().await?;
    let statements = records.statements();
    let counts = count_verbs(&statements);
    assert_eq!(counts.get("launched"), Some(&2), "{counts:?}");
    assert_eq!(counts.get("submitted"), Some(&1), "{counts:?}");
    assert_eq!(
        records.conflicts(),
        [""; 0],
        "a statement changed between two tries"
    );
    ensure!(records.answers().contains(&504));

    // Credentials that do not work any more: paused, nothing lost, nothing dead.
    records.set_mood(Mood::Refuses);
    platform
        .participant(1)?
        .launch(platform.links.first)
        .await?
        .ok()?;
    town.bridge.deliver_due().await?;
    records.set_mood(Mood::Takes);
    town.deliver_all().await?;
    assert_eq!(count_verbs(&records.statements()).get("launched"), Some(&3));
    let depth = town.bridge.store().outbox_depth().await?;
    ensure!(depth.iter().all(|kind| kind.dead == 0), "{depth:?}");
    Ok(())
}

async fn statements_go_to_a_store_of_the_institutions_own_once_a_command_says_so(
    kind: Kind,
) -> Result<()> {
    let records = RecordStore::start().await?;
    let mut program = Program::configure(kind, None).await?;
    let file = program.folder.path().join("lrs-auth");
    let path = file.display().to_string();
    let mut command = vec!["institution", "set-lrs", INSTITUTION];
    ensure!(
        !program.try_run(&command)?.status.success(),
        "no store is named"
    );
    command.extend(["--lrs", records.address(), "--lrs-auth-file", &path]);
    std::fs::write(&file, "no colon")?;
    let refused = program.try_run(&command)?;
    let said = String::from_utf8(refused.stderr)?;
    ensure!(said.contains("it does not hold key:secret"), "{said}");
    std::fs::write(&file, RecordStore::credentials())?;
    let said = program.run(&command)?;
    ensure!(said.contains(records.address()), "{said}");
    ensure!(
        !said.contains(RecordStore::credentials()),
        "the secret is printed"
    );

    program.start().await?;
    let amara = program.platform.participant(0)?;
    amara.launch(program.platform.links.first).await?.ok()?;
    let arrived = || count_verbs(&records.statements()).contains_key("launched");
    for _ in 0..200 {
        if arrived() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    ensure!(arrived(), "{}", program.log());
    program.stop()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_the_embedded_store_are_listed_and_revoked_by_command() -> Result<()> {
    let mut program = Program::configure(Kind::Sqlite, None).await?;
    program.start().await?;
    let key = |action: &'static str| ["institution", "lrs-key", action, INSTITUTION];
    let said = program.run(&[&key("add")[..], &["--name", "Dashboard"]].concat())?;
    let value = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(name));
        Some(line?.trim().to_owned())
    };
    let address = value("endpoint").context("no endpoint")?;
    let (name, secret) = (value("key"), value("secret"));
    let (name, secret) = (name.context("no key")?, secret.context("no secret")?);
    let ask = async || {
        let asked = reqwest::Client::new()
            .get(format!("{address}/statements"))
            .basic_auth(&name, Some(&secret))
            .header("x-experience-api-version", "1.0.3")
            .send()
            .await;
        anyhow::Ok(asked?.status().as_u16())
    };
    assert_eq!(ask().await?, 200);

    let table = program.run(&key("list"))?;
    ensure!(
        table.contains("Dashboard") && table.contains(&name) && table.contains("in use"),
        "{table}"
    );
    ensure!(!table.contains(&secret), "the secret is shown again");
    let revoke = [&key("revoke")[..], &[name.as_str()]].concat();
    program.run(&revoke)?;
    assert_eq!(ask().await?, 401);
    let listed = program.run(&[&key("list")[..], &["--json"]].concat())?;
    let listed: Value = serde_json::from_str(&listed)?;
    ensure!(!listed[0]["revoked_at"].is_null(), "{listed}");
    let again = program.try_run(&revoke)?;
    ensure!(!again.status.success());
    let said = String::from_utf8(again.stderr)?;
    ensure!(said.contains("no key"), "{said}");
    program.stop()
}
