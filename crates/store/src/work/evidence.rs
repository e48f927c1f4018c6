//! Evidence: files (their bytes are in the object store) and links that support an attempt.

use chrono::{DateTime, Utc};
use mtl_programme::{AttemptId, EvidenceId, InstitutionId};
use uuid::Uuid;

use crate::column::{At, MaybeAt, millis};
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// A file or a link.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct EvidenceRow {
    /// The evidence.
    #[sqlx(try_from = "Uuid")]
    pub id: EvidenceId,
    /// The attempt that it supports.
    #[sqlx(try_from = "Uuid")]
    pub attempt: AttemptId,
    /// The file or link, JSON of an `EvidenceItem`.
    pub item: String,
    /// When it was added.
    #[sqlx(try_from = "At")]
    pub added_at: DateTime<Utc>,
    /// When it was taken away from the draft.
    #[sqlx(try_from = "MaybeAt")]
    pub removed_at: Option<DateTime<Utc>>,
}

/// Evidence that is added.
#[derive(Clone, Debug)]
pub struct NewEvidence {
    /// Its id.
    pub id: EvidenceId,
    /// The attempt.
    pub attempt: AttemptId,
    /// The file or link, JSON of an `EvidenceItem`.
    pub item: String,
    /// When.
    pub added_at: DateTime<Utc>,
}

impl Store {
    /// Adds evidence to a draft. `false`: the attempt was submitted already, or has `most` pieces
    /// of evidence.
    pub async fn add_evidence(
        &self,
        institution: InstitutionId,
        evidence: NewEvidence,
        most: i64,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                // Holds the draft until the commit: two uploads at once must not both take the
                // last place, nor pass a submission.
                let is_draft = execute!(
                    tx,
                    "UPDATE attempt SET saved_at = saved_at \
                     WHERE institution = $1 AND id = $2 AND submitted_at IS NULL",
                    institution.0,
                    evidence.attempt.0,
                )? == 1;
                if !is_draft {
                    return Ok(false);
                }
                Ok(execute!(
                    tx,
                    "INSERT INTO evidence (institution, id, attempt, item, added_at) \
                     SELECT institution, $2, id, $4, $5 FROM attempt \
                     WHERE institution = $1 AND id = $3 AND \
                     (SELECT COUNT(*) FROM evidence WHERE institution = $1 AND attempt = $3 \
                      AND removed_at IS NULL) < $6",
                    institution.0,
                    evidence.id.0,
                    evidence.attempt.0,
                    &evidence.item,
                    millis(evidence.added_at),
                    most,
                )? == 1)
            })
        })
        .await
    }

    /// Takes evidence away from a draft; submitted work keeps its evidence.
    pub async fn remove_evidence(
        &self,
        institution: InstitutionId,
        attempt: AttemptId,
        evidence: EvidenceId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                Ok(execute!(
                    tx,
                    "UPDATE evidence SET removed_at = $4 \
                     WHERE institution = $1 AND attempt = $2 AND id = $3 AND removed_at IS NULL \
                     AND EXISTS (SELECT 1 FROM attempt WHERE institution = $1 AND id = $2 \
                     AND submitted_at IS NULL)",
                    institution.0,
                    attempt.0,
                    evidence.0,
                    millis(now),
                )? == 1)
            })
        })
        .await
    }

    /// The evidence of an attempt, in the order in which it was added.
    pub async fn list_evidence(
        &self,
        institution: InstitutionId,
        attempt: AttemptId,
    ) -> Result<Vec<EvidenceRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    EvidenceRow,
                    "SELECT id, attempt, item, added_at, removed_at \
                     FROM evidence WHERE institution = $1 AND attempt = $2 AND removed_at IS NULL \
                     ORDER BY added_at, id",
                    institution.0,
                    attempt.0,
                )
            })
        })
        .await
    }

    /// One piece of evidence.
    pub async fn find_evidence(
        &self,
        institution: InstitutionId,
        evidence: EvidenceId,
    ) -> Result<Option<EvidenceRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    EvidenceRow,
                    "SELECT id, attempt, item, added_at, removed_at \
                     FROM evidence WHERE institution = $1 AND id = $2",
                    institution.0,
                    evidence.0,
                )
            })
        })
        .await
    }
}
