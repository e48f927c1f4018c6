//! An institution with a learning record store of its own: statements reach it, survive its
//! outages, and count once.

use anyhow::{Result, ensure};
use chrono::TimeDelta;

use crate::harness::database::Kind;
use crate::harness::installation::{Installation, Plan};
use crate::harness::journey;
use crate::harness::platform::FIRST;
use crate::harness::records::{Mood, RecordStore, count_verbs, embedded};

on_both_databases!(statements_arrive_and_outages_lose_and_double_nothing);

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
