//! The columns of modules: found by resource id and tag, made once where the platform lets us.
//!
//! AGS 2.0, section 3.2: a line item of our own (`resourceId`, `tag`) in the course's container.

use std::sync::Arc;
use std::time::Duration;

use mtl_lti::ags::LineItem;
use mtl_lti_client::{PlatformAccess, ServiceError};
use mtl_store::outbox::ScoreTarget;
use url::Url;

use crate::Bridge;

/// How long a found column is taken for granted; one that was deleted is looked for again when the
/// platform says so.
const FRESH: Duration = Duration::from_hours(1);
const MOST: u64 = 10_000;

/// The addresses of columns that were found or made.
#[derive(Clone)]
pub(crate) struct ColumnCache(moka::future::Cache<ScoreTarget, Url>);

impl ColumnCache {
    pub(crate) fn new() -> Self {
        Self(
            moka::future::Cache::builder()
                .max_capacity(MOST)
                .time_to_live(FRESH)
                .build(),
        )
    }
}

impl Bridge {
    /// The address of the column that takes a score.
    pub(super) async fn column_url(
        &self,
        access: &PlatformAccess,
        target: &ScoreTarget,
    ) -> Result<Url, Arc<ServiceError>> {
        match target {
            ScoreTarget::LineItem { url } => parse(url).map_err(Arc::new),
            ScoreTarget::Column {
                lineitems_url,
                resource_id,
                tag,
                label,
                score_maximum,
            } => {
                self.column_cache()
                    .0
                    .try_get_with(target.clone(), async {
                        let wanted = LineItem {
                            resource_id: Some(resource_id.clone()),
                            tag: Some(tag.clone()),
                            ..LineItem::new(label, f64::from(*score_maximum) / 100.0)
                        };
                        let container = parse(lineitems_url)?;
                        let found = self
                            .platforms()
                            .ags()
                            .find_or_create_line_item(access, &container, &wanted)
                            .await?;
                        found
                            .id
                            .ok_or_else(|| ServiceError::unreadable("a line item without id"))
                    })
                    .await
            }
        }
    }

    /// After the platform said that a column is gone.
    pub(super) async fn forget_column(&self, target: &ScoreTarget) {
        self.column_cache().0.invalidate(target).await;
    }
}

fn parse(url: &str) -> Result<Url, ServiceError> {
    Url::parse(url).map_err(|_| ServiceError::unreadable("the address of a column"))
}
