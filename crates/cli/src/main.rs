//! The `mtl-bridge` command: the only place where everything is put together.

mod assemble;
mod commands;
mod config;
mod logging;
mod metrics;
mod output;
mod shutdown;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A request makes some hundred small allocations, and threads hand them to each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the Master's in Teaching and Learning inside Moodle or Canvas.
#[derive(Debug, Parser)]
#[command(name = "mtl-bridge", version, about)]
struct Arguments {
    /// The configuration file (else config/mtl-bridge.toml, where there is one).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts everything for a try: the bridge, a demonstration LMS and the embedded LRS.
    Demo(commands::demo::Options),
    /// Serves the bridge.
    Serve,
    /// Delivers scores and statements and reads lists of people, beside `serve` with `deliver = false`.
    Worker,
    /// Brings the database's schema up to date.
    Migrate,
    /// Looks at everything that a launch or a mark depends on, and says what to do.
    Doctor(commands::doctor::Options),
    /// Looks at the configuration.
    #[command(subcommand)]
    Config(commands::config::Action),
    /// Institutions: each owns its people, work and statements.
    #[command(subcommand)]
    Institution(commands::institution::Action),
    /// Platforms (Moodle, Canvas) and how they know this tool.
    #[command(subcommand)]
    Platform(commands::platform::Action),
    /// The bridge's own signing keys, and what is encrypted in the database.
    #[command(subcommand)]
    Keys(commands::keys::Action),
    /// Makes a one-time link with which an administrator of an institution signs in.
    AdminLink(commands::admin_link::Options),
    /// Keys of LTI 1.1, with which platforms vouch for the ids of that time.
    #[command(subcommand)]
    ConsumerKey(commands::consumer_key::Action),
    /// Assessment policies.
    #[command(subcommand)]
    Policy(commands::policy::Action),
    /// Scores and statements on their way out.
    #[command(subcommand)]
    Deliveries(commands::deliveries::Action),
    /// Compiles a policy from standard input to standard output, under limits.
    #[command(hide = true)]
    CompilePolicy(commands::compile_policy::Options),
    /// Prints the generated documents.
    #[command(subcommand, hide = true)]
    Generate(commands::generate::Document),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Command::CompilePolicy(options) = arguments.command {
        return commands::compile_policy::run(&options);
    }
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::problem(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let file = arguments.config.as_deref();
    match arguments.command {
        Command::Generate(document) => commands::generate::run(document),
        Command::Config(action) => commands::config::run(action, file),
        command => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(run_async(command, file)),
    }
}

async fn run_async(command: Command, file: Option<&std::path::Path>) -> anyhow::Result<()> {
    match command {
        Command::Demo(options) => commands::demo::run(options).await,
        Command::Serve => commands::serve::run(config::Config::load(file)?).await,
        Command::Worker => commands::worker::run(config::Config::load(file)?).await,
        Command::Migrate => commands::migrate::run(&config::Config::load(file)?).await,
        Command::Institution(action) => {
            commands::institution::run(action, &config::Config::load(file)?).await
        }
        Command::Platform(action) => {
            commands::platform::run(action, &config::Config::load(file)?).await
        }
        Command::Keys(action) => commands::keys::run(action, &config::Config::load(file)?).await,
        Command::Doctor(options) => {
            commands::doctor::run(&options, &config::Config::load(file)?).await
        }
        Command::AdminLink(options) => {
            commands::admin_link::run(&options, &config::Config::load(file)?).await
        }
        Command::ConsumerKey(action) => {
            commands::consumer_key::run(action, &config::Config::load(file)?).await
        }
        Command::Policy(action) => commands::policy::run(action, file).await,
        Command::Deliveries(action) => {
            commands::deliveries::run(action, &config::Config::load(file)?).await
        }
        Command::Generate(_) | Command::Config(_) | Command::CompilePolicy(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
