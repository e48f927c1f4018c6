//! `consumer-key add|remove|list`: the keys of LTI 1.1 with which platforms vouch for old ids.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use crate::config::Config;
use crate::{assemble, output};

/// What to do with keys of LTI 1.1.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Adds a key, or gives it another secret, so that work under the ids of LTI 1.1 is found.
    Add {
        #[command(flatten)]
        key: Key,
        /// A file that holds the key's secret; it is encrypted before it is stored.
        #[arg(long)]
        secret_file: PathBuf,
    },
    /// Takes a key away. What was found with it stays where it is.
    Remove(Key),
    /// Lists the keys; secrets are never shown.
    List {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

/// A key of a platform.
#[derive(Debug, Args)]
pub(crate) struct Key {
    /// The key, as it stands in the platform's old LTI 1.1 entry of the tool.
    #[arg(value_name = "KEY")]
    name: String,
    /// The client id of the platform's LTI 1.3 registration.
    #[arg(long)]
    client_id: String,
    /// The platform's issuer, where several platforms have that client id.
    #[arg(long)]
    issuer: Option<String>,
}

pub(crate) async fn run(action: Action, config: &Config) -> anyhow::Result<()> {
    let bridge = assemble::bridge(config).await?;
    match action {
        Action::Add { key, secret_file } => {
            let secret = std::fs::read_to_string(&secret_file)
                .with_context(|| format!("cannot read {}", secret_file.display()))?;
            let secret = secret.trim_end_matches(['\r', '\n']);
            bridge
                .set_consumer_key(&key.client_id, key.issuer.as_deref(), &key.name, secret)
                .await?;
            output::line(format_args!("Added the key {}.", key.name));
        }
        Action::Remove(key) => {
            bridge
                .remove_consumer_key(&key.client_id, key.issuer.as_deref(), &key.name)
                .await?;
            output::line(format_args!("Took the key {} away.", key.name));
        }
        Action::List { json } => {
            let rows = bridge.list_consumer_keys().await?;
            if json {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|(platform, key)| {
                        serde_json::json!({
                            "key": key.key_name, "platform": platform.name,
                            "issuer": platform.issuer, "client_id": platform.client_id,
                            "created_at": key.created_at,
                        })
                    })
                    .collect();
                output::json(&rows)?;
            } else {
                let rows: Vec<Vec<String>> = rows
                    .into_iter()
                    .map(|(platform, key)| vec![key.key_name, platform.name, platform.client_id])
                    .collect();
                output::table(&["KEY", "PLATFORM", "CLIENT ID"], &rows);
            }
        }
    }
    bridge.store().close().await;
    Ok(())
}
