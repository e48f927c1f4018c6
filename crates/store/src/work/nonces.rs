//! Values that may be used once, besides the nonces of launches.

use chrono::{DateTime, Utc};
use mtl_programme::{LaunchId, RegistrationId};
use uuid::Uuid;

use crate::column::millis;
use crate::transaction::{execute, fetch_optional};
use crate::{Store, StoreError};

impl Store {
    /// Uses a value up; `false` when it was used before.
    pub async fn spend_nonce(
        &self,
        registration: RegistrationId,
        nonce: String,
        launch: LaunchId,
        expires_at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                Ok(execute!(
                    tx,
                    "INSERT INTO nonce (registration, nonce, launch, expires_at) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (registration, nonce) DO NOTHING",
                    registration.0,
                    nonce,
                    launch.0,
                    millis(expires_at),
                )? == 1)
            })
        })
        .await
    }

    /// The launch that used a nonce, while it is remembered.
    pub async fn find_nonce(
        &self,
        registration: RegistrationId,
        nonce: String,
    ) -> Result<Option<LaunchId>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                let used = fetch_optional!(
                    tx,
                    (Uuid,),
                    "SELECT launch FROM nonce WHERE registration = $1 AND nonce = $2",
                    registration.0,
                    nonce,
                )?;
                Ok(used.map(|(launch,)| LaunchId(launch)))
            })
        })
        .await
    }
}
