//! `cargo xtask gen`: files that the program itself writes, so that they cannot go stale.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::foreground::Foreground;
use crate::workspace::Workspace;

/// Each generated file, and the arguments with which `mtl-bridge` prints it.
const FILES: &[(&str, &[&str])] = &[
    (
        "config/mtl-bridge.schema.json",
        &["generate", "config-schema"],
    ),
    ("docs/COMMANDS.md", &["generate", "command-line"]),
];

/// Writes every generated file anew.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    let mut foreground = Foreground::new()?;
    for (path, text) in generate(workspace, &mut foreground)? {
        let file = workspace.root.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, text).with_context(|| format!("cannot write {path}"))?;
        eprintln!("xtask: wrote {path}");
    }
    Ok(())
}

/// Fails when a generated file is not what would be written now.
pub(crate) fn check(workspace: &Workspace, foreground: &mut Foreground) -> Result<()> {
    let mut stale = Vec::new();
    for (path, text) in generate(workspace, foreground)? {
        let written = fs::read(workspace.root.join(path)).unwrap_or_default();
        if written != text {
            stale.push(path);
        }
    }
    ensure!(
        stale.is_empty(),
        "stale: {}; run `cargo xtask gen` and commit what it writes",
        stale.join(", ")
    );
    Ok(())
}

fn generate(
    workspace: &Workspace,
    foreground: &mut Foreground,
) -> Result<Vec<(&'static str, Vec<u8>)>> {
    workspace.build(foreground)?;
    let program = workspace.program("debug");
    let print = |&(path, arguments): &(&'static str, &[&str])| {
        let output = Command::new(&program).args(arguments).output()?;
        if !output.status.success() || output.stdout.is_empty() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            bail!("`mtl-bridge {}` failed: {said}", arguments.join(" "));
        }
        Ok((path, output.stdout))
    };
    FILES.iter().map(print).collect()
}
