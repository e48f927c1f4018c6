//! What an operator has: health, metrics and a log that name nobody, commands, and a worker beside
//! a bridge that does not deliver itself.

use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::harness::agent::Page;
use crate::harness::database::Kind;
use crate::harness::forgery;
use crate::harness::installation::INSTITUTION;
use crate::harness::journey;
use crate::harness::platform::{FIRST, Visitor};
use crate::harness::program::{Program, free_port};

/// How often is looked for something that happens in another process, and how long between.
const TRIES: usize = 200;
const PAUSE: Duration = Duration::from_millis(50);
const WORDS: &str = "Nobody but us reads this";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_and_metrics_tell_what_happened_and_name_nobody() -> Result<()> {
    let mut program = Program::configure_with(Kind::Sqlite, None, "").await?;
    program.start().await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let health = http.get(program.url.join("healthz")?).send().await?;
    ensure!(health.status() == 200, "{}", health.status());
    let public = http.get(program.url.join("metrics")?).send().await?;
    ensure!(
        public.status() == 404,
        "metrics are public: {}",
        public.status()
    );

    let amara = program.platform.participant(0)?;
    let decided = come_to_a_decision(&program, &amara, 63).await?;
    let tutor = program.platform.tutor()?;
    let cohort = tutor.launch(program.platform.links.first).await?.ok()?;
    let record = journey::open_record(&tutor.agent, &cohort, &amara.name).await?;
    journey::release(&tutor.agent, &record).await?;
    let (reference, token) = be_refused(&program, &amara).await?;
    wait_for_mark(&program, &amara, 63.0).await?;
    wait_for_metrics(&program).await?;

    let decision = decision_of(&decided)?;
    let said = program.run(&["policy", "replay", INSTITUTION, &decision])?;
    ensure!(said.contains("the same, byte for byte"), "{said}");
    let said = program.run(&["config", "check"])?;
    ensure!(said.contains("The configuration is complete."), "{said}");
    program.stop()?;

    check_log(&program.whole_log(), &reference, &amara, &token)
}

/// What was counted; a delivery is counted a moment after the platform has it.
async fn wait_for_metrics(program: &Program) -> Result<()> {
    const LINES: [&str; 8] = [
        "mtl_launches_total{outcome=\"launched\"} 3",
        "mtl_launches_total{outcome=\"wrong_signature\"} 1",
        "mtl_decisions_total{outcome=\"decided\"} 1",
        "mtl_deliveries_total{kind=\"score\",outcome=\"delivered\"} 1",
        "mtl_launch_seconds_count 4",
        "mtl_decision_seconds_count 1",
        "mtl_outbox_pending{kind=\"score\"}",
        "mtl_outbox_oldest_seconds{kind=\"statement\"}",
    ];
    let mut missing = Vec::new();
    for _ in 0..TRIES {
        let metrics = reqwest::get(program.metrics.clone()).await?.text().await?;
        missing = LINES
            .into_iter()
            .filter(|line| !metrics.contains(line))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    anyhow::bail!("the metrics lack {missing:?}")
}

/// Every line is JSON and says nothing that points to a person.
fn check_log(log: &str, reference: &str, amara: &Visitor, token: &str) -> Result<()> {
    let mut answered = 0;
    let mut refused = 0;
    for line in log.lines() {
        let entry: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
        if entry["message"] == "answered" {
            answered += 1;
            ensure!(entry["span"]["id"].is_string(), "no request id: {line}");
            ensure!(
                entry["status"].is_number() && entry["ms"].is_number(),
                "{line}"
            );
        }
        if entry["reference"] == reference {
            refused += 1;
            ensure!(entry["code"] == "wrong_signature", "{line}");
        }
    }
    ensure!(answered > 20, "{answered} requests were logged:\n{log}");
    ensure!(
        refused > 0,
        "the refusal {reference} is not in the log:\n{log}"
    );
    let (given, family) = amara.name.split_once(' ').context("a single name")?;
    let signature = token.rsplit('.').next().unwrap_or_default();
    for secret in [
        given,
        family,
        "example.invalid",
        "sesskey",
        WORDS,
        "mtl-session",
        signature,
    ] {
        ensure!(!log.contains(secret), "the log has {secret:?}:\n{log}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_delivers_for_a_bridge_that_does_not() -> Result<()> {
    let further = "deliver = false\n[log]\nfilter = \"warn\"\n";
    let mut program = Program::configure_with(Kind::Postgres, None, further).await?;
    program.start().await?;
    let amara = program.platform.participant(0)?;
    let decided = come_to_a_decision(&program, &amara, 71).await?;
    let tutor = program.platform.tutor()?;
    let cohort = tutor.launch(program.platform.links.first).await?.ok()?;
    let record = journey::open_record(&tutor.agent, &cohort, &amara.name).await?;
    journey::release(&tutor.agent, &record).await?;
    ensure!(decided.says("71"), "{}", decided.words());
    let listed = program.run(&["deliveries", "list", INSTITUTION, "--state", "pending"])?;
    ensure!(listed.contains("score"), "{listed}");
    ensure!(
        program.platform.lms.score_log().is_empty(),
        "`serve` delivered"
    );

    let worker = Worker(
        program
            .command()?
            .arg("worker")
            // The bridge has the address of the configuration.
            .env(
                "MTL_BRIDGE_METRICS_LISTEN",
                format!("127.0.0.1:{}", free_port()?),
            )
            .stdout(Stdio::null())
            .spawn()?,
    );
    wait_for_mark(&program, &amara, 71.0).await?;
    drop(worker);
    program.stop()
}

/// A worker that ends with the test.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One submission, judged and decided; the page after the decision.
async fn come_to_a_decision(program: &Program, amara: &Visitor, mark: u32) -> Result<Page> {
    let first = program.platform.links.first;
    let page = amara.launch(first).await?.ok()?;
    let checked = journey::write(&amara.agent, &page, FIRST, WORDS).await?;
    journey::submit(&amara.agent, &checked).await?;
    let tutor = program.platform.tutor()?;
    let cohort = tutor.launch(first).await?.ok()?;
    let work = journey::open_submission(&tutor.agent, &cohort, &amara.name, "Scenario 1").await?;
    let judged = journey::judge(&tutor.agent, &work, mark, WORDS).await?;
    let record = journey::open_record(&tutor.agent, &judged, &amara.name).await?;
    journey::decide(&tutor.agent, &record).await
}

/// A launch with a spoilt token; the page's reference, and the token.
async fn be_refused(program: &Program, amara: &Visitor) -> Result<(String, String)> {
    let platform = &program.platform;
    let link = platform.links.first;
    let login = forgery::begin(amara, &program.url, link, platform).await?;
    let token = forgery::honest(platform, amara, link, &login.nonce)?;
    let token = forgery::with_wrong_signature(&token)?;
    let words = login.post(&token).await?.words();
    let (_, after) = words
        .split_once("Reference code: ")
        .context("no reference")?;
    let reference = after.split_whitespace().next().context("no reference")?;
    Ok((reference.to_owned(), token))
}

fn decision_of(page: &Page) -> Result<String> {
    let href = page.link("the release", |href, _| href.ends_with("/release"))?;
    let id = href
        .rsplit('/')
        .nth(1)
        .context("no decision in the address")?;
    Ok(id.to_owned())
}

async fn wait_for_mark(program: &Program, amara: &Visitor, mark: f64) -> Result<()> {
    let platform = &program.platform;
    for _ in 0..TRIES {
        if platform.mark_of(amara.person, platform.links.first) == Some(mark) {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    anyhow::bail!("the mark never comes: {}", program.log())
}
