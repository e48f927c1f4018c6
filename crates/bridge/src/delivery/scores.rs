//! Scores for gradebooks: in order, never twice, never erased.

use mtl_lti::ags::Score;
use mtl_lti_client::{PlatformAccess, ServiceError};
use mtl_store::StoreError;
use mtl_store::outbox::{ClaimedScore, Failure};
use url::Url;

use super::backoff::{self, MOST_ATTEMPTS};
use crate::Bridge;

/// How long a worker may keep a score before another may take it: longer than every time-out of
/// a call, so that two never send the same score at once.
const LEASE: chrono::TimeDelta = chrono::TimeDelta::minutes(6);

/// What became of one try.
enum Tried {
    Delivered,
    Retry(Failure, Option<std::time::Duration>),
    Dead(Failure),
}

impl Bridge {
    pub(super) async fn claim_scores(&self, limit: u32) -> Result<Vec<ClaimedScore>, StoreError> {
        self.store().claim_scores(self.now(), LEASE, limit).await
    }

    /// Sends one claimed score and records what became of it.
    pub(super) async fn deliver_score(&self, claimed: ClaimedScore) {
        let tried = self.try_score(&claimed).await;
        let (word, recorded) = match tried {
            Tried::Delivered => (
                "delivered",
                self.store()
                    .record_delivered(claimed.lease, claimed.id, self.now())
                    .await,
            ),
            Tried::Retry(failure, asked) if claimed.attempt < MOST_ATTEMPTS => {
                tracing::info!(delivery = %claimed.id, code = failure.code, "score will be retried");
                let next = self.now() + backoff::wait(claimed.attempt, asked);
                (
                    "retry",
                    self.store()
                        .record_retry(claimed.lease, claimed.id, next, failure)
                        .await,
                )
            }
            Tried::Retry(failure, _) | Tried::Dead(failure) => {
                tracing::warn!(delivery = %claimed.id, code = failure.code, "score is a dead letter");
                (
                    "dead",
                    self.store()
                        .record_dead(claimed.lease, claimed.id, failure)
                        .await,
                )
            }
        };
        metrics::counter!("mtl_deliveries_total", "kind" => "score", "outcome" => word)
            .increment(1);
        if let Err(error) = recorded {
            // The lease runs out and the score is claimed again, as a retry of unknown outcome.
            tracing::warn!(delivery = %claimed.id, code = error.code(), "outcome not recorded");
        }
    }

    async fn try_score(&self, claimed: &ClaimedScore) -> Tried {
        let score: Score = match serde_json::from_str(&claimed.body) {
            Ok(score) => score,
            Err(error) => return Tried::Dead(Failure::new("score_unreadable", error.to_string())),
        };
        let access = match self.platform_access(claimed).await {
            Ok(access) => access,
            Err(failure) => return Tried::Retry(failure, None),
        };
        let column = match self.column_url(&access, &claimed.target).await {
            Ok(column) => column,
            Err(error) => return self.judge(&error, claimed).await,
        };
        // An earlier try may have arrived without our knowing: ask before sending again.
        if claimed.attempt > 1 {
            match self.holds(&access, &column, &score).await {
                Ok(true) => return Tried::Delivered,
                // Where results cannot be read (an administrator may have dropped the scope), the
                // same bytes with the same time are refused by a platform that has them already,
                // so sending again is still safe.
                Ok(false)
                | Err(
                    ServiceError::Permanent { .. }
                    | ServiceError::NoToken { .. }
                    | ServiceError::Unauthorised { .. },
                ) => {}
                Err(error) => return self.judge(&error, claimed).await,
            }
        }
        let sent = self
            .platforms()
            .ags()
            .post_score(&access, &column, claimed.body.as_bytes())
            .await;
        match sent {
            Ok(()) => Tried::Delivered,
            Err(ServiceError::Conflict { reason }) => {
                match self.holds(&access, &column, &score).await {
                    Ok(true) => Tried::Delivered,
                    Ok(false) => Tried::Dead(Failure::new(
                        "score_outdated",
                        format!(
                            "the gradebook has a later entry for this person, so it refused this \
                             mark ({reason}); compare the two and release again if ours is right"
                        ),
                    )),
                    Err(error) => self.judge(&error, claimed).await,
                }
            }
            Err(error) => self.judge(&error, claimed).await,
        }
    }

    /// Whether the gradebook shows exactly this mark and comment already.
    async fn holds(
        &self,
        access: &PlatformAccess,
        column: &Url,
        score: &Score,
    ) -> Result<bool, ServiceError> {
        let results = self
            .platforms()
            .ags()
            .find_results(access, column, &score.user_id)
            .await?;
        Ok(results.iter().any(|result| result.shows(score)))
    }

    async fn judge(&self, error: &ServiceError, claimed: &ClaimedScore) -> Tried {
        let failure = Failure::new(error.code(), error.to_string());
        match error {
            ServiceError::Permanent { status: 404, .. } => {
                self.forget_column(&claimed.target).await;
                Tried::Dead(Failure::new(
                    error.code(),
                    format!("the column is gone from the gradebook: {error}"),
                ))
            }
            ServiceError::Permanent { .. } => Tried::Dead(failure),
            other => Tried::Retry(failure, other.retry_after()),
        }
    }

    async fn platform_access(&self, claimed: &ClaimedScore) -> Result<PlatformAccess, Failure> {
        let known = self
            .registration(claimed.registration)
            .await
            .map_err(|error| Failure::new(error.code(), error.to_string()))?;
        let keys = self
            .own_keys()
            .await
            .map_err(|error| Failure::new("signing_key", error.to_string()))?;
        Ok(known.access(keys.signing))
    }
}
