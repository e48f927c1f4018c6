//! `config check`: says what is wrong with the configuration, and what to write.

use std::path::Path;

use clap::Subcommand;

use crate::config::{Config, DEFAULT_FILE};
use crate::{assemble, output};

/// What to do with the configuration.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Action {
    /// Checks the file, the environment and the catalogue; starts nothing.
    Check,
}

pub(crate) fn run(action: Action, file: Option<&Path>) -> anyhow::Result<()> {
    let Action::Check = action;
    let config = Config::load(file)?;
    let catalogue = assemble::read_catalogue(&config.catalogue.folder)?;
    output::line(format_args!(
        "configuration: {}",
        file.unwrap_or_else(|| Path::new(DEFAULT_FILE)).display()
    ));
    output::line(format_args!("public address: {}", config.base_url));
    output::line(format_args!("listens on:     {}", config.listen));
    match config.metrics_listen {
        Some(metrics) => output::line(format_args!("metrics on:     {metrics}")),
        None => output::line("metrics on:     nowhere (metrics_listen is not set)"),
    }
    for programme in catalogue.programmes() {
        output::line(format_args!(
            "programme:      {} ({} modules)",
            programme.title,
            programme.modules().count()
        ));
    }
    output::line("The configuration is complete.");
    Ok(())
}
