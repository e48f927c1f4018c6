//! `cargo xtask bench`: the benchmarks, on release builds, with the database that they need.

use std::ffi::OsString;
use std::process::ExitStatus;

use anyhow::Result;

use crate::foreground::Foreground;
use crate::postgres::Database;
use crate::workspace::Workspace;

/// What can be measured.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Subject {
    /// One launch: CPU of the bridge, latency and throughput, beside the floor
    Launch,
    /// One policy decision in a fresh instance, beside the same rules as a native function
    Policy,
}

/// Runs one benchmark; further arguments are the benchmark's own.
pub(crate) fn bench(
    workspace: &Workspace,
    subject: Subject,
    arguments: &[OsString],
) -> Result<ExitStatus> {
    let mut foreground = Foreground::new()?;
    match subject {
        Subject::Launch => {
            let database = Database::provide(&mut foreground)?;
            // One selection of packages for both, so that their dependencies are built once.
            let packages = ["--package", "mtl-bridge", "--package", "mtl-tests"];
            let mut build = workspace.cargo(&["build", "--release", "--bins", "--bench", "launch"]);
            build.args(packages);
            foreground.run_ok(build)?;
            let mut command = workspace.cargo(&["bench", "--bench", "launch"]);
            command
                .args(packages)
                .arg("--")
                .args(arguments)
                .env("MTL_TEST_POSTGRES_URL", database.url())
                .env("MTL_TEST_BRIDGE", workspace.program("release"));
            foreground.run(command)
        }
        Subject::Policy => {
            let mut command = workspace.cargo(&["bench", "--package", "mtl-policy"]);
            command.args(["--bench", "decide", "--"]).args(arguments);
            foreground.run(command)
        }
    }
}
