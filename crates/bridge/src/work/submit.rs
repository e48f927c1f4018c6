//! Submission: the draft is frozen as canonical bytes with their digest, once and for ever.

use chrono::{DateTime, Utc};
use mtl_programme::AttemptId;
use mtl_programme::scenario::{SnapshotError, freeze};
use mtl_store::work::{EVIDENCE_CHANGED, Submission};

use super::{WorkError, read_draft};
use crate::Bridge;
use crate::visit::Visit;

/// A submission that was taken.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// When.
    pub at: DateTime<Utc>,
    /// SHA-256 of the frozen bytes, hexadecimal: the participant's receipt.
    pub digest: String,
    /// Words.
    pub words: i64,
}

impl Bridge {
    /// Submits a draft as it stands at `revision`; a draft that changed since is not submitted.
    pub async fn submit(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        revision: i64,
    ) -> Result<Submitted, WorkError> {
        let row = self.load_own_attempt(visit, attempt).await?;
        if row.submitted_at.is_some() {
            return Err(WorkError::AlreadySubmitted);
        }
        if row.revision != revision {
            return Err(WorkError::Changed);
        }
        let draft = read_draft(&row)?;
        let evidence = self.read_evidence(visit.institution, attempt).await?;
        let snapshot = freeze(&draft, &evidence).map_err(|error| match error {
            SnapshotError::Incomplete(gaps) => WorkError::Incomplete(gaps),
            other => WorkError::Unreadable(other.to_string()),
        })?;
        let now = self.now();
        let place = self.place(&super::AttemptView::of(&row).activity)?;
        let digest = snapshot.sha256_hex();
        let words = i64::from(draft.words());
        let frozen = self
            .store()
            .submit_attempt(
                visit.institution,
                Submission {
                    attempt,
                    revision,
                    evidence: evidence.iter().map(|item| item.id).collect(),
                    snapshot: snapshot.as_str().to_owned(),
                    snapshot_digest: digest.clone(),
                    submitted_at: now,
                },
                self.effects(visit)
                    .submitted(&place, attempt, row.number, now)
                    .done(),
            )
            .await
            .or_else(|error| match error.code() {
                EVIDENCE_CHANGED => Ok(false),
                _ => Err(error),
            })?;
        if frozen {
            Ok(Submitted {
                at: now,
                digest,
                words,
            })
        } else {
            Err(WorkError::Changed)
        }
    }
}
