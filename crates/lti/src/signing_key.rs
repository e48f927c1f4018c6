//! Our own signing keys, the tokens that they sign, and the key set that we publish.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// An RSA key of 2048 bits that signs with RS256.
///
/// The pair is kept ready for use, since reading a private key costs more than signing with it.
pub struct SigningKey {
    pair: KeyPair,
    public: Jwk,
    /// The header of every token that this key signs, in base64url.
    header: String,
}

/// Why a key cannot be used, or a token cannot be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// The system gave no randomness.
    #[error("no key could be generated")]
    NotGenerated,
    /// Not an RSA private key in PKCS#8 DER, or one of fewer than 2048 bits.
    #[error("the private key cannot be read")]
    KeyUnreadable,
    /// The claims cannot be written as JSON.
    #[error("the claims cannot be written as JSON")]
    ClaimsUnwritable,
    /// The cryptography refused.
    #[error("the token could not be signed")]
    NotSigned,
}

impl SigningError {
    /// The stable name of the error.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotGenerated => "key_not_generated",
            Self::KeyUnreadable => "key_unreadable",
            Self::ClaimsUnwritable => "claims_unwritable",
            Self::NotSigned => "not_signed",
        }
    }
}

/// One public key of ours (RFC 7517). Tools that leave out `alg` or `use` are refused by some platforms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// The kind of key: `RSA`.
    pub kty: String,
    /// The algorithm: `RS256`.
    pub alg: String,
    /// What it is for: `sig`.
    #[serde(rename = "use")]
    pub purpose: String,
    /// The key's thumbprint (RFC 7638).
    pub kid: String,
    /// The modulus, in base64url.
    pub n: String,
    /// The exponent, in base64url.
    pub e: String,
}

/// The key set that we publish.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// All keys that something live may be signed with, and the one that comes next.
    pub keys: Vec<Jwk>,
}

impl SigningKey {
    /// Makes a new key from the system's randomness. It takes a good part of a second at times.
    pub fn generate() -> Result<Self, SigningError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| SigningError::NotGenerated)?;
        Self::from_pair(pair)
    }

    /// Reads a private key in PKCS#8 DER.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, SigningError> {
        let pair = KeyPair::from_pkcs8(der).map_err(|_| SigningError::KeyUnreadable)?;
        Self::from_pair(pair)
    }

    fn from_pair(pair: KeyPair) -> Result<Self, SigningError> {
        #[derive(Serialize)]
        struct Header<'a> {
            typ: &'static str,
            alg: &'static str,
            kid: &'a str,
        }

        let components = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let n = URL_SAFE_NO_PAD.encode(components.n);
        let e = URL_SAFE_NO_PAD.encode(components.e);
        let kid = thumbprint(&n, &e);
        let header = serde_json::to_vec(&Header {
            typ: "JWT",
            alg: "RS256",
            kid: &kid,
        })
        .map_err(|_| SigningError::KeyUnreadable)?;
        let public = Jwk {
            kty: "RSA".into(),
            alg: "RS256".into(),
            purpose: "sig".into(),
            kid,
            n,
            e,
        };
        Ok(Self {
            pair,
            public,
            header: URL_SAFE_NO_PAD.encode(header),
        })
    }

    /// The private key in PKCS#8 DER, to be stored encrypted.
    pub fn to_pkcs8_der(&self) -> Result<Vec<u8>, SigningError> {
        let der: Pkcs8V1Der<'_> = self
            .pair
            .as_der()
            .map_err(|_| SigningError::KeyUnreadable)?;
        Ok(der.as_ref().to_vec())
    }

    /// The key's thumbprint, which is its id (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.public.kid
    }

    /// The public half.
    pub fn public_key(&self) -> &Jwk {
        &self.public
    }

    /// Signs claims as a compact token with RS256 (RFC 7515 §7.1).
    pub fn sign<T: Serialize + ?Sized>(&self, claims: &T) -> Result<String, SigningError> {
        let claims = serde_json::to_vec(claims).map_err(|_| SigningError::ClaimsUnwritable)?;
        let mut token = String::with_capacity(self.header.len() + claims.len() * 4 / 3 + 360);
        token.push_str(&self.header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                token.as_bytes(),
                &mut signature,
            )
            .map_err(|_| SigningError::NotSigned)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.public.kid)
            .finish_non_exhaustive()
    }
}

impl<'a> FromIterator<&'a SigningKey> for Jwks {
    fn from_iter<I: IntoIterator<Item = &'a SigningKey>>(keys: I) -> Self {
        Self {
            keys: keys.into_iter().map(|key| key.public.clone()).collect(),
        }
    }
}

/// SHA-256 over the required members in alphabetical order (RFC 7638 §3).
fn thumbprint(n: &str, e: &str) -> String {
    let canonical = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
    URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        canonical.as_bytes(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_the_one_of_the_rfc() {
        // RFC 7638 §3.1.
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB\
                 ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8\
                 KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_\
                 xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        assert_eq!(
            thumbprint(n, "AQAB"),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    #[test]
    fn a_key_survives_storage() {
        let key = SigningKey::generate().unwrap();
        let again = SigningKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap()).unwrap();
        assert_eq!(again.public_key(), key.public_key());
        assert_eq!(
            again.sign("x").unwrap(),
            key.sign("x").unwrap(),
            "RS256 has no randomness"
        );
        assert!(
            !format!("{key:?}").contains(&key.public_key().n),
            "only the key id is shown"
        );
        assert_eq!(
            SigningKey::from_pkcs8_der(b"no key").unwrap_err(),
            SigningError::KeyUnreadable
        );
    }

    #[test]
    fn the_published_key_says_what_it_is_for() {
        let key = SigningKey::generate().unwrap();
        let json = serde_json::to_value([&key].into_iter().collect::<Jwks>()).unwrap();
        let published = &json["keys"][0];
        assert_eq!(published["kty"], "RSA");
        assert_eq!(published["alg"], "RS256");
        assert_eq!(published["use"], "sig");
        assert_eq!(published["kid"], key.kid());
        assert_eq!(published["e"], "AQAB");
        assert_eq!(published.as_object().unwrap().len(), 6, "nothing private");
    }
}
