//! Everything that is encrypted in the store, encrypted anew after the master secret was changed.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use mtl_programme::InstitutionId;
use serde_json::json;
use uuid::Uuid;

use super::consumer_keys;
use super::institutions::lrs_place;
use super::signing_keys::place;
use crate::outbox::{AuditEntry, INSTALLATION};
use crate::sealing::Sealer;
use crate::transaction::{execute, fetch_all};
use crate::{Store, StoreError};

/// How much was sealed anew.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Resealed {
    /// Private keys.
    pub signing_keys: usize,
    /// Credentials of learning record stores.
    pub lrs_credentials: usize,
    /// Secrets of LTI 1.1.
    pub consumer_keys: usize,
}

impl Store {
    /// Opens everything with the old key and seals it with the new one, all or nothing. What the new
    /// key opens already stays as it is, so this can be done again.
    pub async fn reseal(
        &self,
        old: Sealer,
        new: Sealer,
        now: DateTime<Utc>,
    ) -> Result<Resealed, StoreError> {
        let seals = Arc::new(Seals { old, new });
        self.write(move |tx| {
            Box::pin(async move {
                let mut resealed = Resealed::default();
                let keys = fetch_all!(
                    tx,
                    (String, Vec<u8>),
                    "SELECT kid, private_sealed FROM signing_key",
                )?;
                for (kid, sealed) in keys {
                    if let Some(sealed) = seals.reseal(&place(&kid), &sealed)? {
                        execute!(
                            tx,
                            "UPDATE signing_key SET private_sealed = $2 WHERE kid = $1",
                            kid,
                            sealed,
                        )?;
                        resealed.signing_keys += 1;
                    }
                }
                let institutions = fetch_all!(
                    tx,
                    (Uuid, Vec<u8>),
                    "SELECT id, lrs_auth_sealed FROM institution \
                     WHERE lrs_auth_sealed IS NOT NULL",
                )?;
                for (id, sealed) in institutions {
                    if let Some(sealed) = seals.reseal(&lrs_place(InstitutionId(id)), &sealed)? {
                        execute!(
                            tx,
                            "UPDATE institution SET lrs_auth_sealed = $2 WHERE id = $1",
                            id,
                            sealed,
                        )?;
                        resealed.lrs_credentials += 1;
                    }
                }
                let consumers = fetch_all!(
                    tx,
                    (Uuid, String, Vec<u8>),
                    "SELECT registration, key_name, secret_sealed FROM consumer_key",
                )?;
                for (registration, key, sealed) in consumers {
                    let place = consumer_keys::place(registration, &key);
                    if let Some(sealed) = seals.reseal(&place, &sealed)? {
                        execute!(
                            tx,
                            "UPDATE consumer_key SET secret_sealed = $3 \
                             WHERE registration = $1 AND key_name = $2",
                            registration,
                            key,
                            sealed,
                        )?;
                        resealed.consumer_keys += 1;
                    }
                }
                let audit = AuditEntry {
                    actor: None,
                    action: "secrets.resealed".to_owned(),
                    object_kind: "installation".to_owned(),
                    object: "secret".to_owned(),
                    details: json!({
                        "signing_keys": resealed.signing_keys,
                        "lrs_credentials": resealed.lrs_credentials,
                        "consumer_keys": resealed.consumer_keys,
                    }),
                };
                audit.record(tx, INSTALLATION, now).await?;
                Ok(resealed)
            })
        })
        .await
    }
}

struct Seals {
    old: Sealer,
    new: Sealer,
}

impl Seals {
    /// The value under the new seal; `None` where it has it already.
    fn reseal(&self, place: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if self.new.open(place, sealed).is_ok() {
            return Ok(None);
        }
        let value = self.old.open(place, sealed)?;
        self.new.seal(place, &value).map(Some)
    }
}
