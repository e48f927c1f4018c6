//! `admin-link`: lets an administrator in.

use clap::Args;

use crate::config::Config;
use crate::{assemble, output};

/// For whom.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The institution's short name.
    institution: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(options: &Options, config: &Config) -> anyhow::Result<()> {
    let bridge = assemble::bridge(config).await?;
    let institution = bridge.load_institution(&options.institution).await?;
    let link = bridge.invite_administrator(institution.id).await?;
    if options.json {
        output::json(&serde_json::json!({ "url": link.url, "expires_at": link.expires_at }))?;
    } else {
        output::line(&link.url);
        output::line("");
        output::line(format_args!(
            "It signs one administrator of {} in, once, within half an hour.",
            institution.name
        ));
    }
    bridge.store().close().await;
    Ok(())
}
