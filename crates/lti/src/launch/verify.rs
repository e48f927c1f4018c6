//! The checks themselves, in their order.

use chrono::{DateTime, Utc};

use super::{
    Expectation, KeySet, LaunchRefusal, SigningAlgorithm, UnverifiedIdToken, VerifiedLaunch,
};
use crate::claims::{IdTokenClaims, names};
use crate::message::MessageType;

/// Longest id of a person or a deployment, in bytes (OpenID Connect Core §2, LTI Core 1.3 §5.3.3).
const LONGEST_ID: usize = 255;

/// Verifies a token against the platform's keys and against what this login expects.
///
/// On [`LaunchRefusal::UnknownKey`] the caller fetches the key set anew, once, and verifies the token again.
pub fn verify_launch(
    token: UnverifiedIdToken<'_>,
    keys: &KeySet,
    expected: &Expectation<'_>,
) -> Result<VerifiedLaunch, LaunchRefusal> {
    let algorithm = verify_algorithm(&token.algorithm, expected.algorithms)?;
    keys.verify(
        token.key_id.as_deref(),
        algorithm,
        token.signed.as_bytes(),
        token.signature,
    )?;
    let claims = token.claims;
    verify_parties(&claims, expected)?;
    let (issued_at, expires_at) = verify_times(&claims, expected)?;
    verify_nonce(&claims, expected)?;
    verify_deployment(&claims, expected)?;
    let message = verify_message(&claims)?;
    verify_target(&claims, expected)?;
    verify_subject(&claims)?;
    verify_needs_of(message, &claims)?;
    let nonce_needed_until = expires_at.min(issued_at + expected.longest_launch) + expected.leeway;
    Ok(VerifiedLaunch {
        claims,
        client_id: expected.client_id.to_owned(),
        message,
        issued_at,
        nonce_needed_until,
    })
}

pub(super) fn verify_algorithm(
    name: &str,
    allowed: &[SigningAlgorithm],
) -> Result<SigningAlgorithm, LaunchRefusal> {
    if name.eq_ignore_ascii_case("none") {
        return Err(LaunchRefusal::AlgorithmNone);
    }
    if name
        .get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case("hs"))
    {
        return Err(LaunchRefusal::AlgorithmHmac);
    }
    SigningAlgorithm::find(name)
        .filter(|algorithm| allowed.contains(algorithm))
        .ok_or(LaunchRefusal::AlgorithmNotAllowed)
}

/// Issuer, audience and authorised party (Security Framework 1.0 §5.1.3, steps 2 to 5).
pub(super) fn verify_parties(
    claims: &IdTokenClaims,
    expected: &Expectation<'_>,
) -> Result<(), LaunchRefusal> {
    if claims.iss.as_str() != Some(expected.issuer) {
        return Err(LaunchRefusal::WrongIssuer);
    }
    let audiences = claims.aud.as_ref().map_or(&[][..], |audience| &audience.0);
    if !audiences
        .iter()
        .any(|audience| audience == expected.client_id)
    {
        return Err(LaunchRefusal::WrongAudience);
    }
    match claims.azp.as_str() {
        Some(party) if party == expected.client_id => Ok(()),
        None if !claims.azp.is_unreadable() && audiences.len() == 1 => Ok(()),
        None => Err(LaunchRefusal::AuthorisedPartyMissing),
        Some(_) => Err(LaunchRefusal::WrongAuthorisedParty),
    }
}

