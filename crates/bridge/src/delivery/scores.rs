//! Scores for gradebooks: in order, never twice, never erased.

use std::time::Duration;

use chrono::TimeDelta;
use mtl_lti::ags::Score;
use mtl_lti_client::{PlatformAccess, ServiceError};
use mtl_programme::{DeploymentId, InstitutionId, RegistrationId};
use mtl_store::StoreError;
use mtl_store::outbox::{ClaimedScore, ColumnKey, Failure, ScoreTarget};
use rand::seq::SliceRandom as _;
use url::Url;

use super::backoff::{self, MOST_ATTEMPTS};
use super::columns::ColumnError;
use super::words::{self, Missing};
use crate::Bridge;

/// How long a worker may keep a score before another may take it: longer than every time-out of
/// a call, so that two never send the same score at once.
const LEASE: TimeDelta = TimeDelta::minutes(6);
/// How long a score waits while another worker looks for its column.
const WHILE_TAKEN: Duration = Duration::from_secs(1);

/// What became of one try.
enum Tried {
    Delivered,
    /// Nothing was sent, and the platform is not to blame.
    Unsent(Failure, Duration),
    Retry(Failure, Option<Duration>),
    Dead(Failure),
}

/// One score under way to its platform.
struct Sending<'a> {
    claimed: &'a ClaimedScore,
    score: Score,
    access: PlatformAccess,
    column: Option<ColumnKey>,
}

impl Bridge {
    /// Claims what is due, at most `limit` scores, and of each platform no more than it may get now.
    pub(super) async fn claim_scores(&self, limit: u32) -> Result<Vec<ClaimedScore>, StoreError> {
        let mut platforms = self
            .store()
            .list_registrations_with_scores(self.now())
            .await?;
        // Nobody is first every time.
        platforms.shuffle(&mut rand::rng());
        let mut claimed = Vec::new();
        let mut free = limit;
        for platform in platforms {
            let room = self.platform_pauses().room(platform, self.now()).min(free);
            if room > 0 {
                let scores = self
                    .store()
                    .claim_scores(platform, self.now(), LEASE, room)
                    .await?;
                free = free.saturating_sub(u32::try_from(scores.len()).unwrap_or(u32::MAX));
                claimed.extend(scores);
            }
        }
        Ok(claimed)
    }

    /// Sends one claimed score and records what became of it.
    pub(super) async fn deliver_score(&self, claimed: ClaimedScore) {
        let tried = self.try_score(&claimed).await;
        let (lease, id, store) = (claimed.lease, claimed.id, self.store());
        let (word, recorded) = match tried {
            Tried::Delivered => (
                "delivered",
                store.record_delivered(lease, id, self.now()).await,
            ),
            Tried::Unsent(failure, after) => {
                let next = self.now() + TimeDelta::from_std(after).unwrap_or(LEASE);
                (
                    "held-back",
                    store.record_unsent(lease, id, next, failure).await,
                )
            }
            Tried::Retry(failure, asked) if claimed.attempt < MOST_ATTEMPTS => {
                tracing::info!(delivery = %id, code = failure.code, "score will be retried");
                let next = self.now() + backoff::wait(claimed.attempt, asked);
                ("retry", store.record_retry(lease, id, next, failure).await)
            }
            Tried::Retry(failure, _) | Tried::Dead(failure) => {
                tracing::warn!(delivery = %id, code = failure.code, "score is a dead letter");
                ("dead", store.record_dead(lease, id, failure).await)
            }
        };
        metrics::counter!("mtl_deliveries_total", "kind" => "score", "outcome" => word)
            .increment(1);
        if let Err(error) = recorded {
            // The lease runs out and the score is claimed again, as a retry of unknown outcome.
            tracing::warn!(delivery = %id, code = error.code(), "outcome not recorded");
        }
    }

