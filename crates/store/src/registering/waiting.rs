//! Deployments that wait until somebody accepts them.

use chrono::{DateTime, Utc};
use mtl_programme::{InstitutionId, RegistrationId};
use uuid::Uuid;

use super::invitations::audit;
use crate::column::{At, millis};
use crate::natural_ids::deployment_id;
use crate::transaction::{execute, fetch_all};
use crate::{Store, StoreError};

/// A deployment from which a verified launch came, and that nobody has accepted.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct WaitingDeployment {
    /// Its registration.
    #[sqlx(try_from = "Uuid")]
    pub registration: RegistrationId,
    /// What the platform calls it.
    pub lms_deployment: String,
    /// What the platform calls itself, where it says.
    pub platform_name: Option<String>,
    /// The course of the first launch, where the platform says.
    pub context_title: Option<String>,
    /// The first launch from it.
    #[sqlx(try_from = "At")]
    pub first_seen_at: DateTime<Utc>,
    /// The latest one.
    #[sqlx(try_from = "At")]
    pub last_seen_at: DateTime<Utc>,
}

impl Store {
    /// Remembers that a verified launch came from a deployment that nobody has accepted.
    pub async fn record_waiting_deployment(
        &self,
        waiting: WaitingDeployment,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO waiting_deployment (registration, lms_deployment, platform_name, \
                     context_title, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $4, $5, $6) \
                     ON CONFLICT (registration, lms_deployment) \
                     DO UPDATE SET last_seen_at = excluded.last_seen_at",
                    waiting.registration.0,
                    waiting.lms_deployment,
                    waiting.platform_name,
                    waiting.context_title,
                    millis(waiting.first_seen_at),
                    millis(waiting.last_seen_at),
                )?;
                Ok(())
            })
        })
        .await
    }

    /// The deployments that wait at the registrations of an institution of its own; without an
    /// institution, those that wait at registrations which several share.
    pub async fn list_waiting_deployments(
        &self,
        institution: Option<InstitutionId>,
    ) -> Result<Vec<WaitingDeployment>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    WaitingDeployment,
                    "SELECT w.registration, w.lms_deployment, w.platform_name, \
                     w.context_title, w.first_seen_at, w.last_seen_at \
                     FROM waiting_deployment w JOIN registration g ON g.id = w.registration \
                     WHERE g.institution = $1 OR ($1 IS NULL AND g.institution IS NULL) \
                     ORDER BY w.first_seen_at",
                    institution.map(|institution| institution.0),
                )
            })
        })
        .await
    }

    /// Accepts a deployment that waits, for an institution.
    pub async fn accept_deployment(
        &self,
        registration: RegistrationId,
        lms_deployment: String,
        institution: InstitutionId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let id = deployment_id(registration, &lms_deployment);
        self.write(move |tx| {
            Box::pin(async move {
                let waited = execute!(
                    tx,
                    "DELETE FROM waiting_deployment WHERE registration = $1 AND lms_deployment = $2",
                    registration.0,
                    lms_deployment.clone(),
                )?;
                if waited == 0 {
                    return Err(StoreError::NotFound("deployment that waits"));
                }
                execute!(
                    tx,
                    "INSERT INTO deployment \
                     (id, registration, lms_deployment, institution, accepted_at) \
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
                    id.0,
                    registration.0,
                    lms_deployment,
                    institution.0,
                    millis(now),
                )?;
                audit("deployment.accepted", "deployment", id.to_string())
                    .record(tx, institution, now)
                    .await
            })
        })
        .await
    }
}
