//! Policies that misbehave: each ends in its own outcome, which the tutor reads; nobody gets a mark
//! by it, and everybody else goes on.

use std::time::Duration;

use anyhow::{Result, ensure};
use mtl_bridge_core::policies::PolicyInstall;
use mtl_policy::{
    CompiledCache, CompiledPolicy, CompilerProgram, Incompatibility, Limits, PolicyFailure,
    PolicyHost,
};
use serde_json::json;

use crate::harness::database::Kind;
use crate::harness::installation::{Installation, Plan, root};
use crate::harness::journey;
use crate::harness::platform::{FIRST, Platform};
use crate::harness::program::program;

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

/// Compiles in processes of the program itself, as `serve` does, under other limits.
fn compiler(arguments: &[&str]) -> Result<PolicyHost> {
    let arguments = ["compile-policy"].iter().chain(arguments);
    let compiler = CompilerProgram::new(program()?, arguments);
    Ok(PolicyHost::with_compiler(
        Limits::default(),
        CompiledCache::none(),
        compiler,
    )?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_component_that_is_hard_to_compile_stops_only_its_compiler() -> Result<()> {
    let component = std::fs::read(root().join("plugins/uk-masters/uk-masters.wasm"))?;
    let compiled = compiler(&[])?.compile(component.clone()).await?;
    ensure!(compiled.description().name == "uk-masters");

    let refused = |outcome: Result<CompiledPolicy, PolicyFailure>| match outcome {
        Err(PolicyFailure::Incompatible(reason)) => Ok(reason),
        Err(other) => anyhow::bail!("{other}"),
        Ok(_) => anyhow::bail!("it was compiled"),
    };
    let reason = refused(compiler(&["--mebibytes", "8"])?.compile(component).await)?;
    ensure!(
        matches!(reason, Incompatibility::CompileStopped { .. }),
        "{reason}"
    );
    let endless = compiler(&["--seconds", "1"])?;
    let reason = refused(endless.compile(of_functions(8, 4_000_000)).await)?;
    ensure!(
        matches!(reason, Incompatibility::CompileTime { .. }),
        "{reason}"
    );
    let reason = refused(compiler(&[])?.compile(of_functions(1, 3)).await)?;
    ensure!(
        matches!(reason, Incompatibility::DoesNotCompile { .. }),
        "half an instruction: {reason}"
    );
    Ok(())
}

/// A component of so many functions, each with that many bytes of
/// `local.get 0; i32.clz; local.set 0`.
fn of_functions(count: u8, bytes: usize) -> Vec<u8> {
    let section = |number: u8, content: Vec<u8>| {
        let mut section = vec![number];
        section.extend(leb128(content.len()));
        section.extend(content);
        section
    };
    let code = [0x20, 0, 0x67, 0x21, 0];
    // No locals besides the parameter; then the code and the end.
    let body: Vec<u8> = std::iter::once(0)
        .chain(code.into_iter().cycle().take(bytes))
        .chain([0x0b])
        .collect();
    let mut functions = vec![count];
    for _ in 0..count {
        functions.extend(leb128(body.len()));
        functions.extend_from_slice(&body);
    }
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    module.extend(section(1, vec![1, 0x60, 1, 0x7f, 0]));
    module.extend(section(
        3,
        [vec![count], vec![0; usize::from(count)]].concat(),
    ));
    module.extend(section(10, functions));
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    component.extend(section(1, module));
    component
}

fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low & 0x7f);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}
