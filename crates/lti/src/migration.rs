//! The ids that a person and a link had in LTI 1.1, taken over only where the platform shows that it
//! knows the secret of that time (LTI 1.1 Migration 1.0, the `lti1p1` claim).

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::VerifiedLaunch;

/// What a person and a link were called in LTI 1.1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

/// What a platform signs to show that it knows the secret of a key of LTI 1.1.
#[derive(Debug, Clone, Copy)]
pub struct SignedWithKey<'a> {
    /// The key.
    pub key: &'a str,
    /// The launch's deployment.
    pub deployment_id: &'a str,
    /// Its issuer.
    pub issuer: &'a str,
    /// Our client id.
    pub client_id: &'a str,
    /// Its `exp`, in seconds since 1970.
    pub expires_at: i64,
    /// Its nonce.
    pub nonce: &'a str,
}

impl SignedWithKey<'_> {
    /// The signature, in base64, as it stands in `oauth_consumer_key_sign`.
    pub fn sign(&self, secret: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        STANDARD.encode(hmac::sign(&key, self.message().as_bytes()))
    }

    fn verify(&self, signature: &str, secret: &[u8]) -> Result<(), MigrationRefusal> {
        let wrong = MigrationRefusal::WrongSignature;
        let signature = STANDARD.decode(signature).map_err(|_| wrong)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        hmac::verify(&key, self.message().as_bytes(), &signature).map_err(|_| wrong)
    }

    fn message(&self) -> String {
        format!(
            "{}&{}&{}&{}&{}&{}",
            self.key, self.deployment_id, self.issuer, self.client_id, self.expires_at, self.nonce
        )
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
    let signed = SignedWithKey {
        key,
        deployment_id: launch.deployment_id(),
        issuer: launch.issuer(),
        client_id: launch.client_id(),
        expires_at: launch.expires_at(),
        nonce: launch.nonce(),
    };
    signed.verify(signature, secret)?;
    let other = |old: &Option<String>, new: &str| {
        let old = old.clone();
        old.filter(|old| !old.is_empty() && old != new)
    };
    let link = launch.resource_link().map_or("", |link| link.id.as_str());
    Ok(OldIds {
        user_id: other(&claim.user_id, launch.subject()),
        resource_link_id: other(&claim.resource_link_id, link),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: SignedWithKey<'_> = SignedWithKey {
        key: "179248902",
        deployment_id: "689302",
        issuer: "https://lmsvendor.com",
        client_id: "PM48OJSfGDTAzAo",
        expires_at: 1_551_290_856,
        nonce: "172we8671fd8z",
    };
    const SECRET: &[u8] = b"my-lti11-secret";
    const SIGNATURE: &str = "lWd54kFo5qU7xshAna6v8BwoBm6tmUjc6GTax6+12ps=";

    /// The example of the specification (LTI 1.1 Migration 1.0, appendix A).
    #[test]
    fn the_specifications_example_is_accepted_and_nothing_else() {
        assert_eq!(SIGNED.sign(SECRET), SIGNATURE);
        assert_eq!(SIGNED.verify(SIGNATURE, SECRET), Ok(()));
        let wrong = Err(MigrationRefusal::WrongSignature);
        assert_eq!(SIGNED.verify(SIGNATURE, b"another"), wrong);
        assert_eq!(SIGNED.verify("AAAA", SECRET), wrong);
        assert_eq!(SIGNED.verify("not base64", SECRET), wrong);
        for other in [
            SignedWithKey {
                key: "179248903",
                ..SIGNED
            },
            SignedWithKey {
                expires_at: 1_551_290_857,
                ..SIGNED
            },
            SignedWithKey {
                nonce: "another",
                ..SIGNED
            },
            SignedWithKey {
                deployment_id: "1",
                ..SIGNED
            },
        ] {
            assert_eq!(other.verify(SIGNATURE, SECRET), wrong);
        }
    }
}
