//! Which activity a link opens: named by the link itself, or bound by an instructor once.

use mtl_programme::{ActivityKey, DeploymentId, InstitutionId};
use mtl_store::StoreError;
use mtl_store::natural_ids::resource_link_id;

use super::error::LaunchError;
use crate::Bridge;
use crate::visit::Visit;

/// Why a link could not be bound.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Only tutors and programme leads set links up.
    #[error("only a tutor or programme lead can set up a link")]
    NotAllowed,
    /// The catalogue has no such activity.
    #[error("there is no activity {0}")]
    UnknownActivity(ActivityKey),
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// The store failed while others waited for the same answer.
    #[error("the store: {0}")]
    Cached(std::sync::Arc<StoreError>),
}

impl Bridge {
    /// Binds the visit's link to an activity, for everybody in the course.
    pub async fn bind_link(&self, visit: &Visit, key: &ActivityKey) -> Result<(), BindError> {
        if !visit.standing.tutor && !visit.standing.lead {
            return Err(BindError::NotAllowed);
        }
        if self.catalogue().find(key).is_none() {
            return Err(BindError::UnknownActivity(key.clone()));
        }
        self.store()
            .bind_resource_link(visit.institution, visit.link.id, key.to_string())
            .await?;
        Ok(())
    }

    /// The activity of a link that does not name one itself.
    pub(super) async fn bound_activity(
        &self,
        institution: InstitutionId,
        deployment: DeploymentId,
        lms_link: &str,
    ) -> Result<Option<ActivityKey>, LaunchError> {
        let link = resource_link_id(deployment, lms_link);
        let row = self.store().find_resource_link(institution, link).await?;
        Ok(row
            .and_then(|row| row.activity)
            .and_then(|key| key.parse().ok()))
    }
}
