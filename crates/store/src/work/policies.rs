//! Assessment policies as they were installed, and which one decides what.

use chrono::{DateTime, Utc};
use mtl_programme::InstitutionId;
use uuid::Uuid;

use crate::column::{At, millis};
use crate::outbox::Effects;
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// A policy that is installed and bound.
#[derive(Clone, Debug)]
pub struct NewPolicy {
    /// SHA-256 of the component, hexadecimal.
    pub digest: String,
    /// The policy's own name.
    pub name: String,
    /// The policy's own version.
    pub version: String,
    /// The contract's version.
    pub contract: String,
    /// The component's bytes; kept for ever.
    pub component: Vec<u8>,
    /// Its settings, canonical JSON.
    pub settings: String,
    /// The programme that it is bound to; none for all.
    pub programme: Option<String>,
    /// The module that it is bound to; none for all.
    pub module: Option<String>,
    /// When.
    pub installed_at: DateTime<Utc>,
}

/// A binding of a policy.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PolicyBindingRow {
    /// The programme; none for all.
    pub programme: Option<String>,
    /// The module; none for all.
    pub module: Option<String>,
    /// SHA-256 of the component, hexadecimal.
    pub digest: String,
    /// The policy's own name.
    pub name: String,
    /// The policy's own version.
    pub version: String,
    /// The contract's version.
    pub contract: String,
    /// Its settings, canonical JSON.
    pub settings: String,
    /// Since when.
    #[sqlx(try_from = "At")]
    pub bound_at: DateTime<Utc>,
}

/// What decides: the narrowest binding in force.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BoundPolicy {
    /// SHA-256 of the component, hexadecimal.
    pub digest: String,
    /// Its settings, canonical JSON.
    pub settings: String,
}

#[derive(sqlx::FromRow)]
struct Component {
    component: Vec<u8>,
}

impl Store {
    /// Installs a policy and binds it in place of the one that had the same scope.
    pub async fn install_policy(
        &self,
        institution: InstitutionId,
        policy: NewPolicy,
        effects: Effects,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                // One installation at a time, so that a scope never has two policies.
                execute!(
                    tx,
                    "UPDATE institution SET slug = slug WHERE id = $1",
                    institution.0,
                )?;
                execute!(
                    tx,
                    "INSERT INTO policy (institution, digest, name, version, contract, component, \
                     installed_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                     ON CONFLICT (institution, digest) DO NOTHING",
                    institution.0,
                    &policy.digest,
                    &policy.name,
                    &policy.version,
                    &policy.contract,
                    &policy.component[..],
                    millis(policy.installed_at),
                )?;
                execute!(
                    tx,
                    "UPDATE policy_binding SET ended_at = $4 WHERE institution = $1 \
                     AND COALESCE(programme, '') = COALESCE($2, '') \
                     AND COALESCE(module, '') = COALESCE($3, '') AND ended_at IS NULL",
                    institution.0,
                    policy.programme.as_deref(),
                    policy.module.as_deref(),
                    millis(policy.installed_at),
                )?;
                execute!(
                    tx,
                    "INSERT INTO policy_binding (institution, id, programme, module, digest, \
                     settings, bound_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    institution.0,
                    Uuid::now_v7(),
                    policy.programme.as_deref(),
                    policy.module.as_deref(),
                    &policy.digest,
                    &policy.settings,
                    millis(policy.installed_at),
                )?;
                effects.record(tx, institution, policy.installed_at).await
            })
        })
        .await
    }

    /// The policy that decides a module: bound to the module, else to the programme, else to all.
    pub async fn find_bound_policy(
        &self,
        institution: InstitutionId,
        programme: &str,
        module: &str,
    ) -> Result<Option<BoundPolicy>, StoreError> {
        let (programme, module) = (programme.to_owned(), module.to_owned());
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    BoundPolicy,
                    "SELECT digest, settings FROM policy_binding WHERE institution = $1 \
                     AND ended_at IS NULL AND COALESCE(programme, $2) = $2 \
                     AND COALESCE(module, $3) = $3 \
                     ORDER BY module IS NULL, programme IS NULL LIMIT 1",
                    institution.0,
                    &programme,
                    &module,
                )
            })
        })
        .await
    }

    /// The bindings in force.
    pub async fn list_policy_bindings(
        &self,
        institution: InstitutionId,
    ) -> Result<Vec<PolicyBindingRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    PolicyBindingRow,
                    "SELECT b.programme, b.module, b.digest, p.name, p.version, p.contract, \
                     b.settings, b.bound_at FROM policy_binding b JOIN policy p \
                     ON p.institution = b.institution AND p.digest = b.digest \
                     WHERE b.institution = $1 AND b.ended_at IS NULL ORDER BY b.bound_at",
                    institution.0,
                )
            })
        })
        .await
    }

    /// The bytes of an installed component.
    pub async fn find_policy_component(
        &self,
        institution: InstitutionId,
        digest: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let digest = digest.to_owned();
        self.read(move |tx| {
            Box::pin(async move {
                Ok(fetch_optional!(
                    tx,
                    Component,
                    "SELECT component FROM policy WHERE institution = $1 AND digest = $2",
                    institution.0,
                    &digest,
                )?
                .map(|row| row.component))
            })
        })
        .await
    }
}
