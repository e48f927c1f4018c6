//! Columns for links that the platform placed without one: made when the link is first opened, so
//! that a teacher sees it before the first mark.
//!
//! The launch's own write says which links there are. What is done here can be left and taken up
//! again at any point, by any replica.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use mtl_lti::ags::SCOPE_LINE_ITEM;
use mtl_programme::ActivityKey;
use mtl_store::StoreError;
use mtl_store::outbox::{ColumnKey, LinkWithoutColumn, ScoreTarget};
use tokio::task::JoinSet;

use super::columns::ColumnError;
use super::compose::MAXIMUM;
use crate::Bridge;
use crate::picking::ACTIVITY_TAG;

/// Links that are looked at together.
const LOOKED_AT: u32 = 200;
/// Columns that are made together.
const TOGETHER: usize = 8;
/// How long a link is left alone after the platform refused a column for it.
const AFTER_REFUSAL: TimeDelta = TimeDelta::hours(1);
/// The same after something that may pass.
const AFTER_FAILURE: TimeDelta = TimeDelta::seconds(20);

/// Links for which no column can be made for a while; each replica notices for itself.
#[derive(Clone, Default)]
pub(crate) struct LinkPauses(Arc<Mutex<HashMap<ColumnKey, DateTime<Utc>>>>);

impl LinkPauses {
    fn is_paused(&self, column: &ColumnKey, now: DateTime<Utc>) -> bool {
        let mut pauses = self.pauses();
        pauses.retain(|_, until| *until > now);
        pauses.contains_key(column)
    }

    fn pauses(&self) -> MutexGuard<'_, HashMap<ColumnKey, DateTime<Utc>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bridge {
    /// Finds or makes the columns of links that want one.
    pub(super) async fn make_columns_of_links(&self) -> Result<(), StoreError> {
        let activities: Vec<String> = self.catalogue().list_marked_activities();
        let links = self
            .store()
            .list_links_without_column(&activities, SCOPE_LINE_ITEM, self.now(), LOOKED_AT)
            .await?;
        let mut making = JoinSet::new();
        for link in links {
            let Some(target) = self.column_of_link(&link) else {
                continue;
            };
            let column = ColumnKey::of(
                link.institution,
                link.registration,
                link.deployment,
                &target,
            );
            let Some(column) = column else { continue };
            let is_paused = self.link_pauses().is_paused(&column, self.now())
                || self.platform_pauses().room(link.registration, self.now()) == 0;
            if is_paused {
                continue;
            }
            let bridge = self.clone();
            making.spawn(async move { bridge.make_column_of_link(&link, column, &target).await });
            if making.len() == TOGETHER {
                break;
            }
        }
        while making.join_next().await.is_some() {}
        Ok(())
    }

    async fn make_column_of_link(
        &self,
        link: &LinkWithoutColumn,
        column: ColumnKey,
        target: &ScoreTarget,
    ) {
        let access = match self.platform_access(link.registration).await {
            Ok(access) => access,
            Err(failure) => {
                tracing::warn!(code = failure.code, "a link's column has to wait");
                return;
            }
        };
        let Err(error) = self.column_url(&access, Some(&column), target).await else {
            return;
        };
        let wait = match &*error {
            ColumnError::Taken => return,
            ColumnError::Service(error) if super::words::is_lasting(error) => {
                tracing::warn!(code = error.code(), "the platform refuses a link's column");
                AFTER_REFUSAL
            }
            ColumnError::Service(_) | ColumnError::Store(_) => AFTER_FAILURE,
        };
        let until = self.now() + wait;
        self.link_pauses().pauses().insert(column, until);
    }

    fn column_of_link(&self, link: &LinkWithoutColumn) -> Option<ScoreTarget> {
        let key: ActivityKey = link.activity.parse().ok()?;
        let place = self.catalogue().find(&key)?;
        let label = link.title.clone().filter(|title| !title.trim().is_empty());
        Some(ScoreTarget::Column {
            lineitems_url: link.lineitems_url.clone(),
            resource_id: link.activity.clone(),
            tag: ACTIVITY_TAG.to_owned(),
            label: label.unwrap_or_else(|| place.activity.title.clone()),
            score_maximum: MAXIMUM * 100,
            link: Some(link.lms_resource_link.clone()),
        })
    }
}
