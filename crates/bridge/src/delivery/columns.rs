//! Columns of gradebooks that are found by their ids, and made once where the platform lets us.
//!
//! AGS 2.0, section 3.2: of a link (`resourceLinkId`), or of our own (`resourceId`, `tag`). Among all
//! workers and replicas one at a time may look for a column and make it: the store's claim says who.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use mtl_lti::ags::LineItem;
use mtl_lti_client::{PlatformAccess, ServiceError};
use mtl_store::StoreError;
use mtl_store::outbox::{ColumnClaim, ColumnKey, ScoreTarget};
use url::Url;
use uuid::Uuid;

use crate::Bridge;

/// How long a known column is taken for granted without a look into the store; one that was deleted
/// is noticed when the platform says so.
const FRESH: Duration = Duration::from_hours(1);
const MOST: u64 = 10_000;
/// How long a worker may look for a column, and then make it, before another takes over. Longer than
/// every time-out of a call.
const LOOKING: TimeDelta = TimeDelta::minutes(2);
/// After a creation whose outcome is not known: by then the platform has finished it or lost it, and
/// a look shows which.
const SETTLING: TimeDelta = TimeDelta::seconds(30);

/// The addresses of columns that were found or made.
#[derive(Clone)]
pub(crate) struct ColumnCache(moka::future::Cache<ColumnKey, Url>);

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

/// Why there is no address of a column yet.
#[derive(Debug, thiserror::Error)]
pub(super) enum ColumnError {
    /// Another worker looks for it or makes it.
    #[error("another worker is looking for the column")]
    Taken,
    /// The platform.
    #[error("{0}")]
    Service(#[from] ServiceError),
    /// The store.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
}

/// What became of a column as far as a claim on it is concerned.
enum Looked {
    /// Nothing was made.
    Unchanged(ColumnError),
    /// It may have been made.
    Unsettled(ServiceError),
}

impl From<ServiceError> for Looked {
    fn from(error: ServiceError) -> Self {
        Self::Unchanged(error.into())
    }
}

impl From<StoreError> for Looked {
    fn from(error: StoreError) -> Self {
        Self::Unchanged(error.into())
    }
}

impl Bridge {
    /// The address of the column that takes a score.
    pub(super) async fn column_url(
        &self,
        access: &PlatformAccess,
        column: Option<&ColumnKey>,
        target: &ScoreTarget,
    ) -> Result<Url, Arc<ColumnError>> {
        match (target, column) {
            (ScoreTarget::LineItem { url, .. }, _) => Ok(parse(url).map_err(ColumnError::from)?),
            (ScoreTarget::Column { .. }, Some(column)) => {
                self.column_cache()
                    .0
                    .try_get_with_by_ref(column, self.find_or_make(access, column, target))
                    .await
            }
            (ScoreTarget::Column { .. }, None) => {
                Err(ColumnError::from(ServiceError::unreadable("a column without a key")).into())
            }
        }
    }

    /// The column is not at this address any more.
    pub(super) async fn forget_column(
        &self,
        column: &ColumnKey,
        url: &Url,
    ) -> Result<(), StoreError> {
        self.column_cache().0.invalidate(column).await;
        self.store()
            .forget_column(column.clone(), url.as_str().to_owned())
            .await
    }

    async fn find_or_make(
        &self,
        access: &PlatformAccess,
        column: &ColumnKey,
        target: &ScoreTarget,
    ) -> Result<Url, ColumnError> {
        let store = self.store();
        if let Some(url) = store.find_column_url(column.clone()).await? {
            return Ok(parse(&url)?);
        }
        let now = self.now();
        let claim = match store
            .claim_column(column.clone(), now, now + LOOKING)
            .await?
        {
            ColumnClaim::Known(url) => return Ok(parse(&url)?),
            ColumnClaim::Taken => return Err(ColumnError::Taken),
            ColumnClaim::Ours(claim) => claim,
        };
        let (end, error) = match self.look_and_make(access, column, claim, target).await {
            Ok(url) => {
                let settled = store
                    .settle_column(column.clone(), claim, url.as_str().to_owned())
                    .await?;
                return if settled {
                    Ok(url)
                } else {
                    Err(ColumnError::Taken)
                };
            }
            Err(Looked::Unchanged(error)) => (self.now(), error),
            Err(Looked::Unsettled(error)) => (self.now() + SETTLING, error.into()),
        };
        store.move_column_claim(column.clone(), claim, end).await?;
        Err(error)
    }

    async fn look_and_make(
        &self,
        access: &PlatformAccess,
        column: &ColumnKey,
        claim: Uuid,
        target: &ScoreTarget,
    ) -> Result<Url, Looked> {
        let ScoreTarget::Column {
            lineitems_url,
            resource_id,
            tag,
            label,
            score_maximum,
            link,
        } = target
        else {
            return Err(ServiceError::unreadable("a column whose address is known").into());
        };
        let wanted = LineItem {
            resource_id: Some(resource_id.clone()),
            tag: Some(tag.clone()),
            resource_link_id: link.clone(),
            ..LineItem::new(label, f64::from(*score_maximum) / 100.0)
        };
        let container = parse(lineitems_url)?;
        let ags = self.platforms().ags();
        let found = ags.find_line_item(access, &container, &wanted).await?;
        if let Some(url) = found.and_then(|item| item.id) {
            return Ok(url);
        }
        // A look that took too long may have been taken over: then the other one makes the column.
        let until = self.now() + LOOKING;
        if !self
            .store()
            .move_column_claim(column.clone(), claim, until)
            .await?
        {
            return Err(Looked::Unchanged(ColumnError::Taken));
        }
        match ags.create_line_item(access, &container, &wanted).await {
            Ok(made) => {
                tracing::info!(institution = %column.institution, "a gradebook column was made");
                made.id
                    .ok_or_else(|| ServiceError::unreadable("a line item without id").into())
            }
            Err(
                error @ (ServiceError::OutcomeUnknown { .. }
                | ServiceError::Transient {
                    status: Some(500..),
                    ..
                }),
            ) => Err(Looked::Unsettled(error)),
            Err(error) => Err(error.into()),
        }
    }
}

fn parse(url: &str) -> Result<Url, ServiceError> {
    Url::parse(url).map_err(|_| ServiceError::unreadable("the address of a column"))
}
