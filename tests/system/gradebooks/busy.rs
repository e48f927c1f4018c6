//! Platforms that have enough for a while: what reaches their gradebooks, and everybody else's.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use mtl_demo_lms::{Faults, Flavour, RateLimit, Throttled};
use mtl_lti_client::CallLimits;

use super::cells::Cells;
use super::{TICK, Worker, pass_time, until};
use crate::harness::database::Kind;
use crate::harness::installation::{INSTITUTION, Installation, Plan};
use crate::harness::platform::{CLIENT, DEPLOYMENT, Platform};

/// Enough that all cannot be under way at once.
const PEOPLE: usize = 30;

/// People of a platform that is slow to take their marks.
const FEW: usize = 10;
/// Calls that may be under way when a platform refuses the first.
const MOST_REFUSED: usize = 16;

on_both_databases!(a_platform_that_stalls_holds_up_no_marks_of_another,);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marks_reach_a_canvas_whose_bucket_runs_empty_and_launches_go_on() -> Result<()> {
    let limits = CallLimits {
        throttle_pause: TICK,
        ..CallLimits::default()
    };
    let plan = Plan::on(Kind::Sqlite)
        .beside(Flavour::Canvas)
        .with_limits(limits);
    let town = Installation::start(plan).await?;
    let (lms, link) = (&town.platform.lms, town.platform.links.first);
    let cells = Cells::prepare(&town, &town.platform, FEW).await?;
    let worker = Worker::start(&town.bridge);
    let begun = Instant::now();
    let visitor = town.platform.participant(0)?;
    for (wave, answer) in [Throttled::Forbidden, Throttled::TooManyRequests]
        .into_iter()
        .enumerate()
    {
        lms.set_rate_limit(RateLimit {
            answer,
            ..RateLimit::default()
        });
        let before = lms.refused_requests();
        // The bridge was told of much room before, or of nothing yet.
        lms.fill_bucket(CLIENT);
        cells.release(&town, wave, 0..FEW).await?;
        let mut launches = 0;
        while Cells::arrived(&town.platform) < cells.sent(wave + 1) {
            ensure!(
                begun.elapsed() < Duration::from_mins(2),
                "marks are missing"
            );
            visitor.launch(link).await?.ok()?;
            launches += 1;
            pass_time(&town, 1).await;
        }
        let refused = lms.refused_requests() - before;
        // It asks no more than a few times before it waits, whatever there is to send.
        ensure!(
            (1..=MOST_REFUSED).contains(&refused),
            "{answer:?}: {refused} were refused"
        );
        ensure!(launches > 1, "{answer:?}: {launches} launches");
    }
    until(&town, begun, async || Ok(town.waiting().await? == 0)).await?;
    worker.stop().await?;
    ensure!(Cells::arrived(&town.platform) == cells.sent(2));
    Ok(())
}

async fn a_platform_that_stalls_holds_up_no_marks_of_another(kind: Kind) -> Result<()> {
    // Longer than the other platform takes for everything.
    const STALL: Duration = Duration::from_mins(2);
    let limits = CallLimits {
        total_timeout: STALL,
        ..CallLimits::default()
    };
    let town = Installation::start(Plan::on(kind).with_limits(limits)).await?;
    let clock = town.clock.clone();
    let mut stalled = Platform::start_as(Flavour::Moodle, &town.url, move || clock.now()).await?;
    let mut setup = stalled.setup(Some(INSTITUTION), CLIENT)?;
    setup.deployments = vec![(DEPLOYMENT.to_owned(), None)];
    town.bridge.add_platform(setup).await?;
    let there = Cells::prepare(&town, &stalled, PEOPLE).await?;
    let here = Cells::prepare(&town, &town.platform, PEOPLE).await?;
    stalled.lms.set_faults(Faults {
        unanswered_share: 1.0,
        ..Faults::default()
    });
    let worker = Worker::start(&town.bridge);
    let begun = Instant::now();
    // Its marks are there first, and more of them than may be under way to all platforms.
    there.release(&town, 0, 0..PEOPLE).await?;
    here.release(&town, 0, 0..PEOPLE).await?;
    until(&town, begun, async || {
        ensure!(begun.elapsed() < STALL, "the other platform's marks wait");
        Ok(Cells::arrived(&town.platform) == here.count())
    })
    .await?;
    ensure!(Cells::arrived(&stalled) == 0, "the platform did not stall");
    // Once it is started anew, its own arrive as well.
    stalled.stop();
    stalled.lms.set_faults(Faults::default());
    stalled.start_again()?;
    until(&town, begun, async || Ok(town.waiting().await? == 0)).await?;
    worker.stop().await?;
    ensure!(Cells::arrived(&stalled) == there.count());
    Ok(())
}
