//! `doctor`: looks at everything that a launch or a mark depends on, and says what to do.

use clap::Args;
use mtl_bridge_core::doctor::{Finding, Level};

use crate::config::Config;
use crate::{assemble, output};

/// How the findings are shown.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(options: &Options, config: &Config) -> anyhow::Result<()> {
    let findings = examine(config).await?;
    if options.json {
        output::json(&findings)?;
    } else {
        for finding in &findings {
            print(finding);
        }
    }
    let broken = findings
        .iter()
        .filter(|finding| finding.level == Level::Broken)
        .count();
    match broken {
        0 => {
            if !options.json {
                output::line("");
                output::line("Nothing is broken.");
            }
            Ok(())
        }
        1 => anyhow::bail!("one thing is broken; the lines marked BROKEN say what to do"),
        more => anyhow::bail!("{more} things are broken; the lines marked BROKEN say what to do"),
    }
}

/// The database is opened, but nothing is changed in its schema.
async fn examine(config: &Config) -> anyhow::Result<Vec<Finding>> {
    let store = match assemble::open_store(config).await {
        Ok(store) => store,
        Err(error) => {
            return Ok(vec![Finding::broken(
                "database",
                format!("{error:#}"),
                "Look at database.url and whether the server runs.",
            )]);
        }
    };
    let catalogue = assemble::read_catalogue(&config.catalogue.folder)?;
    let bridge = assemble::bridge_over(config, store, catalogue)?;
    let findings = bridge.examine().await;
    bridge.store().close().await;
    Ok(findings)
}

fn print(finding: &Finding) {
    let mark = match finding.level {
        Level::Good => "ok    ",
        Level::Look => "LOOK  ",
        Level::Broken => "BROKEN",
    };
    output::line(format_args!(
        "{mark}  {}: {}",
        finding.subject, finding.found
    ));
    if let Some(advice) = &finding.advice {
        output::line(format_args!("          → {advice}"));
    }
}
