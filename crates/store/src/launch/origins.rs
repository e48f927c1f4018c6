//! The origins of a registration: where the platform's pages and services are besides its endpoints.

use mtl_programme::RegistrationId;

use crate::column::{Texts, texts};
use crate::transaction::{execute, fetch_optional};
use crate::{Store, StoreError};

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Texts")]
    frame_origins: Vec<String>,
}

impl Store {
    /// Adds an origin to a registration; nothing changes where it has it already.
    pub async fn add_registration_origin(
        &self,
        registration: RegistrationId,
        origin: String,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let row = fetch_optional!(
                    tx,
                    Row,
                    "SELECT frame_origins FROM registration WHERE id = $1",
                    registration.0,
                )?;
                let mut origins = row
                    .ok_or(StoreError::NotFound("registration"))?
                    .frame_origins;
                if !origins.contains(&origin) {
                    origins.push(origin);
                    execute!(
                        tx,
                        "UPDATE registration SET frame_origins = $2 WHERE id = $1",
                        registration.0,
                        texts(&origins),
                    )?;
                }
                Ok(())
            })
        })
        .await
    }
}
