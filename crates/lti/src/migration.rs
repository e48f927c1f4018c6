//! The ids that a person and a link had in LTI 1.1, taken over only where the platform shows that it
//! knows the secret of that time (LTI 1.1 Migration 1.0, the `lti1p1` claim).

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::VerifiedLaunch;

/// What a person and a link were called in LTI 1.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldIds {
    /// The person's `user_id`, where it was another than `sub`.
    pub user_id: Option<String>,
    /// The link's `resource_link_id`, where it was another than the link's id.
    pub resource_link_id: Option<String>,
}

/// Why old ids are not taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MigrationRefusal {
    /// The claim names no key, or is not signed.
    #[error("the lti1p1 claim is not signed")]
    Unsigned,
    /// The signature was not made with the key's secret, or for another launch.
    #[error("the lti1p1 claim's signature is wrong")]
    WrongSignature,
}

impl MigrationRefusal {
    /// A stable name of the reason.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unsigned => "lti1p1_unsigned",
            Self::WrongSignature => "lti1p1_signature",
        }
    }
}

/// The key of LTI 1.1 that a launch names, if it brings a signature with it.
pub fn consumer_key(launch: &VerifiedLaunch) -> Option<&str> {
    let claim = launch.lti1p1()?;
    claim.oauth_consumer_key_sign.as_ref()?;
    claim.oauth_consumer_key.as_deref()
}

/// The old ids, if the launch was signed with the secret of its key.
pub fn verify_old_ids(launch: &VerifiedLaunch, secret: &[u8]) -> Result<OldIds, MigrationRefusal> {
    let claim = launch.lti1p1().ok_or(MigrationRefusal::Unsigned)?;
    let (Some(key), Some(signature)) = (&claim.oauth_consumer_key, &claim.oauth_consumer_key_sign)
    else {
        return Err(MigrationRefusal::Unsigned);
    };
    let message = message(
        key,
        launch.deployment_id(),
        launch.issuer(),
        launch.client_id(),
        launch.expires_at(),
        launch.nonce(),
    );
    verify_signature(&message, signature, secret)?;
    let other =
        |old: &Option<String>, new: &str| old.clone().filter(|old| !old.is_empty() && old != new);
    let link = launch.resource_link().map_or("", |link| link.id.as_str());
    Ok(OldIds {
        user_id: other(&claim.user_id, launch.subject()),
        resource_link_id: other(&claim.resource_link_id, link),
    })
}

/// What is signed: key, deployment, issuer, client id, `exp` and nonce, with `&` between them.
fn message(
    key: &str,
    deployment: &str,
    issuer: &str,
    client_id: &str,
    expires_at: i64,
    nonce: &str,
) -> String {
    format!("{key}&{deployment}&{issuer}&{client_id}&{expires_at}&{nonce}")
}

fn verify_signature(message: &str, signature: &str, secret: &[u8]) -> Result<(), MigrationRefusal> {
    let wrong = MigrationRefusal::WrongSignature;
    let signature = STANDARD.decode(signature).map_err(|_| wrong)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::verify(&key, message.as_bytes(), &signature).map_err(|_| wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn the_specifications_example_is_accepted_and_nothing_else() {
        let signed = |key, exp, nonce| {
            message(
                key,
                "689302",
                "https://lmsvendor.com",
                "PM48OJSfGDTAzAo",
                exp,
                nonce,
            )
        };
        let message = signed("179248902", 1_551_290_856, "172we8671fd8z");
        let signature = "lWd54kFo5qU7xshAna6v8BwoBm6tmUjc6GTax6+12ps=";
        let verify = |message: &str, signature: &str, secret: &[u8]| {
            verify_signature(message, signature, secret)
        };
        assert_eq!(verify(&message, signature, b"my-lti11-secret"), Ok(()));
        let wrong = Err(MigrationRefusal::WrongSignature);
        assert_eq!(verify(&message, signature, b"another"), wrong);
        assert_eq!(verify(&message, "AAAA", b"my-lti11-secret"), wrong);
        assert_eq!(verify(&message, "not base64", b"my-lti11-secret"), wrong);
        for other in [
            signed("179248903", 1_551_290_856, "172we8671fd8z"),
            signed("179248902", 1_551_290_857, "172we8671fd8z"),
            signed("179248902", 1_551_290_856, "another"),
        ] {
            assert_eq!(verify(&other, signature, b"my-lti11-secret"), wrong);
        }
    }
}
