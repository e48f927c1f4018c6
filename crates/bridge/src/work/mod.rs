//! The participant's own work: opening, saving, evidence, submission.

mod cohort;
mod draft;
mod evidence;
mod home;
mod open;
mod submit;

use chrono::{DateTime, Utc};
use mtl_programme::scenario::{FrozenScenario, Gap, ScenarioDraft};
use mtl_programme::{ActivityKey, AttemptId, PersonId};
use mtl_store::StoreError;
use mtl_store::work::AttemptRow;

use crate::secret::Forged;

pub use draft::{SaveOutcome, VersionSummary};
pub use evidence::EvidenceFile;
pub use home::{ActivityStanding, Home, ModuleStanding, Progress};
pub use open::{EarlierAttempt, Work};
pub use submit::Submitted;

/// Why something could not be done with a piece of work.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The catalogue has no such activity.
    #[error("there is no activity {0}")]
    UnknownActivity(ActivityKey),
    /// There is no such attempt for this person.
    #[error("there is no such piece of work here")]
    NotFound,
    /// The person may not do this.
    #[error("you may not do this here")]
    NotAllowed,
    /// The kind of activity has no page yet.
    #[error("this kind of activity is not built yet")]
    KindNotBuilt,
    /// The work was submitted and is frozen.
    #[error("the work was submitted and cannot be changed")]
    AlreadySubmitted,
    /// The draft changed while it was being submitted.
    #[error("the draft has changed since this page was loaded; read it once more and submit again")]
    Changed,
    /// The draft lacks something that it must have.
    #[error("the work is not complete yet")]
    Incomplete(Vec<Gap>),
    /// An edit was refused.
    #[error(transparent)]
    Edit(#[from] mtl_programme::scenario::EditError),
    /// Evidence was refused.
    #[error(transparent)]
    Evidence(#[from] mtl_programme::evidence::EvidenceError),
    /// The draft has as much evidence as it may have.
    #[error(
        "a piece of work can have {} files and links; take one away first",
        mtl_programme::evidence::MAX_ITEMS
    )]
    TooMuchEvidence,
    /// A signed address is wrong or too old.
    #[error("the address of this file is no longer valid; load the page again")]
    AddressExpired,
    /// A stored document cannot be read.
    #[error("stored work cannot be read: {0}")]
    Unreadable(String),
    /// The evidence files cannot be reached.
    #[error("evidence files: {0}")]
    Files(#[from] object_store::Error),
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
}

impl WorkError {
    /// A stable name for logs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownActivity(_) => "activity_unknown",
            Self::NotFound => "work_not_found",
            Self::NotAllowed => "not_allowed",
            Self::KindNotBuilt => "activity_kind_not_built",
            Self::AlreadySubmitted => "work_submitted",
            Self::Changed => "draft_changed",
            Self::Incomplete(_) => "work_incomplete",
            Self::Edit(error) => error.code(),
            Self::Evidence(error) => error.code(),
            Self::TooMuchEvidence => "evidence_too_many",
            Self::AddressExpired => "address_expired",
            Self::Unreadable(_) => "stored_work_unreadable",
            Self::Files(_) => "evidence_unavailable",
            Self::Store(error) => error.code(),
        }
    }

    /// Whether it is our fault, rather than the request's.
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Unreadable(_) | Self::Files(_) | Self::Store(_))
    }
}

impl From<Forged> for WorkError {
    fn from(_: Forged) -> Self {
        Self::AddressExpired
    }
}

impl From<serde_json::Error> for WorkError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// An attempt as people see it.
#[derive(Clone, Debug)]
pub struct AttemptView {
    /// The attempt.
    pub id: AttemptId,
    /// Whose it is.
    pub person: PersonId,
    /// Where it belongs.
    pub activity: ActivityKey,
    /// 1 for the first.
    pub number: i64,
    /// When it is due, before any extension.
    pub due: Option<DateTime<Utc>>,
    /// The extended due time.
    pub extended_to: Option<DateTime<Utc>>,
    /// Whether mitigating circumstances were accepted.
    pub mitigation: bool,
    /// The draft's revision, which a save must name.
    pub revision: i64,
    /// Words so far.
    pub words: i64,
    /// When the draft was last saved.
    pub saved_at: DateTime<Utc>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
    /// SHA-256 of the frozen submission, hexadecimal.
    pub digest: Option<String>,
}

impl AttemptView {
    pub(crate) fn of(row: &AttemptRow) -> Self {
        Self {
            id: row.id,
            person: row.person,
            activity: ActivityKey {
                programme: row.programme.clone(),
                activity: row.activity.clone(),
            },
            number: row.number,
            due: row.due_at,
            extended_to: row.extended_to,
            mitigation: row.mitigation,
            revision: row.revision,
            words: row.words,
            saved_at: row.saved_at,
            submitted_at: row.submitted_at,
            digest: row.snapshot_digest.clone(),
        }
    }

    /// Whether the work can still be changed.
    pub fn is_draft(&self) -> bool {
        self.submitted_at.is_none()
    }
}

pub(crate) fn read_draft(row: &AttemptRow) -> Result<ScenarioDraft, WorkError> {
    Ok(serde_json::from_str(&row.draft)?)
}

/// The frozen submission, checked against its digest.
pub(crate) fn read_snapshot(row: &AttemptRow) -> Result<Option<FrozenScenario>, WorkError> {
    let (Some(snapshot), Some(digest)) = (&row.snapshot, &row.snapshot_digest) else {
        return Ok(None);
    };
    let digest = crate::secret::parse_hex32(digest)
        .ok_or_else(|| WorkError::Unreadable("the snapshot's digest".to_owned()))?;
    FrozenScenario::parse(snapshot.as_bytes(), &digest)
        .map(Some)
        .map_err(|error| WorkError::Unreadable(error.to_string()))
}
