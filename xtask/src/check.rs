//! `cargo xtask check`: everything about the source that a machine can judge without running it.

use anyhow::Result;

use crate::foreground::Foreground;
use crate::workspace::Workspace;
use crate::{generated, guests, tidy};

/// Runs every check, the quick ones first.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut foreground = Foreground::new()?;
    foreground.run_ok(workspace.cargo(&["fmt", "--all", "--check"]))?;
    tidy::run(&workspace.root)?;
    guests::check_guests_fresh(&workspace.root)?;
    if workspace.has_subcommand("deny") {
        foreground.run_ok(workspace.cargo(&["deny", "check", "bans", "licenses", "sources"]))?;
    } else {
        eprintln!(
            "xtask: cargo-deny is not installed; tidy has held licences, bans and sources \
             against deny.toml, duplicates are not reported"
        );
    }
    let mut command = workspace.cargo(&["clippy", "--workspace", "--all-targets"]);
    command.args(["--", "--deny", "warnings"]);
    foreground.run_ok(command)?;
    generated::check(workspace, &mut foreground)
}
