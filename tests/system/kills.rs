//! The program is killed (SIGKILL) at random points under load, and started again. What was
//! acknowledged to a person is there afterwards; every mark and every statement arrives, and counts
//! once.
//!
//! `MTL_KILLS` says how often (20 by default).

mod ledger;
mod load;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use mtl_demo_lms::Faults;
use rand::RngExt as _;

use crate::harness::database::Kind;
use crate::harness::program::Program;
use crate::harness::records::{RecordStore, embedded};
use ledger::Ledger;
use load::Load;

/// People who go through their work at the same time.
const WORKERS: usize = 4;
/// How far the requests go on between two kills.
const LEAST_REQUESTS: u64 = 5;
const MOST_REQUESTS: u64 = 60;
/// How long so many requests may take.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_under_load_on_sqlite() -> Result<()> {
    kill_under_load(Kind::Sqlite, None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_under_load_on_postgres() -> Result<()> {
    kill_under_load(Kind::Postgres, None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_under_load_with_a_record_store_outside() -> Result<()> {
    kill_under_load(Kind::Sqlite, Some(RecordStore::start().await?)).await
}

async fn kill_under_load(kind: Kind, records: Option<RecordStore>) -> Result<()> {
    let kills: usize = match std::env::var("MTL_KILLS") {
        Ok(number) => number.parse().context("MTL_KILLS is no number")?,
        Err(_) => 20,
    };
    let mut program = Program::configure(kind, records.as_ref()).await?;
    // Slow enough that a kill falls between a score and its answer now and then.
    let slow = Faults {
        delay: Duration::from_millis(10),
        ..Faults::default()
    };
    program.platform.lms.set_faults(slow);
    program.start().await?;
    let load = Arc::new(Load::new(Arc::clone(&program.platform)));
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let load = Arc::clone(&load);
            tokio::spawn(async move { load.work().await })
        })
        .collect();
    for kill in 1..=kills {
        let further = rand::rng().random_range(LEAST_REQUESTS..=MOST_REQUESTS);
        load.wait_for(load.answered() + further, PATIENCE)
            .await
            .with_context(|| format!("before kill {kill}: {}", program.log()))?;
        // Anywhere within what the next request does.
        let moment = Duration::from_micros(rand::rng().random_range(0..20_000));
        tokio::time::sleep(moment).await;
        program.kill()?;
        program
            .start()
            .await
            .with_context(|| format!("after kill {kill}"))?;
    }
    load.finish();
    for worker in workers {
        worker.await??;
    }
    program.platform.lms.set_faults(Faults::default());
    program.stop()?;
    let bridge = program.drain().await?;

    let ledger = load.into_ledger();
    ensure!(
        ledger.released() > 0,
        "nobody came as far as a release; more load is needed"
    );
    let expected = ledger::Expected::read(&bridge, &program, &ledger).await?;
    expected.compare_gradebook(&program.platform)?;
    if let Some(records) = &records {
        assert_eq!(
            records.conflicts(),
            [""; 0],
            "a statement changed between two tries"
        );
        expected.compare_statements(&records.statements(), true)?;
    } else {
        let institution = bridge.load_institution("north").await?.id;
        expected.compare_statements(&embedded(bridge.store(), institution).await?, false)?;
    }
    eprintln!("{kind:?}: {kills} kills, {}", ledger.summary(&expected));
    bridge.store().close().await;
    Ok(())
}

impl Load {
    /// What was acknowledged, when everybody has stopped.
    fn into_ledger(self: Arc<Self>) -> Ledger {
        self.ledger()
    }
}
