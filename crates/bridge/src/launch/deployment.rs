//! Which deployment a verified launch comes from, and whose it is.

use mtl_lti::launch::VerifiedLaunch;
use mtl_programme::{DeploymentId, InstitutionId};
use mtl_store::launch::Deployment;
use mtl_store::registering::WaitingDeployment;

use super::error::LaunchError;
use super::registrations::Known;
use crate::Bridge;

impl Bridge {
    /// The deployment and, through it, the institution. One that is new is recorded where the
    /// registration belongs to a single institution and takes it by itself; else it waits until
    /// somebody accepts it.
    pub(super) async fn deployment_of(
        &self,
        known: &Known,
        launch: &VerifiedLaunch,
    ) -> Result<(DeploymentId, InstitutionId), LaunchError> {
        let lms_deployment = launch.deployment_id();
        if let Some(found) = find(&known.deployments, lms_deployment) {
            return Ok((found.id, found.institution));
        }
        let own = known.row.institution;
        let Some(institution) = own.filter(|_| known.row.allow_new_deployments) else {
            // Somebody may have accepted it a moment ago, in another process.
            let now_known = self.store().list_deployments(known.row.id).await?;
            if let Some(found) = find(&now_known, lms_deployment) {
                self.registrations().forget_all();
                return Ok((found.id, found.institution));
            }
            self.record_waiting(known, launch).await?;
            return Err(LaunchError::DeploymentNotAccepted);
        };
        let added = self
            .store()
            .add_deployment(
                known.row.id,
                lms_deployment.to_owned(),
                institution,
                self.now(),
            )
            .await?;
        self.registrations().forget_all();
        tracing::info!(registration = %known.row.id, deployment = %added.id, "new deployment");
        Ok((added.id, added.institution))
    }

    async fn record_waiting(
        &self,
        known: &Known,
        launch: &VerifiedLaunch,
    ) -> Result<(), LaunchError> {
        let now = self.now();
        let waiting = WaitingDeployment {
            registration: known.row.id,
            lms_deployment: launch.deployment_id().to_owned(),
            platform_name: launch.platform().and_then(|platform| platform.name.clone()),
            context_title: launch.context().and_then(|context| context.title.clone()),
            first_seen_at: now,
            last_seen_at: now,
        };
        self.store().record_waiting_deployment(waiting).await?;
        tracing::info!(registration = %known.row.id, "a deployment waits for acceptance");
        Ok(())
    }
}

fn find<'a>(deployments: &'a [Deployment], lms_deployment: &str) -> Option<&'a Deployment> {
    deployments
        .iter()
        .find(|deployment| deployment.lms_deployment == lms_deployment)
}
