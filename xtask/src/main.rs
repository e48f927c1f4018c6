//! The project's tasks: `cargo xtask --help`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks to the person who started it"
)]

mod bench;
mod browser;
mod check;
mod foreground;
mod generated;
mod guests;
mod postgres;
mod python;
mod system_packages;
mod testing;
mod tidy;
mod workspace;

use std::ffi::OsString;
use std::process::{ExitCode, ExitStatus};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::foreground::Foreground;
use crate::postgres::Cluster;
use crate::workspace::Workspace;

/// The tasks of MTL Bridge.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Format, tidy, licences, lints, generated files
    Check,
    /// House rules that no compiler checks
    Tidy,
    /// All tests, with PostgreSQL, Chromium and other people's LTI libraries provided
    Test {
        /// Passed on to the test runner, for example `-p mtl-lti` or a part of a test's name
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Kill the bridge under load, again and again, and count what was lost
    Soak,
    /// Run a benchmark
    Bench {
        subject: bench::Subject,
        /// Passed on to the benchmark
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Start the bridge with the demonstration LMS
    Demo {
        /// Passed on to `mtl-bridge demo`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Write the generated files anew
    Gen {
        /// Only say which are stale
        #[arg(long)]
        check: bool,
    },
    /// Build the policies of plugins/ from source and encode them as components
    Guests {
        /// Only say whether the committed components are those of the sources
        #[arg(long)]
        check: bool,
    },
    /// Start a throw-away PostgreSQL, print its URL and keep it until Ctrl-C
    Postgres,
}

fn main() -> ExitCode {
    run(Arguments::parse().task).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(task: Task) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    match task {
        Task::Check => check::check(&workspace)?,
        Task::Tidy => tidy::run(&workspace.root)?,
        Task::Test { arguments } => return testing::test(&workspace, &arguments).map(exit_code),
        Task::Soak => return testing::soak(&workspace).map(exit_code),
        Task::Bench { subject, arguments } => {
            return bench::bench(&workspace, subject, &arguments).map(exit_code);
        }
        Task::Demo { arguments } => return demo(&workspace, &arguments).map(exit_code),
        Task::Gen { check: false } => generated::write(&workspace)?,
        Task::Gen { check: true } => generated::check(&workspace, &mut Foreground::new()?)?,
        Task::Guests { check: false } => guests::build_guests(&workspace.root)?,
        Task::Guests { check: true } => guests::check_guests_fresh(&workspace.root)?,
        Task::Postgres => keep_postgres()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The exit code of a command that was run for the caller.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

fn demo(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitStatus> {
    let mut command = workspace.cargo(&["run", "--release", "--", "demo"]);
    command.args(arguments);
    Foreground::new()?.run(command)
}

fn keep_postgres() -> Result<()> {
    let mut foreground = Foreground::new()?;
    let cluster = Cluster::start(&mut foreground)?;
    println!("{}", cluster.url());
    eprintln!("xtask: PostgreSQL runs until Ctrl-C; tests take it as MTL_TEST_POSTGRES_URL");
    foreground.wait_for_ending();
    Ok(())
}
