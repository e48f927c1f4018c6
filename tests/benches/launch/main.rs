//! What a launch costs: CPU of the bridge, launches in a second, latency and memory, beside the
//! floor measured in the same run. `cargo xtask bench launch` builds everything and runs it.
//!
//! One launch is the login, the token that the platform posts, and the first page. Tokens are
//! signed between the two, outside of what is measured, and the bridge runs as the release program
//! with its default configuration.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results"
)]

mod floor;
mod generator;
#[expect(dead_code, unused_imports, reason = "the tests use more of it")]
#[path = "../../system/harness/mod.rs"]
mod harness;
mod process;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hdrhistogram::Histogram;

use floor::Milliseconds;
use generator::{Generator, Pace, Run};
use harness::database::Kind;
use harness::program::{Program, free_port, program};
use process::{cpu_of, resident_megabytes};

const CONNECTIONS: [usize; 2] = [8, 32];
/// The floor is measured alone, each part with a commit and a wake-up of its own, and as crowded as
/// the launches are, where a crowd shares commits.
const AT_ONCE: [usize; 3] = [1, CONNECTIONS[0], CONNECTIONS[1]];
/// People who come once and then come back.
const PEOPLE: usize = 1_000;
/// Launches of one measurement by people who were there before.
const RETURNING: usize = 4_000;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(floor::SERVE_BARE) {
        let port = arguments.next().context("no port")?.parse()?;
        return runtime.block_on(floor::serve_bare(port));
    }
    runtime.block_on(run())
}

async fn run() -> Result<()> {
    let mut kinds = vec![Kind::Sqlite];
    if harness::database::postgres_server().is_ok() {
        kinds.push(Kind::Postgres);
    } else {
        println!("MTL_TEST_POSTGRES_URL names no server: SQLite only");
    }
    let mut bare = Vec::new();
    for at_once in AT_ONCE {
        bare.push(floor::bare_request(at_once).await?);
    }
    for kind in kinds {
        measure(kind, &bare).await?;
    }
    for (word, ready) in demo_start().await? {
        println!(
            "demo, {word:<12} ready after {:>6.2} s   (target: under 2 s)",
            ready.as_secs_f64()
        );
    }
    Ok(())
}

/// The floor of one launch.
struct Floor {
    verification: Milliseconds,
    transaction: Milliseconds,
    bare: Milliseconds,
}

impl Floor {
    fn total(&self) -> Milliseconds {
        self.verification + self.transaction + 2.0 * self.bare
    }
}

