//! Which product a platform is, where its launches say so and nobody entered it.

use mtl_programme::RegistrationId;

use crate::transaction::execute;
use crate::{Store, StoreError};

impl Store {
    /// Notes the product that a platform's launch named, unless one is known.
    pub async fn note_product(
        &self,
        registration: RegistrationId,
        product: String,
    ) -> Result<(), StoreError> {
        self.write_one_statement(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "UPDATE registration SET product = $2 WHERE id = $1 AND product IS NULL",
                    registration.0,
                    product,
                )
            })
        })
        .await?;
        Ok(())
    }
}
