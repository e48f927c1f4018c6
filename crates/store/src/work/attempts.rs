//! Attempts: one person's draft of one activity, its versions, and the submission.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use mtl_programme::{AttemptId, ContextId, EvidenceId, InstitutionId, PersonId, ResourceLinkId};
use uuid::Uuid;

use crate::column::{At, MaybeAt, MaybeId, millis};
use crate::outbox::Effects;
use crate::transaction::{execute, fetch_all, fetch_one, fetch_optional};
use crate::{Store, StoreError, Tx};

/// One person's attempt at one activity.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AttemptRow {
    /// The attempt.
    #[sqlx(try_from = "Uuid")]
    pub id: AttemptId,
    /// Whose it is.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// The course in which it was begun.
    #[sqlx(try_from = "Uuid")]
    pub context: ContextId,
    /// The link from which it was begun, whose line item takes the component's mark.
    #[sqlx(try_from = "MaybeId")]
    pub resource_link: Option<ResourceLinkId>,
    /// The programme's id in the catalogue.
    pub programme: String,
    /// The module's id in the catalogue.
    pub module: String,
    /// The activity's id in the catalogue.
    pub activity: String,
    /// The component that it feeds, where it feeds one.
    pub component: Option<String>,
    /// 1 for the first attempt.
    pub number: i64,
    /// When it is due.
    #[sqlx(try_from = "MaybeAt")]
    pub due_at: Option<DateTime<Utc>>,
    /// The extended due time, where one was granted.
    #[sqlx(try_from = "MaybeAt")]
    pub extended_to: Option<DateTime<Utc>>,
    /// Whether mitigating circumstances were accepted.
    pub mitigation: bool,
    /// When it was begun.
    #[sqlx(try_from = "At")]
    pub opened_at: DateTime<Utc>,
    /// The draft, JSON.
    pub draft: String,
    /// The draft's revision.
    pub revision: i64,
    /// Words of the draft.
    pub words: i64,
    /// When the draft was last saved.
    #[sqlx(try_from = "At")]
    pub saved_at: DateTime<Utc>,
    /// When it was submitted.
    #[sqlx(try_from = "MaybeAt")]
    pub submitted_at: Option<DateTime<Utc>>,
    /// The frozen submission, JSON.
    pub snapshot: Option<String>,
    /// SHA-256 of the frozen submission, hexadecimal.
    pub snapshot_digest: Option<String>,
}

/// An attempt that is begun.
#[derive(Clone, Debug)]
pub struct NewAttempt {
    /// The new attempt's id.
    pub id: AttemptId,
    /// Whose it is.
    pub person: PersonId,
    /// The course.
    pub context: ContextId,
    /// The link, where it was begun from one.
    pub resource_link: Option<ResourceLinkId>,
    /// The programme's id.
    pub programme: String,
    /// The module's id.
    pub module: String,
    /// The activity's id.
    pub activity: String,
    /// The component that it feeds.
    pub component: Option<String>,
    /// 1 for the first attempt.
    pub number: i64,
    /// When it is due.
    pub due_at: Option<DateTime<Utc>>,
    /// When it is begun.
    pub opened_at: DateTime<Utc>,
    /// What the draft begins with, JSON.
    pub draft: String,
    /// The draft's revision to begin with.
    pub revision: i64,
    /// Words of that draft.
    pub words: i64,
}

/// A draft that is saved over the revision that it was based on.
#[derive(Clone, Debug)]
pub struct DraftSave {
    /// The attempt.
    pub attempt: AttemptId,
    /// The revision that the stored draft must have.
    pub expected_revision: i64,
    /// The revision after it.
    pub revision: i64,
    /// The draft, JSON.
    pub draft: String,
    /// Its words.
    pub words: i64,
    /// When.
    pub saved_at: DateTime<Utc>,
    /// Versions younger than this are replaced by this one, so that typing keeps one version for
    /// each stretch of work and not one for each keystroke.
    pub version_since: DateTime<Utc>,
}

/// An earlier version of a draft.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DraftVersion {
    /// Its revision.
    pub revision: i64,
    /// The draft, JSON.
    pub content: String,
    /// Its words.
    pub words: i64,
    /// When it was saved.
    #[sqlx(try_from = "At")]
    pub saved_at: DateTime<Utc>,
}

