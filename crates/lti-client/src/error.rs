//! What became of a call that did not succeed.

use std::time::Duration;

use mtl_lti::signing_key::SigningError;

use crate::AddressRefusal;

/// Why a platform did not do what it was asked for. Reasons are in the platform's own words, cut to 300
/// characters, without tokens, e-mail addresses and the queries of URLs.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ServiceError {
    /// The outbound guard does not let the call out. Nothing was sent.
    #[error("the address may not be called: {0}")]
    AddressRefused(#[from] AddressRefusal),
    /// A claim or an answer named a service where the registration names none. Nothing was sent.
    #[error(
        "the platform names a service at {origin}, which its registration does not name; if it is \
         the platform's own, add it: mtl-bridge platform add-origin <client id> {origin}"
    )]
    ForeignService {
        /// Scheme, host and port.
        origin: String,
    },
    /// It may succeed later: the platform cannot be reached, is busy or broken. Where there is no status,
    /// nothing was sent, or what was sent only reads.
    #[error("the platform cannot do it just now: {reason}")]
    Transient {
        /// The status, where there was an answer.
        status: Option<u16>,
        /// What the platform said, or what happened.
        reason: String,
        /// How long the platform asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The platform had enough of this client, or soon would. Nothing was sent.
    #[error("calls are held back, as the platform's rate limit asks")]
    HeldBack {
        /// For how long.
        after: Duration,
    },
    /// Something that changes the platform was sent, and no answer came: it may have been done.
    #[error("it is not known whether the platform did it: {reason}")]
    OutcomeUnknown {
        /// What happened.
        reason: &'static str,
    },
    /// The platform does not accept our token, not even a fresh one.
    #[error("the platform does not accept our token: {reason}")]
    Unauthorised {
        /// What the platform said.
        reason: String,
    },
    /// The token endpoint refused (RFC 6749 section 5.2).
    #[error("the platform gives no token ({error}): {reason}")]
    NoToken {
        /// The endpoint's `error`, such as `invalid_scope`; else its status.
        error: String,
        /// What the platform said.
        reason: String,
    },
    /// The platform will answer the same again.
    #[error("the platform refuses ({status}): {reason}")]
    Permanent {
        /// The status.
        status: u16,
        /// What the platform said.
        reason: String,
    },
    /// 409: the platform holds something later.
    #[error("the platform holds something later: {reason}")]
    Conflict {
        /// What the platform said.
        reason: String,
    },
    /// What the platform gave cannot be understood.
    #[error("the platform gave something that cannot be understood: {0}")]
    Unreadable(&'static str),
    /// Our own key failed.
    #[error("the assertion could not be signed: {0}")]
    NotSigned(#[from] SigningError),
}

impl ServiceError {
    /// What the platform gave cannot be understood.
    pub const fn unreadable(what: &'static str) -> Self {
        Self::Unreadable(what)
    }

    /// A stable name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AddressRefused(refusal) => refusal.code(),
            Self::ForeignService { .. } => "service_foreign",
            Self::Transient {
                status: Some(429 | 403),
                ..
            } => "platform_busy",
            Self::Transient {
                status: Some(_), ..
            } => "platform_failing",
            Self::Transient { status: None, .. } => "platform_unreachable",
            Self::HeldBack { .. } => "held_back",
            Self::OutcomeUnknown { .. } => "outcome_unknown",
            Self::Unauthorised { .. } => "token_not_accepted",
            Self::NoToken { error, .. } => match error.as_str() {
                "invalid_scope" => "token_invalid_scope",
                "invalid_client" => "token_invalid_client",
                _ => "token_refused",
            },
            Self::Permanent { .. } => "platform_refused",
            Self::Conflict { .. } => "platform_conflict",
            Self::Unreadable(_) => "answer_unreadable",
            Self::NotSigned(error) => error.code(),
        }
    }

    /// How long the platform asks us to wait, where it does.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Transient { retry_after, .. } => *retry_after,
            Self::HeldBack { after } => Some(*after),
            _ => None,
        }
    }

    pub(crate) fn unreachable(reason: &str) -> Self {
        Self::Transient {
            status: None,
            reason: reason.to_owned(),
            retry_after: None,
        }
    }
}
