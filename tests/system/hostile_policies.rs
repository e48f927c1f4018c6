//! Policies that misbehave: each ends in its own outcome, which the tutor reads; nobody gets a mark
//! by it, and everybody else goes on.

use std::time::Duration;

use anyhow::{Result, ensure};
use mtl_bridge_core::policies::PolicyInstall;
use serde_json::json;

use crate::harness::database::Kind;
use crate::harness::installation::{Installation, Plan, root};
use crate::harness::journey;
use crate::harness::platform::{FIRST, Platform};

/// What the policy is told to do, and a word of what the tutor reads.
const DEEDS: [&str; 7] = [
    "loop",
    "memory",
    "trap",
    "recursion",
    "huge",
    "mark",
    "gift",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_policy_gives_no_mark_and_disturbs_nobody() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let platform = &town.platform;
    let amara = platform.participant(0)?;
    let page = amara.launch(platform.links.first).await?.ok()?;
    let checked = journey::write(&amara.agent, &page, FIRST, "A question").await?;
    journey::submit(&amara.agent, &checked).await?;
    let tutor = platform.tutor()?;
    let cohort = tutor.launch(platform.links.first).await?.ok()?;
    let work = journey::open_submission(&tutor.agent, &cohort, &amara.name, "Scenario 1").await?;
    let judged = journey::judge(
        &tutor.agent,
        &work,
        64,
        "Close observation, and it is well told.",
    )
    .await?;

    let mut told = Vec::new();
    for deed in DEEDS {
        town.bridge
            .install_policy(town.institution, hostile(deed)?)
            .await?;
        let record = journey::open_record(&tutor.agent, &judged, &amara.name).await?;
        let others = launches(platform);
        let (decided, others) = tokio::join!(journey::decide(&tutor.agent, &record), others);
        others?;
        let decided = decided?;
        ensure!(
            decided.says("The policy gave no decision"),
            "{deed}: {}",
            decided.words()
        );
        ensure!(
            decided
                .find_link(|href, _| href.ends_with("/release"))
                .is_none(),
            "{deed} can be released"
        );
        let words = decided.words();
        let start = words
            .find("The policy gave no decision: ")
            .unwrap_or_default();
        let said: String = words[start..].chars().take(100).collect();
        // On a busy machine the deadline may come before the memory's limit; the policy host's own
        // tests hold each apart with time to spare.
        ensure!(
            deed == "memory" || !told.contains(&said),
            "{deed} is told like another: {said}"
        );
        told.push(said);
    }
    town.deliver_all().await?;
    ensure!(
        platform.counted_scores().is_empty(),
        "a hostile policy made a mark"
    );

    // The institution's own policy still decides the other modules, and this one again.
    let mut own = crate::harness::installation::uk_masters()?;
    own.programme = Some("mtl".to_owned());
    own.module = Some("looking-closely".to_owned());
    town.bridge.install_policy(town.institution, own).await?;
    let record = journey::open_record(&tutor.agent, &judged, &amara.name).await?;
    let decided = journey::decide(&tutor.agent, &record).await?;
    ensure!(
        decided.says("The policy has decided"),
        "{}",
        decided.words()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn launches_go_on_while_policies_loop_without_end() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let platform = &town.platform;
    let amara = platform.participant(0)?;
    let page = amara.launch(platform.links.first).await?.ok()?;
    let checked = journey::write(&amara.agent, &page, FIRST, "A question").await?;
    journey::submit(&amara.agent, &checked).await?;
    let tutor = platform.tutor()?;
    let cohort = tutor.launch(platform.links.first).await?.ok()?;
    town.bridge
        .install_policy(town.institution, hostile("loop")?)
        .await?;
    let record = journey::open_record(&tutor.agent, &cohort, &amara.name).await?;
    // The first decision compiles the policy.
    journey::decide(&tutor.agent, &record).await?;
    let form = record.form_to("/decide")?;
    let loops =
        futures_util::future::try_join_all((0..16).map(|_| tutor.agent.send(&record, &form)));
    let calm = async {
        for _ in 0..4 {
            tokio::time::timeout(Duration::from_secs(10), launches(platform)).await??;
        }
        anyhow::Ok(())
    };
    let (loops, calm) = tokio::join!(loops, calm);
    calm?;
    for page in loops? {
        ensure!(page.says("The policy gave no decision"), "{}", page.words());
    }
    Ok(())
}

/// Everybody else opens their work.
async fn launches(platform: &Platform) -> Result<()> {
    for number in 1..4 {
        platform
            .participant(number)?
            .launch(platform.links.second)
            .await?
            .ok()?;
    }
    Ok(())
}

/// The hostile policy for one module, told what to do.
fn hostile(deed: &str) -> Result<PolicyInstall> {
    Ok(PolicyInstall {
        component: std::fs::read(root().join("plugins/hostile/hostile.wasm"))?,
        settings: json!({ "do": deed }),
        programme: Some("mtl".to_owned()),
        module: Some("looking-closely".to_owned()),
    })
}
