//! Which deployments' notices are subscribed to, and which are still to be.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_programme::{DeploymentId, InstitutionId, RegistrationId};
use uuid::Uuid;

use crate::column::millis;
use crate::transaction::{execute, fetch_optional};
use crate::{Store, StoreError};

/// A subscription that is due.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct DueSubscription {
    /// The deployment.
    #[sqlx(try_from = "Uuid")]
    pub deployment: DeploymentId,
    /// Its registration.
    #[sqlx(try_from = "Uuid")]
    pub registration: RegistrationId,
    /// Where to subscribe.
    pub service_url: String,
    /// How often it was tried, with this time.
    pub tries: i64,
}

impl Store {
    /// Notes where a deployment's notices are subscribed to; a new address is subscribed to anew.
    pub async fn note_notice_service(
        &self,
        institution: InstitutionId,
        registration: RegistrationId,
        deployment: DeploymentId,
        service_url: String,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO notice_subscription \
                     (deployment, institution, registration, service_url, tries, next_try_at) \
                     VALUES ($1, $2, $3, $4, 0, $5) \
                     ON CONFLICT (deployment) DO UPDATE SET service_url = excluded.service_url, \
                     tries = 0, next_try_at = excluded.next_try_at, subscribed_at = NULL \
                     WHERE notice_subscription.service_url <> excluded.service_url",
                    deployment.0,
                    institution.0,
                    registration.0,
                    service_url,
                    millis(now),
                )?;
                Ok(())
            })
        })
        .await
    }

    /// Takes a subscription that is due. It is due again after `wait`, unless it is settled.
    pub async fn claim_subscription(
        &self,
        now: DateTime<Utc>,
        wait: TimeDelta,
    ) -> Result<Option<DueSubscription>, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    DueSubscription,
                    "UPDATE notice_subscription SET tries = tries + 1, next_try_at = $2 \
                     WHERE next_try_at <= $1 AND deployment = (SELECT deployment \
                     FROM notice_subscription WHERE next_try_at <= $1 \
                     ORDER BY next_try_at, deployment LIMIT 1) \
                     RETURNING deployment, registration, service_url, tries",
                    millis(now),
                    millis(now + wait),
                )
            })
        })
        .await
    }

    /// Says how a try went: `Ok`, or the code of the failure and when to try again.
    pub async fn settle_subscription(
        &self,
        deployment: DeploymentId,
        outcome: Result<DateTime<Utc>, (String, DateTime<Utc>)>,
    ) -> Result<(), StoreError> {
        let (subscribed_at, code, next) = match outcome {
            Ok(at) => (Some(millis(at)), None, None),
            Err((code, next)) => (None, Some(code), Some(millis(next))),
        };
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "UPDATE notice_subscription SET subscribed_at = $2, last_error_code = $3, \
                     next_try_at = $4 WHERE deployment = $1",
                    deployment.0,
                    subscribed_at,
                    code,
                    next,
                )?;
                Ok(())
            })
        })
        .await
    }
}
