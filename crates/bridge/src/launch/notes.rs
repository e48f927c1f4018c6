//! What a launch tells besides: the platform's product and services, where the course comes from.

use mtl_lti::VerifiedLaunch;
use mtl_programme::{DeploymentId, InstitutionId};
use mtl_store::StoreError;
use mtl_store::launch::RecordedLaunch;

use super::registrations::Known;
use crate::Bridge;

impl Bridge {
    /// Keeps all of it. Nothing of it decides what the person may see, and every further launch
    /// tells the same: so what cannot be kept is logged and keeps nobody out. Comes after the
    /// launch itself was recorded, so that an answer that is posted again leaves nothing.
    pub(super) async fn take_notes(
        &self,
        known: &Known,
        launch: &VerifiedLaunch,
        institution: InstitutionId,
        deployment: DeploymentId,
        recorded: &RecordedLaunch,
    ) {
        let log = |what: &'static str, noted: Result<(), StoreError>| {
            if let Err(error) = noted {
                let code = error.code();
                tracing::warn!(registration = %known.row.id, what, code, "a launch's note was not kept");
            }
        };
        log("product", self.note_product(known, launch).await);
        if let Some(groups) = launch.groups() {
            let noted = self
                .note_groups_service(institution, recorded.context, groups)
                .await;
            log("groups", noted);
        }
        let noted = self
            .note_history(launch, institution, deployment, recorded)
            .await;
        log("history", noted);
        let noted = self
            .note_notice_service(known, launch, institution, deployment)
            .await;
        log("notices", noted);
    }
}
