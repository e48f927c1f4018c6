//! Gradebooks under load: one column for everybody, and every mark in it, whatever the platform does.

mod cells;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use mtl_bridge_core::delivery::Finding;
use mtl_demo_lms::{Faults, LostAnswer, Role};
use mtl_lti_client::CallLimits;
use mtl_store::outbox::{DeliveryFilter, DeliveryState};
use tokio::sync::Notify;

use crate::harness::database::Kind;
use crate::harness::installation::{Installation, Plan};
use crate::harness::platform::{FIRST, Platform, SECOND};
use crate::harness::program::Program;
use cells::Cells;

/// People who open a new link at the same time.
const PEOPLE: usize = 200;
/// How long what the program does by itself may take.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_first_launches_of_one_new_link_make_one_column() -> Result<()> {
    let mut program = Program::configure(Kind::Sqlite, None).await?;
    program.start().await?;
    open_new_link(&program.platform).await?;
    program.stop()?;
    assert_one_column(&program.platform)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_first_launches_make_one_column_with_two_replicas() -> Result<()> {
    let mut program = Program::configure(Kind::Postgres, None).await?;
    program.start().await?;
    let replica = program.start_replica().await?;
    open_new_link(&program.platform).await?;
    replica.stop()?;
    program.stop()?;
    assert_one_column(&program.platform)
}

/// Everybody opens a link at once that a teacher placed without a column; waits until it has one.
async fn open_new_link(platform: &Arc<Platform>) -> Result<()> {
    // Slow enough that several would be at it at the same time.
    platform.lms.set_faults(Faults {
        delay: Duration::from_millis(20),
        ..Faults::default()
    });
    let link = platform.add_link(NEW_LINK, FIRST, false)?;
    let mut opening = tokio::task::JoinSet::new();
    for number in 0..PEOPLE {
        let person = platform.add_member("Teacher", &format!("{number:03}"), Role::Participant)?;
        let visitor = platform.visitor(person)?;
        opening.spawn(async move { visitor.launch(link).await?.ok() });
    }
    while let Some(opened) = opening.join_next().await {
        let page = opened??;
        ensure!(page.says("Scenario 1"), "{}", page.words());
    }
    let begun = Instant::now();
    while columns(platform) == 0 {
        ensure!(begun.elapsed() < PATIENCE, "no column was made");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

const NEW_LINK: &str = "A new link";

fn columns(platform: &Platform) -> usize {
    let items = platform.lms.line_items(platform.course());
    items.iter().filter(|item| item.label == NEW_LINK).count()
}

fn assert_one_column(platform: &Platform) -> Result<()> {
    ensure!(columns(platform) == 1, "{} columns", columns(platform));
    Ok(())
}

/// How far the clock goes on each time, and how long that takes: hours of waiting pass in a minute.
const STEP: TimeDelta = TimeDelta::seconds(1);
const TICK: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_marks_survive_a_platform_that_fails_stalls_throttles_and_restarts()
-> Result<()> {
    let limits = CallLimits {
        connect_timeout: Duration::from_millis(400),
        total_timeout: Duration::from_millis(400),
        throttle_pause: TICK,
        ..CallLimits::default()
    };
    let begun = Instant::now();
    let plan = Plan::on(Kind::Sqlite).with_limits(limits);
    let mut town = Installation::start(plan).await?;
    for title in ["Scenario 3", "Scenario 4"] {
        town.platform.add_link(title, SECOND, true)?;
    }
    let cells = Cells::prepare(&town).await?;
    let stop = Arc::new(Notify::new());
    let worker = {
        let (bridge, stop) = (town.bridge.clone(), Arc::clone(&stop));
        tokio::spawn(async move { bridge.run_deliveries(stop.notified()).await })
    };
    let restarts = [1, 3];
    for wave in 0..cells::WAVES {
        town.platform.lms.set_faults(Faults {
            error_share: 0.10,
            unanswered_share: 0.05,
            throttled_share: 0.05,
            lost_answers: 20,
            lost_answer: if wave % 2 == 0 {
                LostAnswer::Cut
            } else {
                LostAnswer::GatewayTimeout
            },
            ..Faults::default()
        });
        cells.release(&town, wave).await?;
        if restarts.contains(&wave) {
            // In the midst of it.
            until(&town, begun, async || {
                Ok(Cells::arrived(&town) > cells.sent(wave) + 100)
            })
            .await?;
            town.platform.stop();
            for _ in 0..10 {
                town.clock.advance(STEP);
                tokio::time::sleep(TICK).await;
            }
            town.platform.start_again()?;
        }
        // A mark that was never tried would give its place to the next one.
        until(&town, begun, async || Ok(untried(&town).await? == 0)).await?;
        eprintln!("wave {wave} was tried after {:?}", begun.elapsed());
    }
    until(&town, begun, async || Ok(town.waiting().await? == 0)).await?;
    stop.notify_one();
    worker.await?;
    town.platform.lms.set_faults(Faults::default());

    cells.compare(&town).await?;
    let verified = town
        .bridge
        .verify_deliveries(town.institution, None)
        .await?;
    assert_eq!(verified.len(), cells.count());
    for score in &verified {
        ensure!(score.finding == Finding::Same, "{score:?}");
    }
    eprintln!(
        "{} marks in {:?}",
        cells::WAVES * cells.count(),
        begun.elapsed()
    );
    Ok(())
}

/// Lets time pass until it is so.
async fn until(
    town: &Installation,
    begun: Instant,
    reached: impl AsyncFn() -> Result<bool>,
) -> Result<()> {
    const MOST: Duration = Duration::from_mins(5);
    while !reached().await? {
        ensure!(
            begun.elapsed() < MOST,
            "{} deliveries still wait",
            town.waiting().await?
        );
        for _ in 0..5 {
            town.clock.advance(STEP);
            tokio::time::sleep(TICK).await;
        }
    }
    Ok(())
}

/// Marks that nobody has tried to send yet.
async fn untried(town: &Installation) -> Result<usize> {
    let filter = DeliveryFilter {
        state: Some(DeliveryState::Pending),
        limit: 10_000,
        ..DeliveryFilter::default()
    };
    let store = town.bridge.store();
    let rows = store
        .list_deliveries(town.institution, filter)
        .await
        .context("the deliveries cannot be listed")?;
    Ok(rows.iter().filter(|row| row.attempts == 0).count())
}
