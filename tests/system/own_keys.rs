//! The bridge's own keys as platforms and operators see them: published with all that platforms ask
//! for, replaced without a mark being lost, and sealed anew when the secret changes.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{TimeDelta, Utc};
use mtl_bridge_core::Clock;
use mtl_bridge_core::keys::Rotation;
use serde_json::Value;

use crate::harness::database::Kind;
use crate::harness::installation::{Installation, Plan};
use crate::harness::journey;
use crate::harness::platform::{FIRST, Visitor};
use crate::harness::program::Program;

const WORDS: &str = "What my pupils did, and what they said when I asked them.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marks_arrive_before_and_after_an_emergency_change_of_keys() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite).replicas(2)).await?;
    let (amara, tomasz) = (town.platform.participant(0)?, town.platform.participant(1)?);
    let link = town.platform.links.first;
    release_mark(&town, &amara, 62).await?;
    town.deliver_all().await?;
    ensure!(town.platform.mark_of(amara.person, link) == Some(62.0));

    // The platform knows the old key. The other replica has no token yet and signs for one.
    town.bridge.rotate_keys(Rotation::Now).await?;
    release_mark(&town, &tomasz, 71).await?;
    town.replicas[1].bridge.deliver_due().await?;
    ensure!(
        town.platform.mark_of(tomasz.person, link) == Some(71.0),
        "the mark did not arrive: {} wait",
        town.waiting().await?
    );
    Ok(())
}

/// A submission, its judgement, the decision and the release; the score waits to be sent.
async fn release_mark(town: &Installation, who: &Visitor, mark: u32) -> Result<()> {
    let link = town.platform.links.first;
    let page = who.launch(link).await?.ok()?;
    let checked = journey::write(&who.agent, &page, FIRST, WORDS).await?;
    journey::submit(&who.agent, &checked).await?;
    let tutor = town.platform.tutor()?;
    let cohort = tutor.launch(link).await?.ok()?;
    let work = journey::open_submission(&tutor.agent, &cohort, &who.name, "Scenario 1").await?;
    let judged = journey::judge(&tutor.agent, &work, mark, WORDS).await?;
    let record = journey::open_record(&tutor.agent, &judged, &who.name).await?;
    let decided = journey::decide(&tutor.agent, &record).await?;
    journey::release(&tutor.agent, &decided).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_replaces_keys_by_command() -> Result<()> {
    let mut program = Program::configure(Kind::Sqlite, None).await?;
    let first = listed(&program)?;
    ensure!(first.len() == 1 && first[0].1 == "signing", "{first:?}");
    let said = program.run(&["keys", "rotate"])?;
    ensure!(said.contains("it signs from"), "{said}");
    let refused = program.try_run(&["keys", "rotate"])?;
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(
        !refused.status.success() && words.contains("--now"),
        "{words}"
    );
    let both = listed(&program)?;
    ensure!(
        both.len() == 2 && both[0] == first[0] && both[1].1 == "waiting",
        "{both:?}"
    );

    program.start().await?;
    let answer = reqwest::get(program.url.join(".well-known/jwks.json")?).await?;
    let caching = answer
        .headers()
        .get("cache-control")
        .context("no word on caching")?;
    ensure!(caching == "public, max-age=300", "{caching:?}");
    let key_set: Value = answer.json().await?;
    let keys = key_set["keys"].as_array().context("no keys")?;
    ensure!(keys.len() == 2, "{key_set}");
    for (key, (kid, _)) in keys.iter().zip(&both) {
        ensure!(
            key["alg"] == "RS256" && key["use"] == "sig" && key["kid"] == **kid,
            "{key}"
        );
        ensure!(key.get("d").is_none(), "a private key is published");
    }
    program.stop()?;

    let said = program.run(&["keys", "rotate", "--now"])?;
    ensure!(said.contains("the only published key"), "{said}");
    let last = listed(&program)?;
    ensure!(
        last.len() == 1 && last[0].1 == "signing" && !both.contains(&last[0]),
        "{last:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_secret_says_what_to_do_and_is_taken_over_by_a_command() -> Result<()> {
    const OLD: &str = "0707070707070707070707070707070707070707070707070707070707070707";
    const NEW: &str = "0808080808080808080808080808080808080808080808080808080808080808";
    let mut program = Program::configure(Kind::Sqlite, None).await?;
    program.start().await?;
    program.stop()?;
    let file = program.folder.path().join("mtl-bridge.toml");
    let text = std::fs::read_to_string(&file)?;
    ensure!(text.contains(OLD), "the secret of tests is another one");
    std::fs::write(&file, text.replace(OLD, NEW))?;

    let refused = program.start().await.err().context("it started")?;
    let words = refused.to_string();
    ensure!(words.contains("keys reseal --old-secret-file"), "{words}");
    let old = program.folder.path().join("old-secret");
    let reseal = |program: &Program| {
        program.try_run(&[
            "keys",
            "reseal",
            "--old-secret-file",
            &old.display().to_string(),
        ])
    };
    std::fs::write(
        &old,
        "0909090909090909090909090909090909090909090909090909090909090909\n",
    )?;
    let wrong = reseal(&program)?;
    let words = String::from_utf8_lossy(&wrong.stderr).into_owned();
    ensure!(
        !wrong.status.success() && words.contains("nothing was changed"),
        "{words}"
    );
    std::fs::write(&old, format!("{OLD}\n"))?;
    let done = reseal(&program)?;
    let words = String::from_utf8_lossy(&done.stdout).into_owned();
    ensure!(words.contains("private keys 1"), "{words}");
    program.start().await?;
    program.stop()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_bridge_replaces_a_key_that_has_signed_for_long_enough() -> Result<()> {
    const TRIES: usize = 200;
    const PAUSE: Duration = Duration::from_millis(50);
    let further = "[keys]\nrotation_days = 3\n[log]\nfilter = \"warn\"\n";
    let mut program = Program::configure_with(Kind::Sqlite, None, further).await?;
    let past = Clock::fixed(Utc::now() - TimeDelta::days(3));
    let before = program.open_beside(past).await?;
    let old = before.own_keys().await?.signing.kid().to_owned();
    before.store().close().await;
    program.start().await?;
    for _ in 0..TRIES {
        let keys = listed(&program)?;
        if let [first, second] = &keys[..] {
            ensure!(
                *first == (old, "signing".to_owned()) && second.1 == "waiting",
                "{keys:?}"
            );
            return program.stop();
        }
        tokio::time::sleep(PAUSE).await;
    }
    anyhow::bail!("no new key is published: {}", program.log())
}

/// The ids and states of the published keys.
fn listed(program: &Program) -> Result<Vec<(String, String)>> {
    let rows: Vec<Value> = serde_json::from_str(&program.run(&["keys", "list", "--json"])?)?;
    rows.iter()
        .map(|row| {
            let word = |name: &str| row[name].as_str().map(ToOwned::to_owned);
            word("kid").zip(word("state")).context("a row lacks a word")
        })
        .collect()
}