async fn measure(kind: Kind, bare: &[Milliseconds]) -> Result<()> {
    let mut bridge = Program::configure_with(kind, None, "").await?;
    bridge.start().await?;
    let pid = bridge.pid().context("the bridge does not run")?;
    let generator = Generator::new(Arc::clone(&bridge.platform), &bridge.url)?;
    println!("\n{kind:?}");
    let verification = floor::verification(&bridge.platform)?;
    let people = generator.add_people(PEOPLE)?;
    let mut launches = 0;

    let mut floors = Vec::new();
    for (at_once, bare) in AT_ONCE.into_iter().zip(bare) {
        floors.push(Floor {
            verification,
            transaction: floor::transaction(kind, at_once).await?,
            bare: *bare,
        });
    }
    let mut rows = Vec::new();
    let before = cpu_of(pid)?;
    let first = generator
        .run(&people, Pace::Saturated(CONNECTIONS[0]))
        .await?;
    launches += people.len();
    rows.push((
        "first visits, 8 connections".to_owned(),
        cpu_each(pid, before, &first)?,
        first,
    ));
    let returning: Vec<_> = people.iter().copied().cycle().take(RETURNING).collect();
    let mut best: f64 = 0.0;
    for connections in CONNECTIONS {
        let before = cpu_of(pid)?;
        let run = generator
            .run(&returning, Pace::Saturated(connections))
            .await?;
        launches += returning.len();
        best = best.max(per_second(&run));
        let word = format!("returning, {connections} connections");
        rows.push((word, cpu_each(pid, before, &run)?, run));
    }
    let before = cpu_of(pid)?;
    let run = generator.run(&returning, Pace::Steady(best / 2.0)).await?;
    launches += returning.len();
    rows.push((
        format!("returning, half load ({:.0}/s)", best / 2.0),
        cpu_each(pid, before, &run)?,
        run,
    ));

    for (floor, at_once) in floors.iter().zip(AT_ONCE) {
        println!(
            "floor, {at_once:>2} at once: {:.3} ms = RS256 {:.3} + five upserts {:.3} + 2 × axum {:.3}",
            floor.total(),
            floor.verification,
            floor.transaction,
            floor.bare,
        );
    }
    let alone = floors.first().context("no floor")?.total();
    println!(
        "{:<34} {:>8} {:>8} {:>9} {:>11} {:>8} {:>8} {:>8}",
        "", "CPU ms", "× floor", "× crowded", "launches/s", "p50 ms", "p95 ms", "p99 ms"
    );
    // First visits, 8 and 32 connections, and half load, where hardly two are there at once.
    let crowded = [1, 1, 2, 0].map(|at: usize| floors.get(at).map_or(alone, Floor::total));
    for ((word, cpu, run), crowded) in rows.iter().zip(crowded) {
        let took = histogram(run)?;
        let at = |quantile: f64| {
            Duration::from_micros(took.value_at_quantile(quantile)).as_secs_f64() * 1e3
        };
        println!(
            "{word:<34} {cpu:>8.3} {:>8.2} {:>9.2} {:>11.0} {:>8.2} {:>8.2} {:>8.2}",
            cpu / alone,
            cpu / crowded,
            per_second(run),
            at(0.5),
            at(0.95),
            at(0.99),
        );
    }
    let rest = 10_000_usize.saturating_sub(launches);
    let more: Vec<_> = people.iter().copied().cycle().take(rest).collect();
    if !more.is_empty() {
        generator
            .run(&more, Pace::Saturated(CONNECTIONS[0]))
            .await?;
        launches += more.len();
    }
    println!(
        "resident memory after {launches} launches: {:.1} MB   (target: under 120 MB)",
        resident_megabytes(pid)?
    );
    if kind == Kind::Sqlite {
        println!("targets: CPU at most 2.5 × floor (aim 0.7 ms), p99 under 25 ms at half load");
    }
    bridge.stop()
}

fn cpu_each(pid: u32, before: Duration, run: &Run) -> Result<Milliseconds> {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let launches = run.took.len() as f64;
    Ok(cpu_of(pid)?.saturating_sub(before).as_secs_f64() * 1e3 / launches)
}

fn per_second(run: &Run) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let launches = run.took.len() as f64;
    launches / run.wall.as_secs_f64()
}

fn histogram(run: &Run) -> Result<Histogram<u64>> {
    let mut histogram = Histogram::new(3)?;
    for took in &run.took {
        histogram.record(u64::try_from(took.as_micros())?)?;
    }
    Ok(histogram)
}

/// From the start of the program to the first answer, with nothing there and with its data there.
async fn demo_start() -> Result<[(&'static str, Duration); 2]> {
    let folder = tempfile::TempDir::new()?;
    let first = start_demo(folder.path()).await?;
    let again = start_demo(folder.path()).await?;
    Ok([("first start", first), ("started again", again)])
}

async fn start_demo(folder: &std::path::Path) -> Result<Duration> {
    const PATIENCE: Duration = Duration::from_secs(30);
    let port = free_port()?;
    let lms_port = free_port()?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let begun = Instant::now();
    let mut demo = std::process::Command::new(program()?)
        .args([
            "demo",
            "--port",
            &port.to_string(),
            "--lms-port",
            &lms_port.to_string(),
        ])
        .arg("--data")
        .arg(folder)
        .stdout(std::process::Stdio::null())
        .spawn()?;
    let ready = loop {
        let asked = http
            .get(format!("http://127.0.0.1:{port}/readyz"))
            .send()
            .await;
        if asked.is_ok_and(|answer| answer.status() == 200) {
            break Ok(begun.elapsed());
        }
        if begun.elapsed() > PATIENCE {
            break Err(anyhow::anyhow!(
                "the demonstration is not ready after {PATIENCE:?}"
            ));
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    };
    demo.kill()?;
    demo.wait()?;
    ensure!(ready.is_ok() || begun.elapsed() > PATIENCE);
    ready
}
