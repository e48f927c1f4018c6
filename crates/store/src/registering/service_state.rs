//! How a platform's services do: derived from launches and deliveries, so that it costs a launch
//! nothing, and what tests found.

use chrono::{DateTime, Utc};
use mtl_programme::{DeploymentId, InstitutionId, RegistrationId};
use uuid::Uuid;

use crate::column::{At, MaybeAt, millis};
use crate::transaction::{execute, fetch_all, fetch_one, fetch_optional};
use crate::{Store, StoreError};

/// The latest launch from a deployment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct DeploymentUse {
    /// The deployment.
    #[sqlx(try_from = "Uuid")]
    pub deployment: DeploymentId,
    /// When the latest launch came; launches are kept for a month.
    #[sqlx(try_from = "At")]
    pub last_launch_at: DateTime<Utc>,
}

/// What was delivered to a platform for an institution.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlatformUse {
    /// The latest launch from each deployment.
    pub launches: Vec<DeploymentUse>,
    /// The latest score that the platform took.
    pub last_score_at: Option<DateTime<Utc>>,
    /// The words of the latest score that it did not take, and when that score was made.
    pub last_failure: Option<(String, DateTime<Utc>)>,
    /// How many scores wait.
    pub waiting: i64,
    /// How many scores a person must look at.
    pub dead: i64,
}

/// What a test found.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct CheckRow {
    /// `keys`, or the scope of a token.
    pub service: String,
    /// Whether it worked.
    pub passed: bool,
    /// The outcome in words.
    pub words: String,
    /// When.
    #[sqlx(try_from = "At")]
    pub checked_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Scores {
    #[sqlx(try_from = "MaybeAt")]
    last_score_at: Option<DateTime<Utc>>,
    waiting: i64,
    dead: i64,
}

#[derive(sqlx::FromRow)]
struct Failure {
    last_error: String,
    #[sqlx(try_from = "At")]
    created_at: DateTime<Utc>,
}

impl Store {
    /// How a platform is used by an institution.
    pub async fn load_platform_use(
        &self,
        institution: InstitutionId,
        registration: RegistrationId,
    ) -> Result<PlatformUse, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                let launches = fetch_all!(
                    tx,
                    DeploymentUse,
                    "SELECT deployment, max(created_at) AS last_launch_at FROM launch \
                     WHERE institution = $1 AND registration = $2 GROUP BY deployment",
                    institution.0,
                    registration.0,
                )?;
                let scores: Scores = fetch_one!(
                    tx,
                    Scores,
                    "SELECT max(delivered_at) AS last_score_at, \
                     count(CASE WHEN state IN ('pending', 'leased') THEN 1 END) AS waiting, \
                     count(CASE WHEN state = 'dead' THEN 1 END) AS dead FROM outbox \
                     WHERE institution = $1 AND registration = $2 AND kind = 'score'",
                    institution.0,
                    registration.0,
                )?;
                let failure: Option<Failure> = fetch_optional!(
                    tx,
                    Failure,
                    "SELECT last_error, created_at FROM outbox WHERE institution = $1 \
                     AND registration = $2 AND kind = 'score' AND last_error IS NOT NULL \
                     AND state <> 'delivered' ORDER BY id DESC LIMIT 1",
                    institution.0,
                    registration.0,
                )?;
                Ok(PlatformUse {
                    launches,
                    last_score_at: scores.last_score_at,
                    last_failure: failure.map(|row| (row.last_error, row.created_at)),
                    waiting: scores.waiting,
                    dead: scores.dead,
                })
            })
        })
        .await
    }

    /// Keeps what tests of a platform's services found, in place of earlier tests.
    pub async fn record_checks(
        &self,
        registration: RegistrationId,
        checks: Vec<CheckRow>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "DELETE FROM platform_check WHERE registration = $1",
                    registration.0
                )?;
                for check in checks {
                    execute!(
                        tx,
                        "INSERT INTO platform_check \
                         (registration, service, passed, words, checked_at) \
                         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (registration, service) \
                         DO UPDATE SET passed = excluded.passed, words = excluded.words, \
                         checked_at = excluded.checked_at",
                        registration.0,
                        check.service,
                        check.passed,
                        check.words,
                        millis(check.checked_at),
                    )?;
                }
                Ok(())
            })
        })
        .await
    }

    /// What the latest tests of a platform's services found.
    pub async fn list_checks(
        &self,
        registration: RegistrationId,
    ) -> Result<Vec<CheckRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    CheckRow,
                    "SELECT service, passed, words, checked_at FROM platform_check \
                     WHERE registration = $1 ORDER BY service",
                    registration.0,
                )
            })
        })
        .await
    }
}