/// Returns when the token was issued and when it expires.
pub(super) fn verify_times(
    claims: &IdTokenClaims,
    expected: &Expectation<'_>,
) -> Result<(DateTime<Utc>, DateTime<Utc>), LaunchRefusal> {
    let expires_at = claims
        .exp
        .as_ref()
        .and_then(|exp| DateTime::from_timestamp(exp.0, 0))
        .ok_or(LaunchRefusal::ExpiryMissing)?;
    let issued_at = claims
        .iat
        .as_ref()
        .and_then(|iat| DateTime::from_timestamp(iat.0, 0))
        .ok_or(LaunchRefusal::IssueTimeMissing)?;
    let (now, leeway) = (expected.now, expected.leeway);
    if now >= expires_at + leeway {
        return Err(LaunchRefusal::Expired);
    }
    if issued_at > now + leeway {
        return Err(LaunchRefusal::IssuedInFuture);
    }
    if now > issued_at + expected.longest_launch + leeway {
        return Err(LaunchRefusal::IssuedTooLongAgo);
    }
    Ok((issued_at, expires_at))
}

fn verify_nonce(claims: &IdTokenClaims, expected: &Expectation<'_>) -> Result<(), LaunchRefusal> {
    let nonce = claims
        .nonce
        .as_filled()
        .ok_or(LaunchRefusal::NonceMissing)?;
    // An empty expectation must never match; it would be a mistake of the caller.
    if expected.nonce.is_empty() || nonce != expected.nonce {
        return Err(LaunchRefusal::WrongNonce);
    }
    Ok(())
}

pub(super) fn verify_deployment(
    claims: &IdTokenClaims,
    expected: &Expectation<'_>,
) -> Result<(), LaunchRefusal> {
    let deployment = claims
        .deployment_id
        .as_filled()
        .filter(|id| id.len() <= LONGEST_ID)
        .ok_or(LaunchRefusal::DeploymentMissing)?;
    if !expected.deployments.knows(deployment) {
        return Err(LaunchRefusal::UnknownDeployment);
    }
    Ok(())
}

pub(super) fn verify_version(claims: &IdTokenClaims) -> Result<(), LaunchRefusal> {
    if claims.version.as_str() == Some(names::VERSION_1_3) {
        Ok(())
    } else {
        Err(LaunchRefusal::WrongVersion)
    }
}

fn verify_message(claims: &IdTokenClaims) -> Result<MessageType, LaunchRefusal> {
    verify_version(claims)?;
    let name = claims
        .message_type
        .as_filled()
        .ok_or(LaunchRefusal::MessageTypeMissing)?;
    MessageType::find(name).ok_or(LaunchRefusal::UnknownMessageType)
}

fn verify_target(claims: &IdTokenClaims, expected: &Expectation<'_>) -> Result<(), LaunchRefusal> {
    let target = claims
        .target_link_uri
        .as_filled()
        .ok_or(LaunchRefusal::TargetLinkMissing)?;
    if !expected.tool_url.holds(target) {
        return Err(LaunchRefusal::ForeignTargetLink);
    }
    Ok(())
}

fn verify_subject(claims: &IdTokenClaims) -> Result<(), LaunchRefusal> {
    let subject = claims.sub.as_filled().ok_or(LaunchRefusal::Anonymous)?;
    if subject.len() > LONGEST_ID {
        return Err(LaunchRefusal::SubjectTooLong);
    }
    Ok(())
}

/// What each message must bring besides (LTI Core 1.3 §5.3, Deep Linking 2.0 §4.4, Submission Review 1.0 §3).
fn verify_needs_of(message: MessageType, claims: &IdTokenClaims) -> Result<(), LaunchRefusal> {
    if claims.roles.as_ref().is_none() {
        return Err(LaunchRefusal::RolesMissing);
    }
    let has_link = claims
        .resource_link
        .as_ref()
        .is_some_and(|link| !link.id.is_empty());
    match message {
        MessageType::ResourceLink | MessageType::SubmissionReview if !has_link => {
            Err(LaunchRefusal::ResourceLinkMissing)
        }
        MessageType::DeepLinking if claims.deep_linking.as_ref().is_none() => {
            Err(LaunchRefusal::DeepLinkingSettingsMissing)
        }
        MessageType::SubmissionReview
            if claims
                .for_user
                .as_ref()
                .is_none_or(|person| person.user_id.is_empty()) =>
        {
            Err(LaunchRefusal::ForUserMissing)
        }
        _ => Ok(()),
    }
}
