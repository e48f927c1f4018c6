//! `institution add|set-lrs|lrs-key|list`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use mtl_bridge_core::institutions::InstitutionSetup;
use mtl_lrs_client::LrsAuth;
use mtl_store::launch::{ActorNaming, LrsSettings};
use url::Url;

use super::lrs_key;
use crate::config::Config;
use crate::{assemble, output};

/// What to do with institutions.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Adds an institution.
    Add(Box<Add>),
    /// Sends an institution's statements to a learning record store of its own from now on.
    SetLrs {
        /// The institution's short name.
        slug: String,
        /// Its address.
        #[arg(long)]
        lrs: Url,
        /// A file that holds `key:secret` of that store.
        #[arg(long)]
        lrs_auth_file: PathBuf,
        /// The xAPI version that it speaks.
        #[arg(long, default_value = "1.0.3")]
        lrs_version: String,
    },
    /// Keys with which other programs use the embedded learning record store.
    #[command(subcommand)]
    LrsKey(lrs_key::Action),
    /// Lists the institutions.
    List {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

/// An institution.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// A short name for commands, such as example-university.
    slug: String,
    /// The full name.
    #[arg(long)]
    name: String,
    /// The institution's web address: its statements stand under it.
    #[arg(long)]
    home_page: Url,
    /// An IANA time zone; deadlines and pages follow it.
    #[arg(long, default_value = "Europe/London")]
    time_zone: String,
    /// How statements name people.
    #[arg(long, value_enum, default_value_t = Naming::Pseudonym)]
    actor: Naming,
    /// A learning record store of the institution's own; else the embedded one is used.
    #[arg(long, requires = "lrs_auth_file")]
    lrs: Option<Url>,
    /// A file that holds `key:secret` of that store.
    #[arg(long, requires = "lrs")]
    lrs_auth_file: Option<PathBuf>,
    /// The xAPI version that it speaks.
    #[arg(long, default_value = "1.0.3")]
    lrs_version: String,
}

/// How statements name people.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Naming {
    /// By a random pseudonym.
    Pseudonym,
    /// By the LMS's user id.
    LmsUser,
}

pub(crate) async fn run(action: Action, config: &Config) -> anyhow::Result<()> {
    let bridge = assemble::bridge(config).await?;
    match action {
        Action::Add(add) => {
            let slug = add.slug.clone();
            let id = bridge.add_institution(add.into_setup()?).await?;
            output::line(format_args!("Added the institution {slug} ({id})."));
        }
        Action::SetLrs {
            slug,
            lrs,
            lrs_auth_file,
            lrs_version,
        } => {
            let endpoint = lrs.to_string();
            let lrs = read_lrs(lrs, &lrs_auth_file, lrs_version)?;
            bridge.set_lrs(&slug, lrs).await?;
            output::line(format_args!(
                "Statements of {slug} go to {endpoint} now; running replicas follow within half a \
                 minute, and within five where the store before refused them."
            ));
        }
        Action::LrsKey(action) => lrs_key::run(&bridge, action).await?,
        Action::List { json } => {
            let rows = bridge.list_institutions().await?;
            if json {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|row| {
                        serde_json::json!({
                            "id": row.id, "slug": row.slug, "name": row.name,
                            "home_page": row.home_page, "time_zone": row.time_zone,
                            "lrs": row.lrs_endpoint,
                        })
                    })
                    .collect();
                output::json(&rows)?;
            } else {
                let rows: Vec<Vec<String>> = rows
                    .into_iter()
                    .map(|row| {
                        let lrs = row.lrs_endpoint.unwrap_or_else(|| "embedded".to_owned());
                        vec![row.slug, row.name, row.time_zone, lrs]
                    })
                    .collect();
                output::table(&["SLUG", "NAME", "TIME ZONE", "STATEMENTS GO TO"], &rows);
            }
        }
    }
    bridge.store().close().await;
    Ok(())
}

impl Add {
    fn into_setup(self) -> anyhow::Result<InstitutionSetup> {
        let lrs = match (self.lrs, self.lrs_auth_file) {
            (Some(endpoint), Some(file)) => Some(read_lrs(endpoint, &file, self.lrs_version)?),
            _ => None,
        };
        Ok(InstitutionSetup {
            slug: self.slug,
            name: self.name,
            home_page: self.home_page,
            time_zone: self.time_zone,
            actor_naming: match self.actor {
                Naming::Pseudonym => ActorNaming::Pseudonym,
                Naming::LmsUser => ActorNaming::PlatformUser,
            },
            lrs,
        })
    }
}

/// A learning record store whose key and secret stand in a file.
fn read_lrs(endpoint: Url, file: &Path, version: String) -> anyhow::Result<LrsSettings> {
    let auth = std::fs::read_to_string(file)
        .map_err(|error| anyhow::anyhow!("--lrs-auth-file: {}: {error}", file.display()))?;
    Ok(LrsSettings {
        endpoint: endpoint.into(),
        auth: parse_auth(auth.trim_end())?.to_secret_text(),
        version,
    })
}

/// `key:secret`, as learning record stores show it.
fn parse_auth(text: &str) -> anyhow::Result<LrsAuth> {
    format!("basic:{text}").parse().map_err(|_| {
        anyhow::anyhow!(
            "--lrs-auth-file: it does not hold key:secret\n    → write them on one line"
        )
    })
}
