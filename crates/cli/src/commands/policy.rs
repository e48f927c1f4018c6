//! `policy check|install|replay`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use mtl_bridge_core::policies::PolicyInstall;
use mtl_policy::CompiledCache;
use mtl_programme::DecisionId;

use crate::config::Config;
use crate::{assemble, output};

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Compiles a component, looks at what it imports and lets it describe itself.
    Check {
        /// The component.
        component: PathBuf,
        /// Settings to check against the policy's own schema (JSON or TOML).
        #[arg(long)]
        settings: Option<PathBuf>,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Installs a policy: it decides from now on.
    Install {
        /// The institution's short name.
        institution: String,
        /// The component.
        component: PathBuf,
        /// Its settings (JSON or TOML).
        #[arg(long)]
        settings: PathBuf,
        /// Only for this programme.
        #[arg(long)]
        programme: Option<String>,
        /// Only for this module of the programme.
        #[arg(long, requires = "programme")]
        module: Option<String>,
    },
    /// Runs a stored decision again and says whether the same bytes come out.
    Replay {
        /// The institution's short name.
        institution: String,
        /// The decision's id.
        decision: DecisionId,
    },
}

pub(crate) async fn run(action: Action, file: Option<&Path>) -> anyhow::Result<()> {
    match action {
        Action::Check {
            component,
            settings,
            json,
        } => check(&component, settings, json).await,
        Action::Install {
            institution,
            component,
            settings,
            programme,
            module,
        } => {
            let config = Config::load(file)?;
            let bridge = assemble::bridge(&config).await?;
            let institution = bridge.load_institution(&institution).await?.id;
            let install = PolicyInstall {
                component: read(&component)?,
                settings: read_settings(&settings)?,
                programme,
                module,
            };
            let report = bridge.install_policy(institution, install).await?;
            output::line(format_args!(
                "Installed {} {} ({}).",
                report.description.name, report.description.version, report.digest
            ));
            bridge.store().close().await;
            Ok(())
        }
        Action::Replay {
            institution,
            decision,
        } => {
            let config = Config::load(file)?;
            let bridge = assemble::bridge(&config).await?;
            let institution = bridge.load_institution(&institution).await?.id;
            let replayed = bridge.replay_decision(institution, decision).await?;
            bridge.store().close().await;
            anyhow::ensure!(
                replayed.same,
                "the decision came out differently: {}",
                replayed.receipt.output.as_deref().unwrap_or("no decision")
            );
            output::line(format_args!(
                "The decision {decision} came out the same, byte for byte (fuel {}).",
                replayed.receipt.fuel
            ));
            Ok(())
        }
    }
}

async fn check(component: &Path, settings: Option<PathBuf>, json: bool) -> anyhow::Result<()> {
    let host = assemble::policy_host(CompiledCache::none())?;
    let policy = host.compile(read(component)?).await?;
    let description = policy.description();
    if let Some(settings) = settings {
        policy.check_settings(&read_settings(&settings)?)?;
    }
    if json {
        return output::json(&serde_json::json!({
            "digest": policy.digest(),
            "name": description.name,
            "version": description.version,
            "contract": description.contract,
            "summary": description.summary,
            "settings_schema": description.settings_schema,
        }));
    }
    output::line(format_args!("{} {}", description.name, description.version));
    output::line(format_args!("{}", description.summary));
    output::line(format_args!("contract  {}", description.contract));
    output::line(format_args!("digest    {}", policy.digest()));
    output::line("rules");
    for rule in &description.rules {
        output::line(format_args!("  {:<24}{}", rule.name, rule.summary));
    }
    output::line("The component can be installed.");
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Settings from JSON, or from TOML, which is easier to write.
pub(crate) fn read_settings(path: &Path) -> anyhow::Result<serde_json::Value> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let value = if path
        .extension()
        .is_some_and(|extension| extension == "toml")
    {
        toml::from_str(&text).map_err(anyhow::Error::from)
    } else {
        serde_json::from_str(&text).map_err(anyhow::Error::from)
    };
    value.with_context(|| format!("{} is not well formed", path.display()))
}
