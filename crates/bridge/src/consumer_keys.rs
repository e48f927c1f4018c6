//! Keys of LTI 1.1, as an operator adds them: with one, a platform may say who its people and links
//! were before.

use mtl_store::launch::{ConsumerKey, Registration};
use mtl_store::sealing::Sealer;

use crate::Bridge;
use crate::institutions::SetupError;
use crate::secret::Purpose;

impl Bridge {
    /// Adds a key to a platform, or gives it another secret.
    pub async fn set_consumer_key(
        &self,
        client_id: &str,
        issuer: Option<&str>,
        key: &str,
        secret: &str,
    ) -> Result<(), SetupError> {
        let registration = self.find_platform(client_id, issuer).await?.id;
        for (field, text) in [("--key", key), ("--secret-file", secret)] {
            if text.trim().is_empty() {
                return Err(SetupError::Field {
                    field,
                    fault: "it is empty".to_owned(),
                    mend: "copy it from the old LTI 1.1 entry of the tool on the platform",
                });
            }
        }
        let sealer = Sealer::new(&self.secret().derive(Purpose::PrivateKeys))?;
        self.store()
            .set_consumer_key(registration, key.to_owned(), secret, &sealer, self.now())
            .await?;
        Ok(())
    }

    /// Takes a key away.
    pub async fn remove_consumer_key(
        &self,
        client_id: &str,
        issuer: Option<&str>,
        key: &str,
    ) -> Result<(), SetupError> {
        let registration = self.find_platform(client_id, issuer).await?.id;
        Ok(self
            .store()
            .remove_consumer_key(registration, key.to_owned())
            .await?)
    }

    /// All keys, each with its platform.
    pub async fn list_consumer_keys(&self) -> Result<Vec<(Registration, ConsumerKey)>, SetupError> {
        let platforms = self.list_platforms().await?;
        let keys = self.store().list_consumer_keys().await?;
        Ok(keys
            .into_iter()
            .filter_map(|key| {
                let platform = platforms.iter().find(|row| row.id == key.registration)?;
                Some((platform.clone(), key))
            })
            .collect())
    }
}
