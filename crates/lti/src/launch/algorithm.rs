//! The signature algorithms that we accept from platforms; HMAC and `none` are not among them.

use std::fmt;

use jsonwebtoken::Algorithm;
use serde::{Deserialize, Serialize};

/// A signature algorithm of a platform's tokens (Security Framework 1.0 §6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// RSA with PKCS#1 v1.5 padding and SHA-256: what every platform does.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA with PSS padding and SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
}

impl SigningAlgorithm {
    /// What a registration accepts unless its configuration says otherwise.
    pub const DEFAULT: &'static [Self] = &[Self::Rs256];
    /// All that can be verified.
    pub const ALL: &'static [Self] = &[Self::Rs256, Self::Ps256, Self::Es256];

    /// The name in a token's header (RFC 7518 §3.1).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
        }
    }

    /// The algorithm of that name, if we accept it at all.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|algorithm| algorithm.as_str() == name)
    }

    pub(super) fn to_jose(self) -> Algorithm {
        match self {
            Self::Rs256 => Algorithm::RS256,
            Self::Ps256 => Algorithm::PS256,
            Self::Es256 => Algorithm::ES256,
        }
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
