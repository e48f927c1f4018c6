//! The bridge's own keys, with which it signs for platforms.

use chrono::{DateTime, Utc};

use crate::column::{At, MaybeAt, millis};
use crate::sealing::Sealer;
use crate::transaction::{execute, fetch_all};
use crate::{Store, StoreError};

/// A key as it is kept.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct StoredSigningKey {
    /// Its name.
    pub kid: String,
    /// The public part, a JWK.
    pub public_jwk: String,
    /// The sealed private part; read by [`StoredSigningKey::open_private`].
    pub private_sealed: Vec<u8>,
    /// When it was made, and published.
    #[sqlx(try_from = "At")]
    pub created_at: DateTime<Utc>,
    /// When it starts to sign: platforms must have had time to fetch it.
    #[sqlx(try_from = "At")]
    pub active_at: DateTime<Utc>,
    /// When it leaves the published key set; absent for the newest, which stays until it is replaced.
    #[sqlx(try_from = "MaybeAt")]
    pub retired_at: Option<DateTime<Utc>>,
}

impl StoredSigningKey {
    /// The private part, as it was given.
    pub fn open_private(&self, sealer: &Sealer) -> Result<Vec<u8>, StoreError> {
        sealer.open(&place(&self.kid), &self.private_sealed)
    }
}

/// A key that is added.
#[derive(Clone)]
pub struct NewSigningKey {
    /// Its name.
    pub kid: String,
    /// The public part, a JWK.
    pub public_jwk: String,
    /// The private part; sealed before it is kept.
    pub private: Vec<u8>,
    /// When it starts to sign.
    pub active_at: DateTime<Utc>,
}

impl std::fmt::Debug for NewSigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// Where a private key is kept, for its seal.
pub(super) fn place(kid: &str) -> String {
    format!("signing_key/{kid}")
}

impl Store {
    /// Adds a key unless there is one that stays; answers whether it was added. Replicas that start
    /// together end up with one key.
    pub async fn add_first_signing_key(
        &self,
        new: NewSigningKey,
        sealer: &Sealer,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let private = sealer.seal(&place(&new.kid), &new.private)?;
        let NewSigningKey {
            kid,
            public_jwk,
            active_at,
            ..
        } = new;
        self.write(move |tx| {
            Box::pin(async move {
                if tx.dialect() == crate::Dialect::Postgres {
                    execute!(tx, "LOCK TABLE signing_key IN SHARE ROW EXCLUSIVE MODE")?;
                }
                let added = execute!(
                    tx,
                    "INSERT INTO signing_key \
                     (kid, public_jwk, private_sealed, created_at, active_at) \
                     SELECT $1, $2, $3, $4, $5 \
                     WHERE NOT EXISTS (SELECT 1 FROM signing_key WHERE retired_at IS NULL)",
                    kid,
                    public_jwk,
                    private,
                    millis(now),
                    millis(active_at),
                )?;
                Ok(added == 1)
            })
        })
        .await
    }

    /// All keys that are not retired by now, oldest first.
    pub async fn list_signing_keys(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Vec<StoredSigningKey>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    StoredSigningKey,
                    "SELECT kid, public_jwk, private_sealed, created_at, active_at, retired_at \
                     FROM signing_key WHERE retired_at IS NULL OR retired_at > $1 \
                     ORDER BY active_at, kid",
                    millis(now),
                )
            })
        })
        .await
    }
}
