//! Why a platform could not be registered: for the log a stable code, for the administrator words.

use mtl_lti::registration::ConfigurationError;
use mtl_lti::registration_answer::NoClientId;
use mtl_lti_client::{AddressRefusal, ServiceError};
use mtl_store::StoreError;

/// Why a registration did not come about.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// No such invitation.
    #[error("there is no such invitation")]
    UnknownInvitation,
    /// It is too old.
    #[error("the invitation has expired")]
    InvitationExpired,
    /// A platform used it already.
    #[error("the invitation was used already")]
    InvitationUsed,
    /// The platform did not say where its configuration is.
    #[error("openid_configuration is not an address")]
    NoConfiguration,
    /// An address of the configuration may not be used.
    #[error("the platform's {what}: {refusal}")]
    Address {
        /// Which one.
        what: &'static str,
        /// Why not.
        refusal: AddressRefusal,
    },
    /// The configuration could not be fetched.
    #[error("the platform's configuration: {0}")]
    Fetch(ServiceError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The page was opened too long ago, or was not ours.
    #[error("the registration page was opened too long ago")]
    OfferExpired,
    /// The platform did not register us.
    #[error("the platform's registration: {0}")]
    Refused(ServiceError),
    /// The platform's answer cannot be used.
    #[error(transparent)]
    Answer(#[from] NoClientId),
    /// The same client id belongs to somebody else.
    #[error("the client id is registered for another institution")]
    OtherOwner,
    /// The store failed.
    #[error("the store: {0}")]
    Store(StoreError),
}

impl From<StoreError> for RegisterError {
    fn from(error: StoreError) -> Self {
        match error.code() {
            "invitation_used" => Self::InvitationUsed,
            "registration_of_another_institution" => Self::OtherOwner,
            _ => Self::Store(error),
        }
    }
}

/// What the administrator reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegisterWords {
    /// A heading.
    pub title: &'static str,
    /// What happened.
    pub happened: String,
    /// What to do.
    pub advice: &'static str,
}

const NEW_INVITATION: &str = "Ask whoever runs MTL Bridge for a new registration address.";
const AGAIN: &str =
    "Mend that on the platform, then begin there again with the same address: it still works.";

impl RegisterError {
    /// A stable name for logs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownInvitation => "invitation_unknown",
            Self::InvitationExpired => "invitation_expired",
            Self::InvitationUsed => "invitation_used",
            Self::NoConfiguration => "configuration_missing",
            Self::Address { refusal, .. } => refusal.code(),
            Self::Fetch(error) | Self::Refused(error) => error.code(),
            Self::Configuration(error) => error.code(),
            Self::OfferExpired => "registration_page_expired",
            Self::Answer(error) => error.code(),
            Self::OtherOwner => "registration_of_another_institution",
            Self::Store(error) => error.code(),
        }
    }

    /// Whether it is our fault.
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Store(_))
    }

    /// The words for the administrator.
    pub fn words(&self) -> RegisterWords {
        let (title, happened, advice) = match self {
            Self::UnknownInvitation => (
                "This registration address does not work",
                "It is not one that MTL Bridge has given out, or a part of it was lost when it was \
                 copied."
                    .to_owned(),
                "Copy the whole address once more, or ask whoever runs MTL Bridge for a new one.",
            ),
            Self::InvitationExpired => (
                "This registration address has run out",
                "For safety each address works for a few days only.".to_owned(),
                NEW_INVITATION,
            ),
            Self::InvitationUsed => (
                "This registration address was used already",
                "A platform has been registered with it, and each address works once.".to_owned(),
                "To register again, ask whoever runs MTL Bridge for a new registration address.",
            ),
            Self::NoConfiguration => (
                "The platform did not say where its settings are",
                "It opened this page without a usable openid_configuration address.".to_owned(),
                AGAIN,
            ),
            Self::Address { what, refusal } => (
                "An address of this platform cannot be used",
                format!("Its {what} was refused: {refusal}."),
                "Mend the address on the platform. An LMS in a private network must be allowed in \
                 the configuration of MTL Bridge.",
            ),
            Self::Fetch(error) => (
                "The platform’s settings could not be fetched",
                format!("What happened: {error}."),
                AGAIN,
            ),
            Self::Configuration(error) => (
                "The platform’s settings cannot be used",
                format!("What is wrong: {error}."),
                AGAIN,
            ),
            Self::OfferExpired => (
                "That took a little too long",
                "This page was opened more than an hour ago. Nothing was registered.".to_owned(),
                "Begin again on the platform with the same address: it still works.",
            ),
            Self::Refused(ServiceError::OutcomeUnknown { .. }) => (
                "The platform did not answer",
                "It was asked to register MTL Bridge, and gave no answer, so it may have done it or \
                 not."
                    .to_owned(),
                "If the platform lists MTL Bridge now, delete it there. Then begin again with the \
                 same address.",
            ),
            Self::Refused(error) => (
                "The platform did not register MTL Bridge",
                format!("It says: {}", said(error)),
                AGAIN,
            ),
            Self::Answer(error) => (
                "The platform’s answer cannot be used",
                format!("What is wrong: {error}."),
                "If the platform lists MTL Bridge now, delete it there. Then begin again with the \
                 same address.",
            ),
            Self::OtherOwner => (
                "This registration belongs to another institution",
                "The platform gave a client ID that another institution has registered with MTL \
                 Bridge already."
                    .to_owned(),
                "Delete the new tool on the platform, and ask whoever runs MTL Bridge.",
            ),
            Self::Store(_) => (
                "Something went wrong on our side",
                "MTL Bridge could not keep the registration just now.".to_owned(),
                "If the platform lists MTL Bridge now, delete it there. Wait a minute, then begin \
                 again with the same address.",
            ),
        };
        RegisterWords {
            title,
            happened,
            advice,
        }
    }
}

/// The platform's own words where it gave some.
fn said(error: &ServiceError) -> String {
    match error {
        ServiceError::Permanent { status, reason }
        | ServiceError::Transient {
            status: Some(status),
            reason,
            ..
        } => format!("“{reason}” (status {status})."),
        other => format!("{other}."),
    }
}
