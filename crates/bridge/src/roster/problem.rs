//! Why a list could not be read, in words for a tutor.

use mtl_lti_client::ServiceError;

/// Why the newest try to read a list failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RosterProblem {
    /// The platform gives no token for the service, or does not take it there.
    NotAllowed,
    /// The platform knows no such list.
    Gone,
    /// The platform did not answer, or could not just then.
    Unreachable,
    /// What it answered is no list.
    Unreadable,
    /// It lists nobody, which cannot be.
    Empty,
    /// The address may not be called by our own rules.
    AddressRefused,
    /// Our own fault.
    Internal,
}

impl RosterProblem {
    const ALL: [Self; 7] = [
        Self::NotAllowed,
        Self::Gone,
        Self::Unreachable,
        Self::Unreadable,
        Self::Empty,
        Self::AddressRefused,
        Self::Internal,
    ];

    /// A stable name, as stored and logged.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAllowed => "roster_not_allowed",
            Self::Gone => "roster_gone",
            Self::Unreachable => "roster_unreachable",
            Self::Unreadable => "roster_unreadable",
            Self::Empty => "roster_empty",
            Self::AddressRefused => "roster_address_refused",
            Self::Internal => "roster_internal",
        }
    }

    /// The problem of a stored name.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }

    /// What happened and what to do about it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotAllowed => {
                "Your learning site does not let MTL Bridge read the list of people any more. Please \
                 ask your LMS administrator to allow the tool “Names and Role Provisioning”."
            }
            Self::Gone => {
                "Your learning site says that this course has no list of people. Open the activity \
                 again from the course; if this stays, please tell your LMS administrator."
            }
            Self::Unreachable => {
                "Your learning site did not answer when its list of people was last asked for. It is \
                 asked again by itself."
            }
            Self::Unreadable => {
                "Your learning site answered with something that is no list of people. Please tell \
                 your LMS administrator if this stays."
            }
            Self::Empty => {
                "Your learning site’s list of this course is empty, so nothing was taken from it. \
                 Please ask your LMS administrator whether the tool may see the course’s members."
            }
            Self::AddressRefused => {
                "The address of the list of people is one that MTL Bridge may not call. Please tell \
                 whoever runs MTL Bridge."
            }
            Self::Internal => {
                "MTL Bridge could not read the list of people just now. It tries again by itself."
            }
        }
    }
}

impl From<&ServiceError> for RosterProblem {
    fn from(error: &ServiceError) -> Self {
        match error {
            ServiceError::AddressRefused(_) | ServiceError::ForeignService { .. } => {
                Self::AddressRefused
            }
            ServiceError::NoToken { .. }
            | ServiceError::Unauthorised { .. }
            | ServiceError::Permanent {
                status: 401 | 403, ..
            } => Self::NotAllowed,
            ServiceError::Permanent {
                status: 404 | 410, ..
            } => Self::Gone,
            ServiceError::Transient { .. }
            | ServiceError::HeldBack { .. }
            | ServiceError::OutcomeUnknown { .. } => Self::Unreachable,
            ServiceError::Permanent { .. }
            | ServiceError::Conflict { .. }
            | ServiceError::Unreadable(_) => Self::Unreadable,
            ServiceError::NotSigned(_) => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for problem in RosterProblem::ALL {
            assert_eq!(RosterProblem::find(problem.code()), Some(problem));
            assert!(problem.words().ends_with('.'));
        }
        assert_eq!(RosterProblem::find("something"), None);
    }
}
