//! Statements for institutions that have a learning record store of their own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use mtl_lrs_client::{Halt, LrsAuth, LrsTarget, StatementOutcome};
use mtl_programme::InstitutionId;
use mtl_store::StoreError;
use mtl_store::launch::Institution;
use mtl_store::outbox::{ClaimedStatements, Failure};
use mtl_store::sealing::Sealer;
use mtl_xapi::Version;
use uuid::Uuid;

use super::backoff;
use crate::Bridge;
use crate::secret::Purpose;

/// How long a worker may keep statements before another may take them.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// Statements in one batch.
const BATCH: u32 = 50;
/// How long nothing is sent to a store that refuses our credentials.
const PAUSE: TimeDelta = TimeDelta::minutes(5);

/// Stores that refuse us for the moment; each replica notices for itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct LrsPauses(Arc<Mutex<HashMap<InstitutionId, DateTime<Utc>>>>);

impl LrsPauses {
    fn until(&self, institution: InstitutionId) -> Option<DateTime<Utc>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&institution)
            .copied()
    }

    fn pause(&self, institution: InstitutionId, until: DateTime<Utc>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(institution, until);
    }
}

impl Bridge {
    /// Sends one batch for each institution that has statements waiting; answers how many
    /// statements were tried.
    pub(super) async fn deliver_statements(&self) -> Result<usize, StoreError> {
        let now = self.now();
        let mut tried = 0;
        for institution in self.store().list_institutions_with_statements(now).await? {
            if self
                .lrs_pauses()
                .until(institution)
                .is_some_and(|until| until > now)
            {
                continue;
            }
            let institution = self.store().load_institution(institution).await?;
            let claimed = self
                .store()
                .claim_statements(institution.id, now, LEASE, BATCH)
                .await?;
            tried += claimed.statements.len();
            if !claimed.statements.is_empty() {
                self.deliver_batch(&institution, claimed).await?;
            }
        }
        Ok(tried)
    }

    async fn deliver_batch(
        &self,
        institution: &Institution,
        claimed: ClaimedStatements,
    ) -> Result<(), StoreError> {
        let target = match self.lrs_target(institution) {
            Ok(target) => target,
            Err(problem) => {
                let failure = Failure::new("lrs_settings", problem);
                self.lrs_pauses().pause(institution.id, self.now() + PAUSE);
                return self
                    .store()
                    .record_all_retry(claimed.lease, self.now() + PAUSE, failure)
                    .await
                    .map(drop);
            }
        };
        let rows: HashMap<Uuid, i64> = claimed
            .statements
            .iter()
            .map(|row| (row.id, row.attempt))
            .collect();
        let batch = claimed
            .statements
            .into_iter()
            .map(|row| (row.id, row.body))
            .collect();
        let delivery = self.lrs().deliver(&target, batch).await;
        let (after, reason) = match &delivery.halt {
            None => (None, "not reached in this round".to_owned()),
            Some(Halt::RetryLater { after, reason }) => (*after, reason.clone()),
            Some(Halt::Paused { status, reason }) => {
                tracing::error!(institution = %institution.id, status, "the learning record store refuses us");
                self.lrs_pauses().pause(institution.id, self.now() + PAUSE);
                (PAUSE.to_std().ok(), reason.clone())
            }
        };
        for (row, outcome) in delivery.outcomes {
            let attempt = rows.get(&row).copied().unwrap_or(1);
            let (lease, now) = (claimed.lease, self.now());
            let word = match outcome {
                StatementOutcome::Delivered => {
                    self.store().record_delivered(lease, row, now).await?;
                    "delivered"
                }
                StatementOutcome::Refused(refusal) => {
                    let failure = Failure::new(refusal.reason.code(), refusal.message);
                    self.store().record_dead(lease, row, failure).await?;
                    "dead"
                }
                StatementOutcome::Failed(refusal) => {
                    let failure = Failure::new(refusal.reason.code(), refusal.message);
                    self.retry_statement(&claimed.lease, row, attempt, None, failure)
                        .await?
                }
                StatementOutcome::Pending => {
                    let failure = Failure::new("waiting", reason.clone());
                    self.retry_statement(&claimed.lease, row, attempt, after, failure)
                        .await?
                }
            };
            metrics::counter!("mtl_deliveries_total", "kind" => "statement", "outcome" => word)
                .increment(1);
        }
        Ok(())
    }

    async fn retry_statement(
        &self,
        lease: &mtl_store::outbox::Lease,
        row: Uuid,
        attempt: i64,
        after: Option<std::time::Duration>,
        failure: Failure,
    ) -> Result<&'static str, StoreError> {
        let next = self.now() + backoff::wait(attempt, after);
        self.store()
            .record_retry(*lease, row, next, failure)
            .await?;
        Ok("retry")
    }

    fn lrs_target(&self, institution: &Institution) -> Result<LrsTarget, String> {
        let sealer = Sealer::new(&self.secret().derive(Purpose::PrivateKeys))
            .map_err(|error| error.to_string())?;
        let auth = institution
            .open_lrs_auth(&sealer)
            .map_err(|error| error.to_string())?
            .ok_or("the institution's learning record store has no credentials")?;
        let auth: LrsAuth = auth
            .parse()
            .map_err(|_| "the credentials of the learning record store cannot be read")?;
        let version = match institution.lrs_version.as_deref() {
            Some(version) if version.starts_with('2') => Version::V2_0_0,
            _ => Version::V1_0_3,
        };
        let endpoint = institution.lrs_endpoint.as_deref().unwrap_or_default();
        LrsTarget::new(endpoint, auth, version).map_err(|error| error.to_string())
    }
}
