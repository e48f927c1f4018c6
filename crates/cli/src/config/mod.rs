//! The configuration: one TOML file, `MTL_BRIDGE_*` variables over it, secrets inline or by file.

mod outbound;
mod problem;
mod secret_value;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use mtl_bridge_core::secret::parse_hex32;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

pub(crate) use outbound::Outbound;
pub(crate) use problem::ConfigProblems;
pub(crate) use secret_value::SecretValue;

/// The settings that have no default.
const REQUIRED: [&str; 4] = ["base_url", "secret", "database", "evidence"];

/// Where the file is looked for when none is named.
pub(crate) const DEFAULT_FILE: &str = "config/mtl-bridge.toml";

/// The configuration of `mtl-bridge serve` and of the commands that use its store.
///
/// Every setting can be given as an environment variable too: `MTL_BRIDGE_` and the setting's
/// name in capitals, with two underscores between levels (`MTL_BRIDGE_DATABASE__URL`).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The address that browsers and platforms see, such as `https://mtl.example.ac.uk`. It is
    /// never guessed from a request, so a proxy in front cannot change it.
    #[schemars(with = "String")]
    pub(crate) base_url: Url,
    /// Where the bridge listens; put a proxy with TLS in front of it.
    #[serde(default = "Config::default_listen")]
    pub(crate) listen: SocketAddr,
    /// Where Prometheus metrics are served; never on the public address. Leave out for none.
    #[serde(default)]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// 32 random bytes as 64 hexadecimal digits (`openssl rand -hex 32`). All replicas share it.
    pub(crate) secret: SecretValue,
    /// Where everything is kept.
    pub(crate) database: Database,
    /// Where evidence files are kept.
    pub(crate) evidence: Evidence,
    /// Where the catalogue is read from.
    #[serde(default)]
    pub(crate) catalogue: Catalogue,
    /// How assessment policies run.
    #[serde(default)]
    pub(crate) policy: Policy,
    /// What outgoing calls may reach, and how long they may take.
    #[serde(default)]
    pub(crate) outbound: Outbound,
    /// The bridge's own signing keys.
    #[serde(default)]
    pub(crate) keys: Keys,
    /// Whether `serve` delivers scores and statements (and rotates keys) too; with `false`, run
    /// `worker` beside it.
    #[serde(default = "Config::default_deliver")]
    pub(crate) deliver: bool,
    /// How the log is written.
    #[serde(default)]
    pub(crate) log: Log,
}

/// The database.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Database {
    /// `sqlite:/var/lib/mtl-bridge/bridge.sqlite` or `postgres://user:password@host/database`;
    /// or `{ file = "/run/secrets/database-url" }`.
    pub(crate) url: SecretValue,
    /// Connections of one process to the database.
    #[serde(default = "Database::default_connections")]
    pub(crate) max_connections: u32,
}

/// Evidence files.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, tag = "kind", rename_all = "lowercase")]
pub(crate) enum Evidence {
    /// A folder of this machine (or one that all replicas share).
    Folder {
        /// The folder; it is made when it is not there.
        path: PathBuf,
    },
    /// A bucket of S3 or of a service that speaks its protocol.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// The region.
        region: String,
        /// The service's address, where it is not Amazon's.
        #[serde(default)]
        #[schemars(with = "Option<String>")]
        endpoint: Option<Url>,
        /// The access key's id.
        access_key_id: String,
        /// The access key.
        secret_access_key: SecretValue,
    },
}

/// The catalogue of programmes.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Catalogue {
    /// The folder with one TOML file for each programme.
    pub(crate) folder: PathBuf,
}

/// The policy sandbox.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Policy {
    /// Where compiled policies are cached between starts; leave out to compile at each start.
    pub(crate) cache_folder: Option<PathBuf>,
}

/// The bridge's own signing keys.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Keys {
    /// After so many days a new key takes the place of the one that signs: at least 3, since each is
    /// published for a day before and a day after it signs; 0 for never.
    pub(crate) rotation_days: u32,
}

/// The log.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// One JSON object on each line, or text for people.
    pub(crate) format: LogFormat,
    /// What is logged, as `tracing` filter directives such as `info` or `mtl_web=debug,info`.
    pub(crate) filter: Option<String>,
}

/// The log's shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For machines.
    #[default]
    Json,
    /// For people.
    Text,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            folder: PathBuf::from("config/programmes"),
        }
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self { rotation_days: 90 }
    }
}

