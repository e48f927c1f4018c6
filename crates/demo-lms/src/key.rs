//! The platform's signing keys, as they are kept.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use mtl_lti::{SigningKey, signing_key::SigningError};
use serde::{Deserialize, Serialize};

use crate::LmsError;

/// A key pair that is stored as PKCS#8.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "StoredKey", into = "StoredKey")]
pub(crate) struct PlatformKey {
    pair: Arc<SigningKey>,
    pkcs8: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct StoredKey {
    pkcs8: String,
}

impl PlatformKey {
    pub(crate) fn generate() -> Result<Self, LmsError> {
        let pair = SigningKey::generate().map_err(LmsError::Key)?;
        let der = pair.to_pkcs8_der().map_err(LmsError::Key)?;
        Ok(Self {
            pair: Arc::new(pair),
            pkcs8: BASE64_STANDARD.encode(der),
        })
    }

    pub(crate) fn pair(&self) -> &SigningKey {
        &self.pair
    }
}

impl TryFrom<StoredKey> for PlatformKey {
    type Error = String;

    fn try_from(stored: StoredKey) -> Result<Self, String> {
        let der = BASE64_STANDARD
            .decode(&stored.pkcs8)
            .map_err(|error| error.to_string())?;
        let pair =
            SigningKey::from_pkcs8_der(&der).map_err(|error: SigningError| error.to_string())?;
        Ok(Self {
            pair: Arc::new(pair),
            pkcs8: stored.pkcs8,
        })
    }
}

impl From<PlatformKey> for StoredKey {
    fn from(key: PlatformKey) -> Self {
        Self { pkcs8: key.pkcs8 }
    }
}
