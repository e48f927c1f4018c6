//! The project's tasks: `cargo xtask --help`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks to the person who started it"
)]

mod foreground;
mod postgres;
mod system_packages;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::foreground::Foreground;
use crate::postgres::Cluster;

/// The tasks of MTL Bridge.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Start a throw-away PostgreSQL, print its URL and keep it until Ctrl-C
    Postgres,
}

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Postgres => {
            let mut foreground = Foreground::new()?;
            let cluster = Cluster::start(&mut foreground)?;
            println!("{}", cluster.url());
            eprintln!("xtask: PostgreSQL runs until Ctrl-C; for tests: MTL_TEST_POSTGRES_URL");
            foreground.wait_for_ending();
            Ok(())
        }
    }
}
