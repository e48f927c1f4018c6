//! What a launch tells about copied courses: the histories of its course and of its link.

use std::time::Duration;

use mtl_lti::VerifiedLaunch;
use mtl_lti::course_copy::{context_history, link_history};
use mtl_lti::migration::OldIds;
use mtl_programme::{ActivityKey, ContextId, DeploymentId, InstitutionId};
use mtl_store::StoreError;
use mtl_store::launch::RecordedLaunch;

use super::error::LaunchError;
use super::parameters::PARAMETER_ACTIVITY;
use crate::Bridge;

/// How long a course's history is known to be noted.
const NOTED: Duration = Duration::from_hours(12);
const MOST: u64 = 50_000;

/// Courses whose history is noted, so that their launches write nothing more.
#[derive(Clone)]
pub(crate) struct NotedHistories(moka::sync::Cache<ContextId, u64>);

impl NotedHistories {
    pub(crate) fn new() -> Self {
        Self(
            moka::sync::Cache::builder()
                .max_capacity(MOST)
                .time_to_live(NOTED)
                .build(),
        )
    }
}

/// The activity that a launch's link opens.
pub(super) struct LinkActivity {
    /// What the launch itself brings, to be kept with the link: its own parameter, or what the link
    /// was copied from.
    pub(super) brought: Option<ActivityKey>,
    /// What it opens, also where that was bound before.
    pub(super) opens: Option<ActivityKey>,
}

impl Bridge {
    /// A link opens what it names itself, else what it was bound to, else what the link opens that
    /// it was copied from.
    pub(super) async fn activity_of_link(
        &self,
        launch: &VerifiedLaunch,
        old: &OldIds,
        institution: InstitutionId,
        deployment: DeploymentId,
    ) -> Result<LinkActivity, LaunchError> {
        let named = launch
            .custom(PARAMETER_ACTIVITY)
            .and_then(|key| self.known_activity(key));
        let Some(link) = launch.resource_link().filter(|_| named.is_none()) else {
            return Ok(LinkActivity {
                brought: named.clone(),
                opens: named,
            });
        };
        if let Some(bound) = self
            .bound_activity(institution, deployment, &link.id)
            .await?
        {
            return Ok(LinkActivity {
                brought: None,
                opens: Some(bound),
            });
        }
        let mut history: Vec<String> = old.resource_link_id.iter().cloned().collect();
        history.extend(link_history(launch));
        let copied = if history.is_empty() {
            None
        } else {
            self.store()
                .find_activity_in_history(institution, deployment, history)
                .await?
                .and_then(|key| self.known_activity(&key))
        };
        Ok(LinkActivity {
            brought: copied.clone(),
            opens: copied,
        })
    }

    /// Keeps which courses the launch's course was copied from, once for each course and replica.
    pub(super) async fn note_history(
        &self,
        launch: &VerifiedLaunch,
        institution: InstitutionId,
        deployment: DeploymentId,
        recorded: &RecordedLaunch,
    ) -> Result<(), StoreError> {
        let history = context_history(launch);
        let known = &self.noted_histories().0;
        if history.is_empty() || known.get(&recorded.context) == Some(history.len() as u64) {
            return Ok(());
        }
        let length = history.len() as u64;
        self.store()
            .note_context_origins(institution, deployment, recorded.context, history)
            .await?;
        known.insert(recorded.context, length);
        Ok(())
    }
}
