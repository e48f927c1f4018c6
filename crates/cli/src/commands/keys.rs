//! `keys list|rotate|retire|reseal`.

use std::path::PathBuf;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use mtl_bridge_core::keys::{KeyState, Rotation};
use mtl_bridge_core::secret::{MasterSecret, parse_hex32};

use crate::config::Config;
use crate::{assemble, output};

/// What to do with the bridge's own keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Lists the published keys, in the order in which they sign.
    List {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Publishes a new key, which signs a day later; the old one stays published for another day.
    Rotate {
        /// In an emergency, such as a private key that others may know: the new key signs at once
        /// and all older ones are taken away at once.
        #[arg(long)]
        now: bool,
    },
    /// Takes an old key that signs no more out of the published set before its time.
    Retire {
        /// The key's id.
        kid: String,
    },
    /// After the configured secret was changed: encrypts private keys and credentials in the
    /// database with the new one. Stop the bridge first.
    Reseal {
        /// A file with the secret that was used until now.
        #[arg(long, value_name = "FILE")]
        old_secret_file: PathBuf,
    },
}

pub(crate) async fn run(action: Action, config: &Config) -> anyhow::Result<()> {
    let bridge = assemble::bridge(config).await?;
    match action {
        Action::List { json } => {
            let rows = bridge.list_keys().await?;
            if json {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|row| {
                        serde_json::json!({
                            "kid": row.kid, "state": row.state.as_str(),
                            "published_at": row.published_at, "signs_from": row.signs_from,
                            "leaves_at": row.leaves_at,
                        })
                    })
                    .collect();
                output::json(&rows)?;
            } else {
                let rows: Vec<Vec<String>> = rows
                    .into_iter()
                    .map(|row| {
                        vec![
                            row.kid,
                            row.state.as_str().to_owned(),
                            minute(row.published_at),
                            minute(row.signs_from),
                            row.leaves_at.map(minute).unwrap_or_default(),
                        ]
                    })
                    .collect();
                output::table(
                    &["KEY", "STATE", "PUBLISHED", "SIGNS FROM", "LEAVES"],
                    &rows,
                );
            }
        }
        Action::Rotate { now } => {
            let rotation = if now {
                Rotation::Now
            } else {
                Rotation::Planned
            };
            bridge.rotate_keys(rotation).await?;
            let rows = bridge.list_keys().await?;
            let newest = rows.last().context("no key is published")?;
            output::line(match newest.state {
                KeyState::Waiting => format!(
                    "Published {}; it signs from {}.",
                    newest.kid,
                    minute(newest.signs_from)
                ),
                _ => format!(
                    "{} signs, and it is the only published key. Running replicas follow within a \
                     minute; deliveries that a platform refuses meanwhile are tried again.",
                    newest.kid
                ),
            });
        }
        Action::Retire { kid } => {
            bridge.retire_key(&kid).await?;
            output::line(format_args!("{kid} is not published any more."));
        }
        Action::Reseal { old_secret_file } => {
            let text = std::fs::read_to_string(&old_secret_file)
                .with_context(|| format!("--old-secret-file: {}", old_secret_file.display()))?;
            let old = parse_hex32(text.trim())
                .context("--old-secret-file: it does not hold a secret of 64 hexadecimal digits")?;
            let done = bridge.reseal_secrets(&MasterSecret::new(old)).await?;
            output::line(format_args!(
                "Sealed anew: private keys {}, credentials of learning record stores {}, secrets of \
                 LTI 1.1 {}.",
                done.signing_keys, done.lrs_credentials, done.consumer_keys
            ));
        }
    }
    bridge.store().close().await;
    Ok(())
}

fn minute(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%MZ").to_string()
}
