//! Finds the activity of a link that names none and was not set up: a link in a copied course, or
//! one whose custom parameters were lost. Off the launch's own path, once for each link.
//!
//! AGS 2.0, section 3.2 (`resourceId`, `tag`); LTI Core 1.3, appendix C.2 (histories).

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use mtl_lti::ags::LineItem;
use mtl_lti_client::{LineItemFilter, ServiceError};
use mtl_programme::{ActivityKey, ResourceLinkId};
use mtl_store::StoreError;
use mtl_store::launch::{BoundBy, ResourceLink};
use url::Url;

use super::binding::BindError;
use crate::Bridge;
use crate::picking::ACTIVITY_TAG;
use crate::visit::Visit;

/// How long a column that named no activity is not read again: a tutor who mends it sees that
/// within the hour.
const READ_AGAIN: TimeDelta = TimeDelta::hours(1);
/// A person waits for the answer.
const LONGEST_WAIT: Duration = Duration::from_secs(6);
/// How long a replica goes on with what it found, so that a class that opens a new link at once
/// asks once.
const FRESH: Duration = Duration::from_secs(30);
const MOST: u64 = 10_000;

/// What was found for links, or that nothing was.
#[derive(Clone)]
pub(crate) struct LinkLookups(moka::future::Cache<ResourceLinkId, Option<ActivityKey>>);

impl LinkLookups {
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
    /// The activity of the visit's link, where it can be found and was not known yet; the link is
    /// bound to it from then on.
    pub async fn find_activity(&self, visit: &Visit) -> Result<Option<ActivityKey>, BindError> {
        if visit.activity.is_some() || visit.details.is_some() {
            return Ok(None);
        }
        self.link_lookups()
            .0
            .try_get_with(visit.link.id, Box::pin(self.look_up(visit)))
            .await
            .map_err(|error: Arc<StoreError>| BindError::Cached(error))
    }

    async fn look_up(&self, visit: &Visit) -> Result<Option<ActivityKey>, StoreError> {
        let institution = visit.institution;
        let Some(link) = self
            .store()
            .find_resource_link(institution, visit.link.id)
            .await?
        else {
            return Ok(None);
        };
        let (found, by) = match self.find_in_column(visit, &link).await? {
            Some(found) => (found, BoundBy::Column),
            None => match self
                .store()
                .find_activity_in_copied_course(institution, link.id)
                .await?
                .and_then(|key| self.known_activity(&key))
            {
                Some(found) => (found, BoundBy::CopiedCourse),
                None => return Ok(None),
            },
        };
        self.store()
            .bind_found_activity(institution, link.id, found.to_string(), by, self.now())
            .await?;
        tracing::info!(link = %link.id, activity = %found, by = by.as_str(), "a link was bound");
        Ok(Some(found))
    }

    /// By the link's own columns, which name the activity in `resourceId`.
    async fn find_in_column(
        &self,
        visit: &Visit,
        link: &ResourceLink,
    ) -> Result<Option<ActivityKey>, StoreError> {
        let Some(container) = link
            .lineitems_url
            .as_deref()
            .and_then(|url| Url::parse(url).ok())
        else {
            return Ok(None);
        };
        let now = self.now();
        let is_turn = self
            .store()
            .begin_column_reading(visit.institution, link.id, now, now - READ_AGAIN)
            .await?;
        if !is_turn {
            return Ok(None);
        }
        let reading = self.read_columns(link, &container);
        let items = match tokio::time::timeout(LONGEST_WAIT, reading).await {
            Ok(Ok(items)) => items,
            Ok(Err(error)) => {
                tracing::warn!(link = %link.id, code = error.code(), "columns could not be read");
                return Ok(None);
            }
            Err(_) => {
                tracing::warn!(link = %link.id, code = "timeout", "columns could not be read");
                return Ok(None);
            }
        };
        Ok(items.iter().find_map(|item| self.activity_of_column(item)))
    }

    async fn read_columns(
        &self,
        link: &ResourceLink,
        container: &Url,
    ) -> Result<Vec<LineItem>, ServiceError> {
        let known = self
            .registration(link.registration)
            .await
            .map_err(|_| ServiceError::unreadable("the registration"))?;
        let keys = self
            .own_keys()
            .await
            .map_err(|_| ServiceError::unreadable("the bridge's own keys"))?;
        let filter = LineItemFilter {
            resource_link_id: Some(&link.lms_resource_link),
            ..LineItemFilter::default()
        };
        self.platforms()
            .ags()
            .list_line_items(&known.access(keys.signing), container, &filter)
            .await
    }

    fn activity_of_column(&self, item: &LineItem) -> Option<ActivityKey> {
        if item.tag.as_deref().is_some_and(|tag| tag != ACTIVITY_TAG) {
            return None;
        }
        self.known_activity(item.resource_id.as_deref()?)
    }

    /// The key, if the catalogue has its activity.
    pub(super) fn known_activity(&self, key: &str) -> Option<ActivityKey> {
        let key: ActivityKey = key.parse().ok()?;
        self.catalogue().find(&key).is_some().then_some(key)
    }
}
