//! `mtl-bridge demo` as a visitor starts it, on free ports and in a folder of its own.

use anyhow::{Result, ensure};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use url::Url;

use super::announced;
use crate::harness::program::program;

/// A running demonstration.
pub(super) struct Demonstration {
    /// Where a visitor begins: the demonstration LMS.
    pub(super) lms: Url,
    /// The bridge.
    pub(super) bridge: Url,
    /// The link with which its administrator signs in.
    pub(super) administration: Url,
    /// Goes before the folder.
    _process: Child,
    _folder: TempDir,
}

impl Demonstration {
    /// Starts it beside an LMS that behaves like Moodle, and reads the links that it prints.
    pub(super) async fn start() -> Result<Self> {
        Self::start_beside("moodle").await
    }

    /// Starts it beside an LMS that behaves like this one, by its name on the command line.
    pub(super) async fn start_beside(product: &str) -> Result<Self> {
        let folder = TempDir::new()?;
        let mut command = Command::new(program()?);
        command.arg("demo").arg("--data").arg(folder.path());
        command.args(["--lms", product]);
        command.args(["--port", "0", "--lms-port", "0"]);
        let (mut lms, mut bridge, mut administration) = (None, None, None);
        let (process, ()) = announced::start(command, |line| {
            let link = |start| {
                line.trim_start()
                    .strip_prefix(start)?
                    .trim()
                    .parse::<Url>()
                    .ok()
            };
            lms = lms.take().or_else(|| link("Start here"));
            bridge = bridge.take().or_else(|| link("The bridge"));
            administration = administration.take().or_else(|| link("Administration"));
            (lms.is_some() && line.starts_with("Press Ctrl-C")).then_some(())
        })
        .await?;
        let (Some(lms), Some(bridge), Some(administration)) = (lms, bridge, administration) else {
            anyhow::bail!("the demonstration does not print its links")
        };
        ensure!(
            lms.host() != bridge.host(),
            "{lms} and {bridge} are one site to a browser"
        );
        Ok(Self {
            lms,
            bridge,
            administration,
            _process: process,
            _folder: folder,
        })
    }
}
