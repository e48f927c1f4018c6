//! A platform whose product nobody entered says it with its launches.

use mtl_lti::launch::VerifiedLaunch;
use mtl_store::StoreError;

use super::registrations::Known;
use crate::Bridge;

/// Longer than any product's name.
const LONGEST: usize = 100;

impl Bridge {
    /// Notes the product, once in the life of a registration.
    pub(super) async fn note_product(
        &self,
        known: &Known,
        launch: &VerifiedLaunch,
    ) -> Result<(), StoreError> {
        if known.row.product.is_some() {
            return Ok(());
        }
        let named = launch
            .platform_product()
            .map(|product| product.trim().to_owned())
            .filter(|product| !product.is_empty() && product.len() <= LONGEST);
        if let Some(product) = named {
            self.store().note_product(known.row.id, product).await?;
            self.registrations().forget_all();
        }
        Ok(())
    }
}
