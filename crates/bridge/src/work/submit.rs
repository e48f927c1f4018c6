//! Submission: the draft is frozen as canonical bytes with their digest, once and for ever.

use chrono::{DateTime, Utc};
use mtl_programme::AttemptId;
use mtl_programme::scenario::{SnapshotError, freeze};
use mtl_store::outbox::NewScore;
use mtl_store::work::{AttemptRow, EVIDENCE_CHANGED, Submission};

use super::{WorkError, read_draft};
use crate::Bridge;
use crate::catalogue::Place;
use crate::marking::target_of_link;
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
        let mut causes = self
            .effects(visit)
            .submitted(&place, attempt, row.number, now);
        if let Some(score) = self.score_of_hand_in(visit, &row, &place, now).await? {
            causes = causes.scoring(score);
        }
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
                causes.done(),
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

    /// What the gradebook hears of a hand-in that waits for its mark, where that is safe.
    async fn score_of_hand_in(
        &self,
        visit: &Visit,
        row: &AttemptRow,
        place: &Place<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<NewScore>, WorkError> {
        let Some(component) = place.component() else {
            return Ok(None);
        };
        let recipients = self
            .store()
            .list_recipients(visit.institution, row.person)
            .await?;
        let destination = target_of_link(Some(row), &component.title, &recipients);
        Ok(destination
            .ok()
            .and_then(|to| to.handed_in(row.person, now, row.id.0)))
    }
}
