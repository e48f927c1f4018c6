//! What coaches, tutors and the policy make of submitted work.

mod cohort;
mod decide;
mod extend;
mod judge;
mod module_work;
mod pairing;
mod reading;
mod record;
mod release;
mod reopen;
mod review;
mod targets;
mod unsent;

use mtl_policy::{PolicyFailure, SettingsError};
use mtl_programme::attempt::AttemptError;
use mtl_programme::judgement::JudgementProblem;
use mtl_store::StoreError;

use crate::work::WorkError;

pub use cohort::{Cohort, CohortActivity, CohortPerson};
pub use judge::JudgementInput;
pub use pairing::{Pair, Pairing, PairingPerson, Person};
pub use reading::{JudgementView, SubmissionForMarking};
pub use record::{ComponentRecord, DecisionView, DeliveryState, DeliveryView, ModuleRecord};
pub(crate) use release::released_results;
pub use release::{Feedback, Released, ReleasedTo};
pub use review::Review;
pub use targets::MODULE_TAG;
pub(crate) use targets::target_of_link;
pub use unsent::{SentAgain, UnsentMark, WhichUnsent};

/// Why something could not be done while marking.
#[derive(Debug, thiserror::Error)]
pub enum MarkingError {
    /// The person may not do this.
    #[error("you may not do this here")]
    NotAllowed,
    /// There is no such work, person, module or decision here.
    #[error("there is no such piece of work here")]
    NotFound,
    /// The work is not submitted yet.
    #[error("the work has not been submitted yet")]
    NotSubmitted,
    /// The judgement is incomplete or contradicts itself.
    #[error("the judgement is not complete yet")]
    Judgement(Vec<JudgementProblem>),
    /// The attempt is not in the state for this.
    #[error(transparent)]
    Attempt(#[from] AttemptError),
    /// No policy is bound to the module.
    #[error("no assessment policy is installed for this module")]
    NoPolicy,
    /// The policy could not be loaded.
    #[error("the assessment policy cannot be loaded: {0}")]
    Policy(PolicyFailure),
    /// The policy's stored settings do not fit it.
    #[error("the settings of the assessment policy do not fit it: {0}")]
    Settings(SettingsError),
    /// A decision was released already, or a newer one was made.
    #[error("this decision was released already, or a newer one was made; load the page again")]
    NotReleasable,
    /// A date does not make sense.
    #[error("the new date must lie after the old one and in the future")]
    Date,
    /// A reason is missing.
    #[error("write a short reason: it is kept with the change")]
    NoReason,
    /// Nobody can be paired with themselves.
    #[error("nobody can be their own coach")]
    OwnCoach,
    /// Work could not be read.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
}

impl MarkingError {
    /// A stable name for logs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::NotFound => "not_found",
            Self::NotSubmitted => "not_submitted",
            Self::Judgement(_) => "judgement_incomplete",
            Self::Attempt(error) => error.code(),
            Self::NoPolicy => "policy_missing",
            Self::Policy(_) => "policy_unavailable",
            Self::Settings(_) => "policy_settings",
            Self::NotReleasable => "decision_not_releasable",
            Self::Date => "date_wrong",
            Self::NoReason => "reason_missing",
            Self::OwnCoach => "own_coach",
            Self::Work(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }

    /// Whether it is our fault, rather than the request's.
    pub fn is_fault(&self) -> bool {
        match self {
            Self::Policy(_) | Self::Settings(_) | Self::Store(_) => true,
            Self::Work(error) => error.is_fault(),
            _ => false,
        }
    }
}

impl From<serde_json::Error> for MarkingError {
    fn from(error: serde_json::Error) -> Self {
        Self::Work(error.into())
    }
}

/// A reason that is kept in the audit trail.
fn verify_reason(reason: &str) -> Result<String, MarkingError> {
    const MOST: usize = 1_000;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(MarkingError::NoReason);
    }
    Ok(reason.chars().take(MOST).collect())
}
