//! Notices that a platform sends by itself, verified (Platform Notification Service 1.0 §5).

use serde::{Deserialize, Serialize};

use super::verify::{
    verify_algorithm, verify_deployment, verify_parties, verify_times, verify_version,
};
use super::{Expectation, KeySet, LaunchRefusal, UnverifiedIdToken};
use crate::claims::{Context, IdTokenClaims};

/// The notice that a course was copied.
pub const CONTEXT_COPY: &str = "LtiContextCopyNotice";
/// The scope with which notices are subscribed to.
pub const SCOPE_NOTICE_HANDLERS: &str = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers";

/// A notice whose signature, parties, times and deployment were verified.
#[derive(Debug, Clone)]
pub struct VerifiedNotice {
    claims: IdTokenClaims,
}

/// What the platform posts to the address that was subscribed with: several notices at once, each a
/// signed token.
#[derive(Debug, Deserialize)]
pub struct NoticePost {
    /// The notices.
    pub notices: Vec<SignedNotice>,
}

/// One notice.
#[derive(Debug, Deserialize)]
pub struct SignedNotice {
    /// The token.
    pub jwt: String,
}

/// Which notices we want, and where (Platform Notification Service 1.0 §4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeHandler {
    /// The kind of notice.
    pub notice_type: String,
    /// Our address for it.
    pub handler: String,
}

impl VerifiedNotice {
    /// The platform's id of the notice.
    pub fn id(&self) -> &str {
        self.notice().map_or("", |notice| notice.id.as_str())
    }

    /// What it is about: [`CONTEXT_COPY`] or another.
    pub fn kind(&self) -> &str {
        self.notice().map_or("", |notice| notice.kind.as_str())
    }

    /// The deployment that it comes from.
    pub fn deployment_id(&self) -> &str {
        self.claims.deployment_id.as_str().unwrap_or_default()
    }

    /// The course that it is about.
    pub fn context(&self) -> Option<&Context> {
        self.claims.context.as_ref()
    }

    /// The ids of the courses that the course was copied from.
    pub fn origin_contexts(&self) -> &[String] {
        let origins = self.claims.origin_contexts.as_ref();
        origins.map_or(&[], |origins| &origins.0)
    }

    fn notice(&self) -> Option<&crate::claims::Notice> {
        self.claims.notice.as_ref()
    }
}

/// Verifies a notice against the platform's keys. What is expected is that of a launch, but for the
/// nonce and the page: a notice answers no login and opens none.
///
/// On [`LaunchRefusal::UnknownKey`] the caller fetches the key set anew, once, and verifies again.
pub fn verify_notice(
    token: UnverifiedIdToken<'_>,
    keys: &KeySet,
    expected: &Expectation<'_>,
) -> Result<VerifiedNotice, LaunchRefusal> {
    let algorithm = verify_algorithm(&token.algorithm, expected.algorithms)?;
    keys.verify(
        token.key_id.as_deref(),
        algorithm,
        token.signed.as_bytes(),
        token.signature,
    )?;
    let claims = token.claims;
    verify_parties(&claims, expected)?;
    verify_times(&claims, expected)?;
    verify_deployment(&claims, expected)?;
    verify_version(&claims)?;
    if claims.notice.as_ref().is_none() {
        return Err(LaunchRefusal::UnknownMessageType);
    }
    Ok(VerifiedNotice { claims })
}
