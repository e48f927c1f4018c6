//! The bridge's own signing keys: made at the first start, encrypted in the store, served from
//! memory (Canvas fetches the key set at every token request).

use std::sync::Arc;
use std::time::Duration;

use mtl_lti::signing_key::SigningError;
use mtl_lti::{Jwks, SigningKey};
use mtl_store::StoreError;
use mtl_store::launch::NewSigningKey;
use mtl_store::sealing::Sealer;

use crate::Bridge;
use crate::secret::Purpose;

/// How long a replica goes on with the keys that it knows before it looks again.
const FRESH: Duration = Duration::from_mins(1);

/// Why there are no keys.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeyError {
    /// A key could not be made or read.
    #[error("the bridge's signing key: {0}")]
    Signing(#[from] SigningError),
    /// The store failed, or holds keys that were sealed with another secret.
    #[error("the bridge's signing key: {0}")]
    Store(Arc<StoreError>),
}

impl From<StoreError> for KeyError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

/// The keys of the moment.
#[derive(Clone)]
pub struct OwnKeys {
    /// The key that signs.
    pub signing: Arc<SigningKey>,
    /// All public keys that platforms may still need.
    pub published: Arc<Jwks>,
}

/// Keeps the keys in memory.
#[derive(Clone)]
pub(crate) struct KeyCache(moka::future::Cache<(), OwnKeys>);

impl KeyCache {
    pub(crate) fn new() -> Self {
        Self(
            moka::future::Cache::builder()
                .max_capacity(1)
                .time_to_live(FRESH)
                .build(),
        )
    }
}

impl Bridge {
    /// The keys; the first call of an installation makes one.
    pub async fn own_keys(&self) -> Result<OwnKeys, KeyError> {
        self.key_cache()
            .0
            .try_get_with((), self.load_keys())
            .await
            .map_err(|error| KeyError::clone(&error))
    }

    async fn load_keys(&self) -> Result<OwnKeys, KeyError> {
        let sealer = Sealer::new(&self.secret().derive(Purpose::PrivateKeys))?;
        let now = self.now();
        let mut stored = self.store().list_signing_keys(now).await?;
        if stored.is_empty() {
            let key = SigningKey::generate()?;
            let new = NewSigningKey {
                kid: key.kid().to_owned(),
                public_jwk: serde_json::to_string(key.public_key())
                    .map_err(|_| SigningError::KeyUnreadable)?,
                private: key.to_pkcs8_der()?,
                active_at: now,
            };
            // Another replica may have been quicker; then its key is read.
            self.store()
                .add_first_signing_key(new, &sealer, now)
                .await?;
            stored = self.store().list_signing_keys(now).await?;
        }
        let published = stored
            .iter()
            .map(|key| serde_json::from_str(&key.public_jwk))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| SigningError::KeyUnreadable)?;
        let signing = stored
            .iter()
            .rfind(|key| key.active_at <= now && key.retired_at.is_none())
            .ok_or(SigningError::KeyUnreadable)?;
        let signing = SigningKey::from_pkcs8_der(&signing.open_private(&sealer)?)?;
        Ok(OwnKeys {
            signing: Arc::new(signing),
            published: Arc::new(Jwks { keys: published }),
        })
    }
}
