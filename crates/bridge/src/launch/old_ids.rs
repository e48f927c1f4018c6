//! Who a person and a link were in LTI 1.1: work that stands under the old ids goes on under the
//! new ones. Only what the platform has signed with the secret of that time is believed.
//!
//! LTI 1.1 Migration 1.0.

use std::time::Duration;

use mtl_lti::VerifiedLaunch;
use mtl_lti::migration::{OldIds, consumer_key, verify_old_ids};
use mtl_programme::{DeploymentId, InstitutionId, PersonId, ResourceLinkId};
use mtl_store::launch::{Moved, RecordedLaunch};
use mtl_store::natural_ids::resource_link_id;
use mtl_store::sealing::Sealer;

use super::error::LaunchError;
use super::registrations::Known;
use crate::Bridge;
use crate::secret::Purpose;

/// How long it is known that nothing is left to move.
const SETTLED: Duration = Duration::from_hours(12);
const MOST: u64 = 50_000;

/// People and links whose old ids were looked for.
#[derive(Clone)]
pub(crate) struct SettledIds(moka::sync::Cache<(PersonId, Option<ResourceLinkId>), OldIds>);

impl SettledIds {
    pub(crate) fn new() -> Self {
        Self(
            moka::sync::Cache::builder()
                .max_capacity(MOST)
                .time_to_live(SETTLED)
                .build(),
        )
    }
}

impl Bridge {
    /// The old ids of a launch, if it is signed with a key that was configured. A signature that is
    /// wrong is noted, and the launch goes on without old ids.
    pub(super) async fn old_ids(
        &self,
        known: &Known,
        launch: &VerifiedLaunch,
    ) -> Result<OldIds, LaunchError> {
        let none = OldIds::default();
        let Some(key) = consumer_key(launch) else {
            return Ok(none);
        };
        let sealer = Sealer::new(&self.secret().derive(Purpose::PrivateKeys))?;
        let secret = self
            .store()
            .find_consumer_secret(known.row.id, key.to_owned(), &sealer)
            .await?;
        let Some(secret) = secret else {
            tracing::info!(registration = %known.row.id, "an unknown key of LTI 1.1");
            return Ok(none);
        };
        Ok(verify_old_ids(launch, &secret).unwrap_or_else(|refusal| {
            let code = refusal.code();
            tracing::warn!(registration = %known.row.id, code, "old ids were not taken over");
            none
        }))
    }

    /// Moves what stands under the old ids.
    pub(super) async fn take_over_old_ids(
        &self,
        known: &Known,
        institution: InstitutionId,
        deployment: DeploymentId,
        recorded: &RecordedLaunch,
        old: OldIds,
    ) -> Result<(), LaunchError> {
        if old == OldIds::default() {
            return Ok(());
        }
        let settled = &self.settled_ids().0;
        let whose = (recorded.person, recorded.resource_link);
        if settled.get(&whose).as_ref() == Some(&old) {
            return Ok(());
        }
        let moved = Moved {
            registration: known.row.id,
            old_subject: old.user_id.clone(),
            person: recorded.person,
            old_link: old
                .resource_link_id
                .as_deref()
                .map(|link| resource_link_id(deployment, link)),
            link: recorded.resource_link,
            context: recorded.context,
        };
        let has_moved = self
            .store()
            .move_from_old_ids(institution, moved, self.now())
            .await?;
        if has_moved {
            tracing::info!(person = %recorded.person, "old ids of LTI 1.1 were taken over");
        }
        settled.insert(whose, old);
        Ok(())
    }
}
