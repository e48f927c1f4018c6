//! Deployments: the institution of a launch hangs on them.

use chrono::{DateTime, Utc};
use mtl_programme::{DeploymentId, InstitutionId, RegistrationId};
use uuid::Uuid;

use crate::column::{At, millis};
use crate::natural_ids::deployment_id;
use crate::transaction::{execute, fetch_all, fetch_one};
use crate::{Store, StoreError};

/// A deployment of a registration.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Deployment {
    /// Its identifier.
    #[sqlx(try_from = "Uuid")]
    pub id: DeploymentId,
    /// Its registration.
    #[sqlx(try_from = "Uuid")]
    pub registration: RegistrationId,
    /// What the platform calls it.
    pub lms_deployment: String,
    /// Whose launches come from it.
    #[sqlx(try_from = "Uuid")]
    pub institution: InstitutionId,
    /// When it was accepted.
    #[sqlx(try_from = "At")]
    pub accepted_at: DateTime<Utc>,
}

impl Store {
    /// Adds a deployment, or answers the one that is there; adding it to another institution than
    /// it belongs to is refused.
    pub async fn add_deployment(
        &self,
        registration: RegistrationId,
        lms_deployment: String,
        institution: InstitutionId,
        now: DateTime<Utc>,
    ) -> Result<Deployment, StoreError> {
        let id = deployment_id(registration, &lms_deployment);
        let deployment = self
            .write(move |tx| {
                Box::pin(async move {
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
                    fetch_one!(
                        tx,
                        Deployment,
                        "SELECT id, registration, lms_deployment, institution, accepted_at \
                         FROM deployment WHERE id = $1",
                        id.0,
                    )
                })
            })
            .await?;
        if deployment.institution != institution {
            return Err(StoreError::refused(
                "deployment_of_another_institution",
                "this deployment belongs to another institution already",
            ));
        }
        Ok(deployment)
    }

    /// The deployments of a registration.
    pub async fn list_deployments(
        &self,
        registration: RegistrationId,
    ) -> Result<Vec<Deployment>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    Deployment,
                    "SELECT id, registration, lms_deployment, institution, accepted_at \
                     FROM deployment WHERE registration = $1 ORDER BY lms_deployment",
                    registration.0,
                )
            })
        })
        .await
    }
}
