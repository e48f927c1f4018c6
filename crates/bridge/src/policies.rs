//! Assessment policies: checking, installing, listing, replaying.
//!
//! A bad upload never touches the policy in force: the component is compiled, described and its
//! settings checked before anything is written.

use mtl_policy::{PolicyDescription, PolicyFailure, ReplayError, Replayed, SettingsError};
use mtl_programme::assessment::DecisionReceipt;
use mtl_programme::{DecisionId, InstitutionId};
use mtl_store::StoreError;
use mtl_store::outbox::{AuditEntry, Effects};
use mtl_store::work::{NewPolicy, PolicyBindingRow};
use serde_json::Value;

use crate::Bridge;
use crate::visit::Visit;

/// Why a policy could not be checked, installed or replayed.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The component cannot be used.
    #[error(transparent)]
    Component(#[from] PolicyFailure),
    /// The settings do not fit the policy.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The catalogue has no such module.
    #[error("the catalogue has no module {0}")]
    UnknownModule(String),
    /// There is no such decision.
    #[error("there is no such decision")]
    UnknownDecision,
    /// The decision has no receipt.
    #[error("the decision has no receipt that can be read: {0}")]
    NoReceipt(String),
    /// The component of the receipt is not in the store.
    #[error("the policy with which it was decided is not in the store")]
    NoComponent,
    /// The replay could not be run.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The person may not see this.
    #[error("you may not see this here")]
    NotAllowed,
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
}

/// A policy that is to be installed.
#[derive(Clone, Debug)]
pub struct PolicyInstall {
    /// The component's bytes.
    pub component: Vec<u8>,
    /// Its settings; checked against the policy's own schema.
    pub settings: Value,
    /// The programme that it decides; none for all.
    pub programme: Option<String>,
    /// The module that it decides; none for all.
    pub module: Option<String>,
}

/// A policy that was checked.
#[derive(Clone, Debug)]
pub struct PolicyReport {
    /// SHA-256 of the component, hexadecimal.
    pub digest: String,
    /// What the policy says of itself.
    pub description: PolicyDescription,
}

impl Bridge {
    /// Compiles a component, checks what it imports and lets it describe itself.
    pub async fn check_policy(&self, component: Vec<u8>) -> Result<PolicyReport, PolicyError> {
        let policy = self.policies().compile(component).await?;
        Ok(PolicyReport {
            digest: policy.digest().to_owned(),
            description: policy.description().clone(),
        })
    }

    /// Installs a policy for an institution and lets it decide from now on.
    pub async fn install_policy(
        &self,
        institution: InstitutionId,
        install: PolicyInstall,
    ) -> Result<PolicyReport, PolicyError> {
        self.verify_scope(&install)?;
        let policy = self.policies().compile(install.component.clone()).await?;
        let settings = policy.check_settings(&install.settings)?;
        let description = policy.description().clone();
        let effects = Effects::audited(AuditEntry {
            actor: None,
            action: "policy.installed".to_owned(),
            object_kind: "policy".to_owned(),
            object: policy.digest().to_owned(),
            details: serde_json::json!({
                "programme": install.programme,
                "module": install.module,
                "settings_sha256": settings.sha256(),
            }),
        });
        self.store()
            .install_policy(
                institution,
                NewPolicy {
                    digest: policy.digest().to_owned(),
                    name: description.name.clone(),
                    version: description.version.clone(),
                    contract: description.contract.clone(),
                    component: install.component,
                    settings: settings.json().to_owned(),
                    programme: install.programme,
                    module: install.module,
                    installed_at: self.now(),
                },
                effects,
            )
            .await?;
        Ok(PolicyReport {
            digest: policy.digest().to_owned(),
            description,
        })
    }

    fn verify_scope(&self, install: &PolicyInstall) -> Result<(), PolicyError> {
        match (&install.programme, &install.module) {
            (None, None) => Ok(()),
            (Some(programme), None) if self.catalogue().find_programme(programme).is_some() => {
                Ok(())
            }
            (Some(programme), Some(module))
                if self.catalogue().find_module(programme, module).is_some() =>
            {
                Ok(())
            }
            (programme, module) => Err(PolicyError::UnknownModule(format!(
                "{}/{}",
                programme.as_deref().unwrap_or("(no programme)"),
                module.as_deref().unwrap_or("*"),
            ))),
        }
    }

    /// The policies in force, for a programme lead.
    pub async fn list_policies(&self, visit: &Visit) -> Result<Vec<PolicyBindingRow>, PolicyError> {
        if !visit.standing.lead && !visit.standing.tutor {
            return Err(PolicyError::NotAllowed);
        }
        Ok(self.store().list_policy_bindings(visit.institution).await?)
    }

    /// Runs a stored decision again; the answer says whether the very same bytes came out.
    pub async fn replay_decision(
        &self,
        institution: InstitutionId,
        decision: DecisionId,
    ) -> Result<Replayed, PolicyError> {
        let row = self
            .store()
            .find_decision(institution, decision)
            .await?
            .ok_or(PolicyError::UnknownDecision)?;
        let receipt = row
            .receipt
            .ok_or_else(|| PolicyError::NoReceipt("none".to_owned()))?;
        let receipt: DecisionReceipt = serde_json::from_str(&receipt)
            .map_err(|error| PolicyError::NoReceipt(error.to_string()))?;
        let component = self
            .store()
            .find_policy_component(institution, &receipt.component_digest)
            .await?
            .ok_or(PolicyError::NoComponent)?;
        Ok(self.policies().replay(&receipt, component).await?)
    }
}