impl Keys {
    /// The least that the overlap of keys allows.
    const LEAST_DAYS: u32 = 3;

    /// How often keys are rotated, where they are.
    pub(crate) fn rotation(&self) -> Option<TimeDelta> {
        (self.rotation_days > 0).then(|| TimeDelta::days(self.rotation_days.into()))
    }
}

impl Database {
    fn default_connections() -> u32 {
        10
    }
}

impl Config {
    fn default_listen() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 8080))
    }

    fn default_deliver() -> bool {
        true
    }

    /// Reads the file (where there is one) and the environment, and checks what types cannot.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, ConfigProblems> {
        let named = file.is_some();
        let file = file.unwrap_or_else(|| Path::new(DEFAULT_FILE));
        if named && !file.is_file() {
            return Err(ConfigProblems::one(
                "--config",
                format!("there is no file {}", file.display()),
                "name a file that exists, or leave --config out to use the environment alone",
            ));
        }
        let mut figment = Figment::new();
        if file.is_file() {
            figment = figment.merge(Toml::file(file));
        }
        figment = figment.merge(Env::prefixed("MTL_BRIDGE_").split("__"));
        let missing =
            ConfigProblems::missing(&figment, &["base_url", "secret", "database", "evidence"]);
        missing.into_result()?;
        let config: Self = match figment.extract() {
            Ok(config) => config,
            Err(error) => {
                let missing = ConfigProblems::missing(&figment, &REQUIRED);
                let mut problems = ConfigProblems::of(&error, file);
                // Reading stops at the first setting that is missing; name them all.
                if problems.are_only_missing() {
                    missing.into_result()?;
                } else {
                    problems.extend(missing);
                }
                return Err(problems);
            }
        };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigProblems> {
        let mut problems = ConfigProblems::default();
        let loopback = match self.base_url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        if self.base_url.scheme() != "https" && !(self.base_url.scheme() == "http" && loopback) {
            problems.add(
                "base_url",
                format!("{} is not https", self.base_url),
                "browsers keep cookies in an LMS's frame only over https; use http for \
                 http://localhost only",
            );
        }
        if let Err(error) = mtl_lti::url_rules::ToolUrl::from_url(self.base_url.clone()) {
            problems.add(
                "base_url",
                error.to_string(),
                "write it as https://mtl.example.ac.uk",
            );
        }
        if self.base_url.path() != "/" {
            problems.add(
                "base_url",
                format!("it has the path {}", self.base_url.path()),
                "give the bridge a host name of its own; its pages stand at the top of it",
            );
        }
        if let Err(problem) = self.secret_bytes() {
            problems.extend(problem);
        }
        match self.database.url.read() {
            Ok(url) if url.starts_with("sqlite:") || url.starts_with("postgres") => {}
            Ok(_) => problems.add(
                "database.url",
                "it is neither a SQLite nor a PostgreSQL address".to_owned(),
                "write sqlite:/path/to/bridge.sqlite or postgres://user:password@host/database",
            ),
            Err(error) => problems.add("database.url", error, "name a file that can be read"),
        }
        if self.metrics_listen == Some(self.listen) {
            problems.add(
                "metrics_listen",
                "it is the same address as listen".to_owned(),
                "give metrics a port of their own, which the proxy does not publish",
            );
        }
        if (1..Keys::LEAST_DAYS).contains(&self.keys.rotation_days) {
            problems.add(
                "keys.rotation_days",
                format!("{} is too often", self.keys.rotation_days),
                "write 3 or more, or 0 for never; for an emergency there is `mtl-bridge keys rotate --now`",
            );
        }
        self.outbound.check(&mut problems);
        problems.into_result()
    }

    /// The master secret's 32 bytes.
    pub(crate) fn secret_bytes(&self) -> Result<[u8; 32], ConfigProblems> {
        let text = self.secret.read().map_err(|error| {
            ConfigProblems::one("secret", error, "name a file that can be read")
        })?;
        parse_hex32(&text).ok_or_else(|| {
            ConfigProblems::one(
                "secret",
                format!(
                    "it is not 64 hexadecimal digits (it has {} characters)",
                    text.len()
                ),
                "make one with: openssl rand -hex 32",
            )
        })
    }
}

#[cfg(test)]
mod tests;
