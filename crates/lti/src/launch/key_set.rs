//! A platform's public keys, ready to verify with (RFC 7517).

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{LaunchRefusal, SigningAlgorithm};

/// Keys of fewer bits than this are no keys to trust, and the cryptography refuses them anyway.
const SMALLEST_RSA_MODULUS: usize = 2048 / 8;
const LARGEST_RSA_MODULUS: usize = 8192 / 8;
const P256_COORDINATE: usize = 32;

/// A platform's public keys. Keys that cannot verify a launch (other kinds, for encryption, too short,
/// unreadable) are left out, so that one odd key does not stop the others.
pub struct KeySet {
    keys: Vec<PlatformKey>,
}

struct PlatformKey {
    id: Option<String>,
    /// The only algorithm that the key may be used with, where the platform says so.
    algorithm: Option<SigningAlgorithm>,
    kind: KeyKind,
    signature_length: usize,
    key: DecodingKey,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Rsa,
    P256,
}

/// Why a document is not a key set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Not JSON, or without a list called `keys`.
    #[error("the document is not a JSON Web Key Set")]
    NotAKeySet,
}

impl KeySetError {
    /// The stable name of the error.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAKeySet => "not_a_key_set",
        }
    }
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Jwk<'a> {
    #[serde(borrow)]
    kty: Cow<'a, str>,
    kid: Option<String>,
    alg: Option<Cow<'a, str>>,
    #[serde(rename = "use")]
    purpose: Option<Cow<'a, str>>,
    crv: Option<Cow<'a, str>>,
    n: Option<Cow<'a, str>>,
    e: Option<Cow<'a, str>>,
    x: Option<Cow<'a, str>>,
    y: Option<Cow<'a, str>>,
}

impl KeySet {
    /// Reads a key set document.
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        let document: Document<'_> =
            serde_json::from_slice(json).map_err(|_| KeySetError::NotAKeySet)?;
        let keys = document
            .keys
            .into_iter()
            .filter_map(|raw| PlatformKey::from_jwk(serde_json::from_str(raw.get()).ok()?))
            .collect();
        Ok(Self { keys })
    }

    /// How many usable keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no usable key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Verifies the signature over the message with the key of that id.
    ///
    /// A token without a key id is verified only where there is no choice of keys (OpenID Connect Core §10.1).
    pub(super) fn verify(
        &self,
        key_id: Option<&str>,
        algorithm: SigningAlgorithm,
        message: &[u8],
        signature: &str,
    ) -> Result<(), LaunchRefusal> {
        let mut named = false;
        let candidate = self.keys.iter().find(|key| {
            let is_named = match key_id {
                Some(id) => key.id.as_deref() == Some(id),
                None => self.keys.len() == 1,
            };
            named |= is_named;
            is_named && key.fits(algorithm)
        });
        let Some(key) = candidate else {
            return Err(if named {
                LaunchRefusal::KeyNotForAlgorithm
            } else {
                LaunchRefusal::UnknownKey
            });
        };
        let encoded_length = (key.signature_length * 4).div_ceil(3);
        if signature.len() < encoded_length {
            return Err(LaunchRefusal::TokenTruncated);
        }
        match jsonwebtoken::crypto::verify(signature, message, &key.key, algorithm.to_jose()) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(LaunchRefusal::WrongSignature),
        }
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(
                self.keys
                    .iter()
                    .map(|key| key.id.as_deref().unwrap_or("(no id)")),
            )
            .finish()
    }
}

impl PlatformKey {
    fn from_jwk(jwk: Jwk<'_>) -> Option<Self> {
        if jwk.purpose.is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        // A key for an algorithm that we do not accept is of no use, whatever its kind.
        let algorithm = match jwk.alg {
            Some(name) => Some(SigningAlgorithm::find(&name)?),
            None => None,
        };
        let (kind, signature_length, key) = match jwk.kty.as_ref() {
            "RSA" => {
                let modulus = decode(&jwk.n?)?;
                let first = modulus.iter().position(|byte| *byte != 0)?;
                let modulus = &modulus[first..];
                if !(SMALLEST_RSA_MODULUS..=LARGEST_RSA_MODULUS).contains(&modulus.len()) {
                    return None;
                }
                let key = DecodingKey::from_rsa_raw_components(modulus, &decode(&jwk.e?)?);
                (KeyKind::Rsa, modulus.len(), key)
            }
            "EC" if jwk.crv.as_deref() == Some("P-256") => {
                let (x, y) = (jwk.x?, jwk.y?);
                if decode(&x)?.len() != P256_COORDINATE || decode(&y)?.len() != P256_COORDINATE {
                    return None;
                }
                let key = DecodingKey::from_ec_components(&x, &y).ok()?;
                (KeyKind::P256, 2 * P256_COORDINATE, key)
            }
            _ => return None,
        };
        Some(Self {
            id: jwk.kid,
            algorithm,
            kind,
            signature_length,
            key,
        })
    }

    fn fits(&self, algorithm: SigningAlgorithm) -> bool {
        let kind = match algorithm {
            SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => KeyKind::Rsa,
            SigningAlgorithm::Es256 => KeyKind::P256,
        };
        self.kind == kind && self.algorithm.is_none_or(|only| only == algorithm)
    }
}

/// Padding is tolerated in key sets, where it does no harm.
fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_cannot_verify_a_launch_are_left_out() {
        let n = URL_SAFE_NO_PAD.encode([0xC3; 256]);
        let short = URL_SAFE_NO_PAD.encode([0xC3; 128]);
        let json = format!(
            r#"{{"keys":[
                {{"kty":"RSA","kid":"good","n":"{n}","e":"AQAB","x5c":["…"],"key_ops":["verify"]}},
                {{"kty":"RSA","kid":"encryption","use":"enc","n":"{n}","e":"AQAB"}},
                {{"kty":"RSA","kid":"other algorithm","alg":"RS512","n":"{n}","e":"AQAB"}},
                {{"kty":"RSA","kid":"short","n":"{short}","e":"AQAB"}},
                {{"kty":"RSA","kid":"half","n":"{n}"}},
                {{"kty":"oct","kid":"secret","k":"AAAA"}},
                {{"kty":"OKP","crv":"Ed25519","kid":"edwards","x":"AAAA"}},
                {{"kty":"EC","crv":"P-256","kid":"bad point","x":"AAAA","y":"AAAA"}},
                {{"kid":"no kind"}}, 7, null
            ]}}"#
        );
        let keys = KeySet::parse(json.as_bytes()).unwrap();
        assert_eq!(format!("{keys:?}"), r#"["good"]"#);
    }

    #[test]
    fn a_document_without_keys_is_no_key_set() {
        for json in ["", "{}", "[]", r#"{"keys":{}}"#, "<html>"] {
            assert_eq!(
                KeySet::parse(json.as_bytes()).unwrap_err(),
                KeySetError::NotAKeySet,
                "{json}"
            );
        }
        assert!(KeySet::parse(br#"{"keys":[]}"#).unwrap().is_empty());
    }
}
