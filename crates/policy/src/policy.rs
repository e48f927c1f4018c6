//! A compiled policy, what it says about itself, and settings that were checked for it.

use std::fmt;
use std::sync::Arc;

use mtl_programme::assessment::{CONTRACT, canonical_value, sha256_hex};
use serde_json::Value;

use crate::contract::wit;
use crate::failure::Incompatibility;
use crate::run::Prepared;
use crate::schema::{Schema, SettingsError, SettingsProblem};

/// A rule that a policy may apply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyRule {
    /// Its name, as adjustments have it.
    pub name: String,
    /// What it does, in a sentence.
    pub summary: String,
}

/// What a policy says about itself.
#[derive(Clone, PartialEq, Debug)]
pub struct PolicyDescription {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The contract that it was built for.
    pub contract: String,
    /// What it does, in a sentence or two.
    pub summary: String,
    /// JSON Schema of its settings.
    pub settings_schema: Value,
    /// Every rule that an adjustment may name.
    pub rules: Vec<PolicyRule>,
}

/// A policy that was compiled, checked and asked to describe itself. Cheap to clone.
#[derive(Clone)]
pub struct CompiledPolicy {
    inner: Arc<Inner>,
}

struct Inner {
    digest: String,
    description: PolicyDescription,
    schema: Schema,
    prepared: Prepared,
}

impl CompiledPolicy {
    pub(crate) fn new(
        digest: String,
        prepared: Prepared,
        described: wit::Description,
    ) -> Result<Self, Incompatibility> {
        if described.contract != CONTRACT {
            return Err(Incompatibility::Contract {
                found: crate::answer::named(&described.contract),
            });
        }
        let settings_schema =
            serde_json::from_str(&described.settings_schema).map_err(|error| {
                Incompatibility::Description {
                    what: format!("the schema of its settings is not JSON: {error}"),
                }
            })?;
        for (what, text) in [("name", &described.name), ("version", &described.version)] {
            if text.trim().is_empty() || text.len() > 100 {
                return Err(Incompatibility::Description {
                    what: format!("its {what} is missing or too long"),
                });
            }
        }
        let schema = Schema::parse(&settings_schema)?;
        let description = PolicyDescription {
            name: described.name,
            version: described.version,
            contract: described.contract,
            summary: described.summary,
            settings_schema,
            rules: described
                .rules
                .into_iter()
                .map(|rule| PolicyRule {
                    name: rule.name,
                    summary: rule.summary,
                })
                .collect(),
        };
        Ok(Self {
            inner: Arc::new(Inner {
                digest,
                description,
                schema,
                prepared,
            }),
        })
    }

    /// SHA-256 of the component's bytes, in hex: the policy's identity.
    pub fn digest(&self) -> &str {
        &self.inner.digest
    }

    /// What it says about itself.
    pub fn description(&self) -> &PolicyDescription {
        &self.inner.description
    }

    /// Checks settings against the policy's schema; the error names every field that is wrong.
    pub fn check_settings(&self, settings: &Value) -> Result<CheckedSettings, SettingsError> {
        let mut problems = self.inner.schema.check(settings);
        match canonical_value(settings) {
            Ok(json) if problems.is_empty() => Ok(CheckedSettings {
                policy: self.inner.digest.as_str().into(),
                sha256: sha256_hex(&json).into(),
                json: json.into(),
            }),
            Ok(_) => Err(SettingsError { problems }),
            Err(error) => {
                if problems.is_empty() {
                    problems.push(SettingsProblem {
                        at: String::new(),
                        what: error.to_string(),
                    });
                }
                Err(SettingsError { problems })
            }
        }
    }

    pub(crate) fn prepared(&self) -> &Prepared {
        &self.inner.prepared
    }
}

impl fmt::Debug for CompiledPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompiledPolicy")
            .field("digest", &self.inner.digest)
            .field("name", &self.inner.description.name)
            .field("version", &self.inner.description.version)
            .finish_non_exhaustive()
    }
}

/// Settings that were checked against one policy's schema, as canonical JSON. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckedSettings {
    pub(crate) policy: Arc<str>,
    pub(crate) json: Arc<str>,
    pub(crate) sha256: Arc<str>,
}

impl CheckedSettings {
    /// The settings as canonical JSON.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// SHA-256 of that JSON, in hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}
