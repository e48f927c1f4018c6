//! The bridge's own signing keys: made at the first start, encrypted in the store, served from
//! memory (Canvas fetches the key set at every token request).

mod rotation;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use mtl_lti::signing_key::SigningError;
use mtl_lti::{Jwks, SigningKey};
use mtl_store::StoreError;
use mtl_store::launch::{NewSigningKey, StoredSigningKey};
use mtl_store::sealing::Sealer;

use crate::Bridge;
use crate::secret::Purpose;

pub use rotation::{KeyRow, KeyState, Rotation};

/// How long a replica goes on with the keys that it knows before it looks again.
const FRESH: Duration = Duration::from_mins(1);

/// Why there are no keys, or why they are not changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeyError {
    /// A key could not be made or read.
    #[error("the bridge's signing key: {0}")]
    Signing(#[from] SigningError),
    /// The keys in the store were sealed with another secret.
    #[error(
        "the bridge's keys in the database were encrypted with another secret\n    → set `secret` \
         back to the one that was used until now; or, to go on with the new one, run `mtl-bridge \
         keys reseal --old-secret-file <file with the old secret>`"
    )]
    OtherSecret,
    /// The secret that was given as the old one is not.
    #[error(
        "the old secret does not open what is encrypted in the database; nothing was changed\n    \
         → give the secret that the bridge ran with until now"
    )]
    NotTheOldSecret,
    /// A rotation is under way: the next key waits to sign.
    #[error(
        "a new key is published already and signs from {0}; until then there is nothing to do\n    \
         → in an emergency use --now, which takes all older keys away at once"
    )]
    UnderWay(DateTime<Utc>),
    /// Another replica or operator rotated at the same moment.
    #[error("the keys were changed by another process just now; look at `mtl-bridge keys list`")]
    ChangedMeanwhile,
    /// No such key is published, or it is needed.
    #[error(
        "{0:?} is not an old key that can be taken away\n    → `mtl-bridge keys list` shows which \
         keys are leaving; to replace the key that signs, use `mtl-bridge keys rotate`"
    )]
    NotLeaving(String),
    /// The store failed.
    #[error("the bridge's signing key: {0}")]
    Store(Arc<StoreError>),
}

impl KeyError {
    /// A stable name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Signing(error) => error.code(),
            Self::OtherSecret => "keys_other_secret",
            Self::NotTheOldSecret => "keys_not_the_old_secret",
            Self::UnderWay(_) => "keys_rotation_under_way",
            Self::ChangedMeanwhile => "keys_changed_meanwhile",
            Self::NotLeaving(_) => "keys_not_leaving",
            Self::Store(error) => error.code(),
        }
    }
}

impl From<StoreError> for KeyError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Sealed => Self::OtherSecret,
            error => Self::Store(Arc::new(error)),
        }
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
        let now = self.now();
        let stored = self.stored_keys(now).await?;
        let published = stored
            .iter()
            .map(|key| serde_json::from_str(&key.public_jwk))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| SigningError::KeyUnreadable)?;
        let signing = signing_key(&stored, now).ok_or(SigningError::KeyUnreadable)?;
        let signing = SigningKey::from_pkcs8_der(&signing.open_private(&self.key_sealer()?)?)?;
        Ok(OwnKeys {
            signing: Arc::new(signing),
            published: Arc::new(Jwks { keys: published }),
        })
    }

    /// What is published now, in the order in which it signs; a first key is made where there is none.
    async fn stored_keys(&self, now: DateTime<Utc>) -> Result<Vec<StoredSigningKey>, KeyError> {
        let stored = self.store().list_signing_keys(now).await?;
        if !stored.is_empty() {
            return Ok(stored);
        }
        // Another replica may be quicker; then its key is read.
        self.store()
            .add_first_signing_key(new_key(now)?, &self.key_sealer()?, now)
            .await?;
        Ok(self.store().list_signing_keys(now).await?)
    }

    fn key_sealer(&self) -> Result<Sealer, KeyError> {
        Ok(Sealer::new(&self.secret().derive(Purpose::PrivateKeys))?)
    }
}

/// The newest key whose time has come. The clock of the replica that made the first key may be a
/// little ahead of ours: then that key signs all the same.
fn signing_key(stored: &[StoredSigningKey], now: DateTime<Utc>) -> Option<&StoredSigningKey> {
    stored
        .iter()
        .rfind(|key| key.active_at <= now)
        .or_else(|| stored.first())
}

fn new_key(active_at: DateTime<Utc>) -> Result<NewSigningKey, KeyError> {
    let key = SigningKey::generate()?;
    Ok(NewSigningKey {
        kid: key.kid().to_owned(),
        public_jwk: serde_json::to_string(key.public_key())
            .map_err(|_| SigningError::KeyUnreadable)?,
        private: key.to_pkcs8_der()?,
        active_at,
    })
}