    async fn try_score(&self, claimed: &ClaimedScore) -> Tried {
        let score: Score = match serde_json::from_str(&claimed.body) {
            Ok(score) => score,
            Err(error) => return Tried::Dead(Failure::new("score_unreadable", error.to_string())),
        };
        let access = match self.platform_access(claimed.registration).await {
            Ok(access) => access,
            Err(failure) => return Tried::Retry(failure, None),
        };
        let (institution, target) = (claimed.lease.institution, &claimed.target);
        let sending = Sending {
            claimed,
            score,
            access,
            column: ColumnKey::of(
                institution,
                claimed.registration,
                claimed.deployment,
                target,
            ),
        };
        let url = match self.url_of(&sending).await {
            Ok(url) => url,
            Err(tried) => return tried,
        };
        match self.send(&sending, &url).await {
            Ok(()) => {
                self.platform_pauses().answered(claimed.registration);
                Tried::Delivered
            }
            Err(error @ ServiceError::Permanent { status: 404, .. }) => {
                self.send_elsewhere(&sending, &url, error).await
            }
            Err(error) => self.judge(&sending, &error),
        }
    }

    async fn url_of(&self, sending: &Sending<'_>) -> Result<Url, Tried> {
        let found = self
            .column_url(
                &sending.access,
                sending.column.as_ref(),
                &sending.claimed.target,
            )
            .await;
        found.map_err(|error| match &*error {
            ColumnError::Service(error) => self.judge(sending, error),
            ColumnError::Taken => {
                Tried::Unsent(Failure::new("column_taken", error.to_string()), WHILE_TAKEN)
            }
            ColumnError::Store(store) => {
                Tried::Retry(Failure::new(store.code(), error.to_string()), None)
            }
        })
    }

    /// Sends a score to a column, unless the gradebook shows it already.
    async fn send(&self, sending: &Sending<'_>, column: &Url) -> Result<(), ServiceError> {
        // An earlier try may have arrived without our knowing: ask before sending again.
        if sending.claimed.attempt > 1 {
            match self.holds(sending, column).await {
                Ok(true) => return Ok(()),
                // Where results cannot be read (an administrator may have dropped the scope), the
                // same bytes with the same time are refused by a platform that has them already,
                // so sending again is still safe.
                Ok(false)
                | Err(
                    ServiceError::Permanent { .. }
                    | ServiceError::NoToken { .. }
                    | ServiceError::Unauthorised { .. },
                ) => {}
                Err(error) => return Err(error),
            }
        }
        let sent = self
            .platforms()
            .ags()
            .post_score(&sending.access, column, sending.claimed.body.as_bytes())
            .await;
        match sent {
            // An earlier try that was on its way for long may have come first.
            Err(
                error @ (ServiceError::Conflict { .. }
                | ServiceError::Permanent {
                    status: 400 | 422, ..
                }),
            ) => match self.holds(sending, column).await {
                Ok(true) => Ok(()),
                _ => Err(error),
            },
            other => other,
        }
    }

    /// Whether the gradebook shows exactly this mark and comment already. Of a score without a mark
    /// it shows nothing, and it may be sent as often as one likes.
    async fn holds(&self, sending: &Sending<'_>, column: &Url) -> Result<bool, ServiceError> {
        if sending.score.score_given.is_none() {
            return Ok(false);
        }
        let results = self
            .platforms()
            .ags()
            .find_results(&sending.access, column, &sending.score.user_id)
            .await?;
        Ok(results.iter().any(|result| result.shows(&sending.score)))
    }

