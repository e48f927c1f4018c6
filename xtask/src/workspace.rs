//! The workspace and the one shape in which it is built: always whole and with its tests, so that
//! checking, generating and testing share every compiled crate.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use cargo_metadata::MetadataCommand;

use crate::foreground::Foreground;

/// Where the workspace is, and where it is built.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        let root = root.context("xtask is not in a workspace")?;
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .no_deps()
            .exec()
            .context("cargo metadata failed")?;
        Ok(Self {
            root: metadata.workspace_root.into(),
            target: metadata.target_directory.into(),
        })
    }

    /// A cargo command in the root of the workspace.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// Builds the programs and the tests.
    pub(crate) fn build(&self, foreground: &mut Foreground) -> Result<()> {
        foreground.run_ok(self.cargo(&["build", "--workspace", "--bins", "--tests"]))
    }

    /// The `mtl-bridge` program of a profile's folder (`debug` or `release`).
    pub(crate) fn program(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join("mtl-bridge")
    }

    /// Whether cargo knows a subcommand (an installed `cargo-…`).
    pub(crate) fn has_subcommand(&self, name: &str) -> bool {
        let output = self.cargo(&[name, "--version"]).output();
        output.is_ok_and(|output| output.status.success())
    }
}
