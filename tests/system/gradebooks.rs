//! Gradebooks under load: one column for everybody, and every mark in it, whatever the platform does.

mod busy;
mod cells;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use mtl_bridge_core::Bridge;
use mtl_bridge_core::delivery::Finding;
use mtl_demo_lms::{Faults, LostAnswer, Role};
use mtl_lti_client::CallLimits;
use mtl_store::outbox::{DeliveryFilter, DeliveryState};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use url::Url;

use crate::harness::agent::{Agent, Balancer};
use crate::harness::database::Kind;
use crate::harness::installation::{Installation, Plan};
use crate::harness::platform::{FIRST, Platform};
use crate::harness::program::Program;
use cells::Cells;

on_both_databases!(five_thousand_marks_survive_a_platform_that_fails_stalls_throttles_and_restarts);

/// People who open a new link at the same time.
const PEOPLE: usize = 200;
/// How long what the program does by itself may take.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_first_launches_of_one_new_link_make_one_column() -> Result<()> {
    let mut program = Program::configure(Kind::Sqlite, None).await?;
    program.start().await?;
    open_new_link(&program.platform, &Agent::new).await?;
    program.stop()?;
    assert_one_column(&program.platform)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_first_launches_make_one_column_with_two_replicas() -> Result<()> {
    let mut program = Program::configure(Kind::Postgres, None).await?;
    program.start().await?;
    let replica = program.start_replica().await?;
    // One request of each person goes here, the next one there.
    let balancer = Balancer::new(&program.url, [program.url.clone(), replica.url.clone()]);
    open_new_link(&program.platform, &|| Agent::behind(&balancer)).await?;
    for metrics in [&program.metrics, &replica.metrics] {
        let launches = launches(metrics).await?;
        ensure!(launches >= PEOPLE / 4, "{launches} launches at {metrics}");
    }
    replica.stop()?;
    program.stop()?;
    assert_one_column(&program.platform)
}

/// Everybody opens a link at once that a teacher placed without a column; waits until it has one.
async fn open_new_link(platform: &Arc<Platform>, browser: &dyn Fn() -> Agent) -> Result<()> {
    // Slow enough that several would be at it at the same time.
    platform.lms.set_faults(Faults {
        delay: Duration::from_millis(20),
        ..Faults::default()
    });
    let link = platform.add_link(NEW_LINK, FIRST, false)?;
    let mut opening = tokio::task::JoinSet::new();
    for number in 0..PEOPLE {
        let person = platform.add_member("Teacher", &format!("{number:03}"), Role::Participant)?;
        let visitor = platform.visitor_with(person, browser())?;
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

/// How many launches a replica let in, as its metrics say.
async fn launches(metrics: &Url) -> Result<usize> {
    let text = reqwest::get(metrics.clone()).await?.text().await?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("mtl_launches_total{outcome=\"launched\"} "));
    Ok(line.context("no launch was counted")?.parse()?)
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
/// Seven marks of 250 people in three columns are 5,250.
const PEOPLE_WITH_MARKS: usize = 250;
/// The releases in the midst of which the platform restarts.
const RESTARTS: [usize; 2] = [1, 4];

async fn five_thousand_marks_survive_a_platform_that_fails_stalls_throttles_and_restarts(
    kind: Kind,
) -> Result<()> {
    let limits = CallLimits {
        connect_timeout: Duration::from_millis(400),
        total_timeout: Duration::from_millis(400),
        throttle_pause: TICK,
        ..CallLimits::default()
    };
    let begun = Instant::now();
    let mut town = Installation::start(Plan::on(kind).with_limits(limits)).await?;
    let cells = Cells::prepare(&town, &town.platform, PEOPLE_WITH_MARKS).await?;
    let worker = Worker::start(&town.bridge);
    for wave in 0..cells::WAVES {
        let [one, other] = cells.halves();
        town.platform.lms.set_faults(faults(wave));
        cells.release(&town, wave, one).await?;
        // In the midst of it.
        until(&town, begun, async || {
            Ok(Cells::arrived(&town.platform) > cells.sent(wave) + 100)
        })
        .await?;
        if RESTARTS.contains(&wave) {
            town.platform.stop();
            // A tutor does not notice.
            cells.release(&town, wave, other).await?;
            pass_time(&town, 10).await;
            town.platform.start_again()?;
        } else {
            town.platform.lms.set_faults(faults(wave));
            cells.release(&town, wave, other).await?;
        }
        // A mark that was never tried would give its place to the next one.
        until(&town, begun, async || Ok(untried(&town).await? == 0)).await?;
        eprintln!("wave {wave} was tried after {:?}", begun.elapsed());
    }
    until(&town, begun, async || Ok(town.waiting().await? == 0)).await?;
    worker.stop().await?;
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

/// What befalls the calls of a wave. So few answers are lost in a row that the platform is not taken
/// for down: it is down when it restarts.
fn faults(wave: usize) -> Faults {
    Faults {
        error_share: 0.10,
        unanswered_share: 0.05,
        throttled_share: 0.05,
        lost_answers: 6,
        lost_answer: if wave.is_multiple_of(2) {
            LostAnswer::Cut
        } else {
            LostAnswer::GatewayTimeout
        },
        ..Faults::default()
    }
}

/// Delivers as the service does, until it is stopped.
struct Worker {
    stop: Arc<Notify>,
    running: JoinHandle<()>,
}

impl Worker {
    fn start(bridge: &Bridge) -> Self {
        let (bridge, stop) = (bridge.clone(), Arc::new(Notify::new()));
        let stopped = Arc::clone(&stop);
        let running = tokio::spawn(async move { bridge.run_deliveries(stopped.notified()).await });
        Self { stop, running }
    }

    async fn stop(self) -> Result<()> {
        self.stop.notify_one();
        Ok(self.running.await?)
    }
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
        pass_time(town, 5).await;
    }
    Ok(())
}

async fn pass_time(town: &Installation, steps: u32) {
    for _ in 0..steps {
        town.clock.advance(STEP);
        tokio::time::sleep(TICK).await;
    }
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
