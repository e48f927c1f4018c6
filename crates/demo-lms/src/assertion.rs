//! What a tool signs, client assertions and answers of its picker: who says so, and whether it is so.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// Why an assertion is refused. The texts are those of the library that Moodle uses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AssertionError {
    #[error("invalid_request")]
    Malformed,
    #[error("error/Error: kid must be provided in JWT header.")]
    NoKeyId,
    #[error("\"kid\" invalid, unable to lookup correct key")]
    UnknownKey,
    #[error("Incorrect key for this algorithm")]
    Algorithm,
    #[error("Signature verification failed")]
    Signature,
    #[error("Cannot handle token with iat prior to {}", .0.format("%Y-%m-%dT%H:%M:%S%z"))]
    IssuedAhead(DateTime<Utc>),
    #[error("Expired token")]
    Expired,
}

/// An assertion whose signature was not checked yet.
#[derive(Debug)]
pub(crate) struct UnverifiedAssertion<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    header: Value,
    claims: Value,
}

impl<'a> UnverifiedAssertion<'a> {
    pub(crate) fn parse(token: &'a str) -> Result<Self, AssertionError> {
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(AssertionError::Malformed);
        };
        let signed = &token[..header.len() + 1 + claims.len()];
        Ok(Self {
            signed,
            signature: decode(signature)?,
            header: parse_json(header)?,
            claims: parse_json(claims)?,
        })
    }

    /// The client that the assertion says it is from.
    pub(crate) fn client_id(&self) -> Option<&str> {
        self.claims["sub"].as_str()
    }

    pub(crate) fn key_id(&self) -> Result<&str, AssertionError> {
        self.header["kid"].as_str().ok_or(AssertionError::NoKeyId)
    }

    /// Checks the signature alone, and gives the claims out.
    pub(crate) fn verify_signature(&self, key_set: &Value) -> Result<&Value, AssertionError> {
        let key = find_key(key_set, self.key_id()?).ok_or(AssertionError::UnknownKey)?;
        if self.header["alg"] != "RS256" || key["kty"] != "RSA" {
            return Err(AssertionError::Algorithm);
        }
        let part = |name: &str| decode(key[name].as_str().unwrap_or_default());
        let key = RsaPublicKeyComponents {
            n: part("n")?,
            e: part("e")?,
        };
        key.verify(
            &RSA_PKCS1_2048_8192_SHA256,
            self.signed.as_bytes(),
            &self.signature,
        )
        .map_err(|_| AssertionError::Signature)?;
        Ok(&self.claims)
    }

    /// Checks the signature, then the times, and gives the claims out. Moodle looks neither at `aud` nor at `iss`, keeps no
    /// `jti`, needs no `exp`, and has no leeway at all.
    pub(crate) fn verify(
        &self,
        key_set: &Value,
        now: DateTime<Utc>,
    ) -> Result<&Value, AssertionError> {
        self.verify_signature(key_set)?;
        let seconds = |name: &str| self.claims[name].as_i64();
        if let Some(issued) = seconds("iat").filter(|issued| *issued > now.timestamp()) {
            let issued = DateTime::from_timestamp(issued, 0).ok_or(AssertionError::Malformed)?;
            return Err(AssertionError::IssuedAhead(issued));
        }
        if seconds("exp").is_some_and(|expiry| now.timestamp() >= expiry) {
            return Err(AssertionError::Expired);
        }
        Ok(&self.claims)
    }
}

/// The key with this id in a key set.
pub(crate) fn find_key<'a>(key_set: &'a Value, id: &str) -> Option<&'a Value> {
    key_set["keys"]
        .as_array()?
        .iter()
        .find(|key| key["kid"] == id)
}

fn decode(part: &str) -> Result<Vec<u8>, AssertionError> {
    BASE64_URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| AssertionError::Malformed)
}

fn parse_json(part: &str) -> Result<Value, AssertionError> {
    serde_json::from_slice(&decode(part)?).map_err(|_| AssertionError::Malformed)
}
