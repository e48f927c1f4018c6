//! Why a launch was not let in: for the log a stable code, for the person plain words.

use mtl_lti::LaunchRefusal;
use mtl_lti::url_rules::{ReturnMessage, return_url_with};
use mtl_lti_client::ServiceError;
use mtl_programme::LaunchId;
use mtl_store::StoreError;
use url::Url;

use crate::secret::random_bytes;

/// Why a login or a launch was refused.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The login request lacks something or is malformed.
    #[error("the login request: {0}")]
    Login(#[from] mtl_lti::login::LoginError),
    /// No registration for that issuer and client id.
    #[error("no registration for issuer {issuer:?} and client id {client_id:?}")]
    UnknownPlatform {
        /// The issuer as it came.
        issuer: String,
        /// The client id as it came, where one came.
        client_id: Option<String>,
    },
    /// Several registrations share the issuer, and the login names no client id.
    #[error("issuer {issuer:?} has several registrations and the login names no client id")]
    AmbiguousPlatform {
        /// The issuer as it came.
        issuer: String,
    },
    /// `target_link_uri` of the login leads elsewhere.
    #[error("the login's target_link_uri is not one of ours")]
    ForeignTarget,
    /// The state is missing, or was not sealed by this bridge.
    #[error("the state is missing or was not made by this bridge")]
    StateForged,
    /// The state is older than ten minutes.
    #[error("the login was begun more than ten minutes ago")]
    StateExpired,
    /// The answer comes from a browser that did not begin the login.
    #[error("the answer comes from another browser than the one that began")]
    OtherBrowser,
    /// State and nonce were used before.
    #[error("this launch was used already")]
    AlreadyUsed,
    /// The token's nonce is of another launch that was used already.
    #[error("the token was used already in another launch")]
    NonceReused,
    /// The platform answered with an error in place of a token.
    #[error("the platform answered {error:?}")]
    PlatformSaid {
        /// OAuth's `error`.
        error: String,
    },
    /// The token was refused.
    #[error("the token: {0}")]
    Token(#[from] LaunchRefusal),
    /// The deployment is not registered, and this registration accepts none on its own.
    #[error("the deployment waits for acceptance")]
    DeploymentNotAccepted,
    /// The platform's key set could not be had.
    #[error("the platform's key set: {0}")]
    KeySet(#[from] ServiceError),
    /// The message is one that the bridge does not answer yet.
    #[error("no page for the message {0}")]
    UnservedMessage(&'static str),
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// The store failed while a cache was filled.
    #[error("the store: {0}")]
    Cached(std::sync::Arc<StoreError>),
    /// A value could not be made (never seen).
    #[error("internal: {0}")]
    Internal(&'static str),
}

impl LaunchError {
    /// A stable name for logs, metrics and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Login(error) => error.code(),
            Self::UnknownPlatform { .. } => "platform_unknown",
            Self::AmbiguousPlatform { .. } => "platform_ambiguous",
            Self::ForeignTarget => "login_target_foreign",
            Self::StateForged => "state_forged",
            Self::StateExpired => "state_expired",
            Self::OtherBrowser => "state_of_other_browser",
            Self::AlreadyUsed => "state_reused",
            Self::NonceReused => "nonce_reused",
            Self::PlatformSaid { .. } => "platform_error",
            Self::Token(refusal) => refusal.code(),
            Self::DeploymentNotAccepted => "deployment_not_accepted",
            Self::KeySet(_) => "key_set_unavailable",
            Self::UnservedMessage(_) => "message_not_served",
            Self::Store(_) | Self::Cached(_) => "store_unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// Whether it is our fault or the platform's server, rather than the request's.
    pub fn is_fault(&self) -> bool {
        matches!(
            self,
            Self::KeySet(_) | Self::Store(_) | Self::Cached(_) | Self::Internal(_)
        )
    }

    /// The words for the person: what happened, and what to try.
    pub fn words(&self) -> Words {
        let (title, happened, advice) = match self {
            Self::Login(_) => (
                "This link did not start properly",
                "Your learning site opened MTL Bridge without telling it all that it needs to know.",
                ASK_ADMINISTRATOR,
            ),
            Self::UnknownPlatform { .. } | Self::AmbiguousPlatform { .. } => (
                "Your learning site is not connected yet",
                "MTL Bridge does not know the site that you came from, or cannot tell which \
                 of its connections you used.",
                "Please tell your LMS administrator: the tool's client ID must be registered with \
                 MTL Bridge.",
            ),
            Self::ForeignTarget => (
                "This link leads elsewhere",
                "The address that your learning site asked for does not belong to MTL Bridge.",
                ASK_ADMINISTRATOR,
            ),
            Self::StateForged | Self::OtherBrowser => (
                "We could not match this to your browser",
                "The answer from your learning site does not belong to something that was begun \
                 in this browser. This happens when a page is copied to another browser, or when \
                 the browser does not keep cookies.",
                "Go back to your course and open the activity again. If it happens again, open it \
                 in a new tab, or allow cookies for this site.",
            ),
            Self::StateExpired => (
                "That took a little too long",
                "More than ten minutes went by between opening the activity and signing in.",
                OPEN_AGAIN,
            ),
            Self::AlreadyUsed | Self::NonceReused => (
                "This page was opened already",
                "Each time you open an activity from your course, it works once. This one was \
                 used before: perhaps the page was reloaded, or you pressed Back.",
                OPEN_AGAIN,
            ),
            Self::PlatformSaid { .. } => (
                "Your learning site did not let you in",
                "Your learning site answered that it could not sign you in to this activity. You \
                 may have been signed out there.",
                "Sign in to your learning site again, then open the activity from your course.",
            ),
            Self::Token(refusal) => return Words::of_refusal(*refusal),
            Self::DeploymentNotAccepted => (
                "This course is not connected yet",
                "MTL Bridge knows your learning site, but was opened from this part of it for the \
                 first time. Somebody must accept that once; it is on their list now.",
                "Please tell your LMS administrator that the deployment waits in MTL Bridge. Once \
                 it is accepted, open the activity again.",
            ),
            Self::KeySet(_) => (
                "Your learning site did not answer",
                "MTL Bridge could not fetch the keys with which your learning site signs. Nothing \
                 is lost.",
                "Wait a minute, then open the activity again from your course.",
            ),
            Self::UnservedMessage(_) => (
                "This kind of link is not available here",
                "Your learning site asked for something that this version of MTL Bridge does not \
                 offer.",
                ASK_ADMINISTRATOR,
            ),
            Self::Store(_) | Self::Cached(_) | Self::Internal(_) => (
                "Something went wrong on our side",
                "MTL Bridge could not open the activity just now. Nothing that you wrote is lost.",
                "Wait a minute, then open the activity again from your course.",
            ),
        };
        Words {
            title,
            happened,
            advice,
        }
    }
}

const OPEN_AGAIN: &str = "Go back to your course and open the activity again.";
const ASK_ADMINISTRATOR: &str =
    "Please tell your LMS administrator, with the reference code below.";

/// What a person reads when a launch is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words {
    /// A heading.
    pub title: &'static str,
    /// What happened.
    pub happened: &'static str,
    /// What to try.
    pub advice: &'static str,
}

impl Words {
    fn of_refusal(refusal: LaunchRefusal) -> Self {
        let (title, happened, advice) = match refusal.code() {
            "expired" | "issued_in_future" | "issued_too_long_ago" => (
                "The clocks do not agree",
                "The message from your learning site is too old, or dated in the future.",
                "Open the activity again from your course. If it happens again, please tell your \
                 LMS administrator that the site's clock may be wrong.",
            ),
            "anonymous" => (
                "Please sign in to your course first",
                "Your learning site opened this activity without saying who you are. MTL work \
                 belongs to a person, so it cannot be opened anonymously.",
                "Sign in to your learning site (not as a guest), then open the activity again. If you \
                 are signed in, please tell your LMS administrator: the tool’s privacy settings must \
                 let the learning site send a user ID (the claim “sub”). Names and e-mail addresses \
                 may stay switched off.",
            ),
            "wrong_nonce" | "nonce_missing" => (
                "We could not match this to your browser",
                "The message from your learning site answers another request than the one that \
                 was begun here.",
                OPEN_AGAIN,
            ),
            "unknown_deployment" => (
                "This course is not connected yet",
                "MTL Bridge knows your learning site, but not this installation of the tool in it.",
                "Please tell your LMS administrator: the deployment must be added to MTL Bridge.",
            ),
            _ => (
                "Your learning site's message could not be trusted",
                "The message that should say who you are is damaged, was not signed as it must \
                 be, or is meant for another tool.",
                ASK_ADMINISTRATOR,
            ),
        };
        Self {
            title,
            happened,
            advice,
        }
    }
}

/// A refused launch, as it is shown and logged.
#[derive(Debug)]
pub struct LaunchFailure {
    /// Why.
    pub error: LaunchError,
    /// A short code that the person can quote and the log holds.
    pub reference: String,
    /// Where the platform wants the person back; only after signature, issuer and audience were
    /// verified, else it would be an open redirect.
    pub return_url: Option<Url>,
    /// Origins that may show the page in a frame, where the registration is known.
    pub frame_ancestors: Vec<String>,
    /// The launch that this browser came in with, where it repeats its answer.
    pub entered: Option<LaunchId>,
}

impl LaunchFailure {
    /// The address that takes the person back and tells the platform what happened
    /// (`lti_errormsg` and `lti_errorlog`, LTI Core 1.3, section 5.4.3.1).
    pub fn way_back(&self) -> Option<Url> {
        let log = format!("{} {}", self.error.code(), self.reference);
        let message = ReturnMessage {
            error: Some(self.error.words().title),
            error_log: Some(&log),
            ..ReturnMessage::default()
        };
        return_url_with(self.return_url.as_ref()?, &message)
    }
}

impl From<LaunchError> for LaunchFailure {
    fn from(error: LaunchError) -> Self {
        Self {
            error,
            reference: reference_code(),
            return_url: None,
            frame_ancestors: Vec::new(),
            entered: None,
        }
    }
}

/// Eight letters and digits that cannot be mistaken for one another.
pub fn reference_code() -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    random_bytes::<8>()
        .iter()
        .map(|b| char::from(LETTERS[usize::from(b % 32)]))
        .collect()
}
