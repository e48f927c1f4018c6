//! From an `id_token` to a launch that may be trusted (1EdTech Security Framework 1.0 §5.1.3, LTI Core 1.3 §5).
//!
//! The order of the checks is fixed, so that each refusal has one reason: size, shape, algorithm, key,
//! signature, issuer, audience, times, nonce, deployment, version, message, and what that message needs.
//!
//! One use of a nonce cannot be checked here, since that needs a memory: the caller stores
//! [`VerifiedLaunch::nonce`] until [`VerifiedLaunch::nonce_needed_until`].

mod algorithm;
mod expectation;
mod key_set;
mod notice;
mod refusal;
mod unverified;
mod verified;
mod verify;

pub use algorithm::SigningAlgorithm;
pub use expectation::{Expectation, KnownDeployments};
pub use key_set::{KeySet, KeySetError};
pub use notice::{
    CONTEXT_COPY, NoticeHandler, NoticePost, SCOPE_NOTICE_HANDLERS, SignedNotice, VerifiedNotice,
    verify_notice,
};
pub use refusal::LaunchRefusal;
pub use unverified::{TOKEN_LIMIT, UnverifiedIdToken};
pub use verified::VerifiedLaunch;
pub use verify::verify_launch;