/// A submission that freezes the draft.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The attempt.
    pub attempt: AttemptId,
    /// The revision that is frozen; the stored draft must still have it.
    pub revision: i64,
    /// The evidence that the snapshot names; the draft must still have just this.
    pub evidence: Vec<EvidenceId>,
    /// The snapshot, canonical JSON.
    pub snapshot: String,
    /// Its SHA-256, hexadecimal.
    pub snapshot_digest: String,
    /// When.
    pub submitted_at: DateTime<Utc>,
}

pub(super) const COLUMNS: &str = "id, person, context, resource_link, programme, module, activity, component, \
     number, due_at, extended_to, mitigation, opened_at, draft, revision, words, saved_at, \
     submitted_at, snapshot, snapshot_digest";

impl Store {
    /// Begins an attempt, or answers the one of the same person, course, activity and number that
    /// is there; the effects are recorded only when it is new. The second value says whether it is.
    pub async fn open_attempt(
        &self,
        institution: InstitutionId,
        attempt: NewAttempt,
        effects: Effects,
    ) -> Result<(AttemptRow, bool), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let made = execute!(
                    tx,
                    "INSERT INTO attempt (institution, id, person, context, resource_link, \
                     programme, module, activity, component, number, due_at, opened_at, draft, \
                     revision, words, saved_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $12) \
                     ON CONFLICT (institution, person, context, programme, activity, number) DO NOTHING",
                    institution.0,
                    attempt.id.0,
                    attempt.person.0,
                    attempt.context.0,
                    attempt.resource_link.map(|link| link.0),
                    &attempt.programme,
                    &attempt.module,
                    &attempt.activity,
                    attempt.component.as_deref(),
                    attempt.number,
                    attempt.due_at.map(millis),
                    millis(attempt.opened_at),
                    &attempt.draft,
                    attempt.revision,
                    attempt.words,
                )? == 1;
                if made {
                    effects.record(tx, institution, attempt.opened_at).await?;
                }
                let row = fetch_one!(
                    tx,
                    AttemptRow,
                    sqlx::AssertSqlSafe(format!(
                        "SELECT {COLUMNS} FROM attempt WHERE institution = $1 AND person = $2 \
                         AND programme = $3 AND activity = $4 AND number = $5 AND context = $6"
                    )),
                    institution.0,
                    attempt.person.0,
                    &attempt.programme,
                    &attempt.activity,
                    attempt.number,
                    attempt.context.0,
                )?;
                Ok((row, made))
            })
        })
        .await
    }

    /// All attempts of one person in all courses, by activity and number, the older course first.
    pub async fn list_attempts(
        &self,
        institution: InstitutionId,
        person: PersonId,
    ) -> Result<Vec<AttemptRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    AttemptRow,
                    sqlx::AssertSqlSafe(format!(
                        "SELECT {COLUMNS} FROM attempt WHERE institution = $1 AND person = $2 \
                         ORDER BY programme, activity, number, opened_at, id"
                    )),
                    institution.0,
                    person.0,
                )
            })
        })
        .await
    }

    /// All attempts that were begun in one course.
    pub async fn list_attempts_of_context(
        &self,
        institution: InstitutionId,
        context: ContextId,
    ) -> Result<Vec<AttemptRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    AttemptRow,
                    sqlx::AssertSqlSafe(format!(
                        "SELECT {COLUMNS} FROM attempt WHERE institution = $1 AND context = $2 \
                         ORDER BY person, programme, activity, number"
                    )),
                    institution.0,
                    context.0,
                )
            })
        })
        .await
    }

    /// One attempt.
    pub async fn find_attempt(
        &self,
        institution: InstitutionId,
        attempt: AttemptId,
    ) -> Result<Option<AttemptRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    AttemptRow,
                    sqlx::AssertSqlSafe(format!(
                        "SELECT {COLUMNS} FROM attempt WHERE institution = $1 AND id = $2"
                    )),
                    institution.0,
                    attempt.0,
                )
            })
        })
        .await
    }

    /// Saves a draft over the revision that it was based on. `false`: the stored draft has another
    /// revision by now, or was submitted; nothing was written.
    pub async fn save_draft(
        &self,
        institution: InstitutionId,
        save: DraftSave,
        effects: Effects,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let saved = execute!(
                    tx,
                    "UPDATE attempt SET draft = $4, revision = $5, words = $6, saved_at = $7 \
                     WHERE institution = $1 AND id = $2 AND revision = $3 AND submitted_at IS NULL",
                    institution.0,
                    save.attempt.0,
                    save.expected_revision,
                    &save.draft,
                    save.revision,
                    save.words,
                    millis(save.saved_at),
                )? == 1;
                if !saved {
                    return Ok(false);
                }
                execute!(
                    tx,
                    "DELETE FROM draft_version WHERE institution = $1 AND attempt = $2 \
                     AND saved_at > $3 AND revision = \
                     (SELECT MAX(revision) FROM draft_version WHERE institution = $1 AND attempt = $2)",
                    institution.0,
                    save.attempt.0,
                    millis(save.version_since),
                )?;
                execute!(
                    tx,
                    "INSERT INTO draft_version (institution, attempt, revision, content, words, \
                     saved_at) VALUES ($1, $2, $3, $4, $5, $6)",
                    institution.0,
                    save.attempt.0,
                    save.revision,
                    &save.draft,
                    save.words,
                    millis(save.saved_at),
                )?;
                effects.record(tx, institution, save.saved_at).await?;
                Ok(true)
            })
        })
        .await
    }

    /// The kept versions of a draft, newest first.
    pub async fn list_draft_versions(
        &self,
        institution: InstitutionId,
        attempt: AttemptId,
    ) -> Result<Vec<DraftVersion>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    DraftVersion,
                    "SELECT revision, content, words, saved_at FROM draft_version \
                     WHERE institution = $1 AND attempt = $2 ORDER BY revision DESC",
                    institution.0,
                    attempt.0,
                )
            })
        })
        .await
    }

    /// Freezes a draft as the submission. Evidence that was added or taken away since it was read is
    /// refused with the code [`EVIDENCE_CHANGED`]. `false`: it has another revision by now, or was
    /// submitted already; nothing was written.
    pub async fn submit_attempt(
        &self,
        institution: InstitutionId,
        submission: Submission,
        effects: Effects,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let frozen = execute!(
                    tx,
                    "UPDATE attempt SET snapshot = $4, snapshot_digest = $5, submitted_at = $6 \
                     WHERE institution = $1 AND id = $2 AND revision = $3 AND submitted_at IS NULL",
                    institution.0,
                    submission.attempt.0,
                    submission.revision,
                    &submission.snapshot,
                    &submission.snapshot_digest,
                    millis(submission.submitted_at),
                )? == 1;
                if frozen {
                    verify_evidence(tx, institution, &submission).await?;
                }
                if frozen {
                    effects
                        .record(tx, institution, submission.submitted_at)
                        .await?;
                }
                Ok(frozen)
            })
        })
        .await
    }

    /// Grants more time, with or without accepted mitigating circumstances.
    pub async fn extend_attempt(
        &self,
        institution: InstitutionId,
        attempt: AttemptId,
        extended_to: DateTime<Utc>,
        mitigation: bool,
        effects: Effects,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let changed = execute!(
                    tx,
                    "UPDATE attempt SET extended_to = $3, mitigation = $4 \
                     WHERE institution = $1 AND id = $2",
                    institution.0,
                    attempt.0,
                    millis(extended_to),
                    mitigation,
                )?;
                if changed == 0 {
                    return Err(StoreError::NotFound("attempt"));
                }
                effects.record(tx, institution, now).await
            })
        })
        .await
    }
}

/// The code of a submission whose evidence is not what the draft has.
pub const EVIDENCE_CHANGED: &str = "evidence_changed";

async fn verify_evidence(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    submission: &Submission,
) -> Result<(), StoreError> {
    let kept = fetch_all!(
        tx,
        (Uuid,),
        "SELECT id FROM evidence WHERE institution = $1 AND attempt = $2 \
         AND removed_at IS NULL",
        institution.0,
        submission.attempt.0,
    )?;
    let kept: BTreeSet<Uuid> = kept.into_iter().map(|(id,)| id).collect();
    let named: BTreeSet<Uuid> = submission.evidence.iter().map(|id| id.0).collect();
    if kept == named {
        Ok(())
    } else {
        Err(StoreError::refused(
            EVIDENCE_CHANGED,
            "the evidence has changed since the work was read",
        ))
    }
}
