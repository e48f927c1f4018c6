//! What a tutor or an operator reads of a score that cannot be delivered: what happened, and what to do.

use mtl_lti_client::ServiceError;
use mtl_store::outbox::{Failure, ScoreTarget};

/// What the platform says about the column when it does not know an address.
pub(super) enum Missing {
    /// The column is there, so it is the person.
    Person,
    /// The column of a link is gone.
    LinkColumn,
    /// It could not be found out.
    Either,
}

/// Whether trying again by itself is of no use.
pub(super) fn is_lasting(error: &ServiceError) -> bool {
    match error {
        ServiceError::Permanent { .. } | ServiceError::AddressRefused(_) => true,
        ServiceError::NoToken { error, .. } => error == "invalid_scope",
        _ => false,
    }
}

/// A failure that lasts.
pub(super) fn of_lasting(error: &ServiceError, target: &ScoreTarget) -> Failure {
    let what = match error {
        ServiceError::Permanent {
            status: 400 | 422, ..
        } => {
            "the learning site does not take a mark for this person; they may no longer be a \
             student of the course there. Enrol them as a student and send the mark again, or enter \
             it by hand"
        }
        ServiceError::Permanent {
            status: 401 | 403, ..
        } => {
            "the learning site does not let this tool write into the column; its administrator can \
             allow it for this tool, and then the mark can be sent again"
        }
        ServiceError::NoToken { .. } if matches!(target, ScoreTarget::Column { .. }) => {
            "the learning site has not granted this tool the right to add a column or to send \
             marks; its administrator can grant it, and then the mark can be sent again"
        }
        ServiceError::NoToken { .. } => {
            "the learning site has not granted this tool the right to send marks; its administrator \
             can grant it, and then the mark can be sent again"
        }
        ServiceError::AddressRefused(_) => {
            "the column's address is one that this installation may not call; an operator has to \
             look at the platform's registration"
        }
        _ => "the learning site refuses the mark; enter it by hand, or ask an operator",
    };
    Failure::new(error.code(), format!("{what} ({error})"))
}

/// The platform does not know what the score is for (404).
pub(super) fn of_missing(missing: &Missing, error: &ServiceError) -> Failure {
    let what = match missing {
        Missing::Person => {
            "the column is there, but the learning site knows no row for this person; they may no \
             longer be a student of the course there. Enrol them as a student and send the mark \
             again, or enter it by hand"
        }
        Missing::LinkColumn => {
            "the column is gone from the gradebook: somebody deleted it. Let the activity be graded \
             again there and open it once, then send the mark again; or enter it by hand"
        }
        Missing::Either => {
            "the column is gone from the gradebook, or this person has no row in it. Look at the \
             gradebook, mend it there and send the mark again, or enter it by hand"
        }
    };
    let code = match missing {
        Missing::Person => "person_missing",
        Missing::LinkColumn => "column_missing",
        Missing::Either => "column_or_person_missing",
    };
    Failure::new(code, format!("{what} ({error})"))
}