    /// The platform does not know the address. A column of our own is found or made anew; that of a
    /// link belongs to the teacher, who may have made another one.
    async fn send_elsewhere(
        &self,
        sending: &Sending<'_>,
        gone: &Url,
        error: ServiceError,
    ) -> Tried {
        let other = match (&sending.claimed.target, &sending.column) {
            (ScoreTarget::Column { link: None, .. }, Some(column)) => {
                if let Err(error) = self.forget_column(column, gone).await {
                    return Tried::Retry(Failure::new(error.code(), error.to_string()), None);
                }
                match self.url_of(sending).await {
                    Ok(url) => Some(url),
                    Err(tried) => return tried,
                }
            }
            _ => match self
                .newer_column_of_link(
                    sending.claimed.lease.institution,
                    sending.claimed.deployment,
                    &sending.claimed.target,
                )
                .await
            {
                Ok(url) => url,
                Err(error) => {
                    return Tried::Retry(Failure::new(error.code(), error.to_string()), None);
                }
            },
        };
        if let Some(other) = other.filter(|other| other != gone) {
            return match self.send(sending, &other).await {
                Ok(()) => Tried::Delivered,
                Err(error @ ServiceError::Permanent { status: 404, .. }) => {
                    Tried::Dead(words::of_missing(&Missing::Person, &error))
                }
                Err(error) => self.judge(sending, &error),
            };
        }
        let there = self
            .platforms()
            .ags()
            .has_line_item(&sending.access, gone)
            .await;
        let missing = match there {
            Ok(true) => Missing::Person,
            Ok(false) => Missing::LinkColumn,
            Err(later) if !words::is_lasting(&later) => return self.judge(sending, &later),
            Err(_) => Missing::Either,
        };
        Tried::Dead(words::of_missing(&missing, &error))
    }

    /// The column that the link has by now, as its last launch said.
    pub(super) async fn newer_column_of_link(
        &self,
        institution: InstitutionId,
        deployment: DeploymentId,
        target: &ScoreTarget,
    ) -> Result<Option<Url>, StoreError> {
        let (ScoreTarget::LineItem { link, .. } | ScoreTarget::Column { link, .. }) = target;
        let Some(link) = link else {
            return Ok(None);
        };
        let id = mtl_store::natural_ids::resource_link_id(deployment, link);
        let known = self.store().find_resource_link(institution, id).await?;
        let url = known.and_then(|known| known.line_item_url);
        Ok(url.and_then(|url| Url::parse(&url).ok()))
    }

    fn judge(&self, sending: &Sending<'_>, error: &ServiceError) -> Tried {
        let (pauses, platform) = (self.platform_pauses(), sending.claimed.registration);
        let failure = Failure::new(error.code(), error.to_string());
        match error {
            ServiceError::HeldBack { after } => {
                let until = self.now() + TimeDelta::from_std(*after).unwrap_or(LEASE);
                pauses.hold(platform, until);
                Tried::Unsent(failure, *after)
            }
            ServiceError::Transient {
                status: Some(403 | 429),
                retry_after,
                ..
            } => {
                let after = retry_after.unwrap_or_default();
                pauses.hold(
                    platform,
                    self.now() + TimeDelta::from_std(after).unwrap_or(LEASE),
                );
                Tried::Unsent(failure, after)
            }
            ServiceError::Transient { retry_after, .. } => {
                pauses.failed(platform, self.now());
                Tried::Retry(failure, *retry_after)
            }
            ServiceError::OutcomeUnknown { .. } => {
                pauses.failed(platform, self.now());
                Tried::Retry(failure, None)
            }
            ServiceError::Conflict { reason } => {
                pauses.answered(platform);
                Tried::Dead(Failure::new(
                    "score_outdated",
                    format!(
                        "the gradebook has a later entry for this person, so it refused this mark \
                         ({reason}); compare the two and release again if ours is right"
                    ),
                ))
            }
            lasting if words::is_lasting(lasting) => {
                pauses.answered(platform);
                Tried::Dead(words::of_lasting(lasting, &sending.claimed.target))
            }
            _ => Tried::Retry(failure, None),
        }
    }

    /// What a platform's services are called with.
    pub(super) async fn platform_access(
        &self,
        registration: RegistrationId,
    ) -> Result<PlatformAccess, Failure> {
        let known = self
            .registration(registration)
            .await
            .map_err(|error| Failure::new(error.code(), error.to_string()))?;
        let keys = self
            .own_keys()
            .await
            .map_err(|error| Failure::new("signing_key", error.to_string()))?;
        Ok(known.access(keys.signing))
    }
}
