//! The first page after a launch comes at once, and to the same process unless several serve: what
//! the launch knows of it is handed on, so that the page need not ask the store for its visit.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use mtl_programme::LaunchId;
use mtl_store::column::{millis, time};
use mtl_store::launch::{LaunchWrite, RecordedLaunch};
use mtl_store::natural_ids::person_id;
use mtl_store::work::VisitRow;

use super::error::LaunchError;
use super::registrations::Known;
use crate::Bridge;
use crate::visit::Visit;

type SessionHash = [u8; 32];

/// Visits of launches whose first page has not come yet.
#[derive(Clone)]
pub(crate) struct FirstVisits(moka::sync::Cache<LaunchId, (SessionHash, Arc<Visit>)>);

/// A visit as the launch expects it before it is recorded.
pub(super) struct ExpectedVisit {
    launch: LaunchId,
    session: SessionHash,
    row: VisitRow,
}

impl FirstVisits {
    pub(crate) fn new() -> Self {
        /// As long as a browser may take from the answer to the page.
        const LIFE: Duration = Duration::from_secs(10);
        const MOST: u64 = 10_000;
        Self(
            moka::sync::Cache::builder()
                .max_capacity(MOST)
                .time_to_live(LIFE)
                .build(),
        )
    }

    /// Keeps the visit of a launch, now that it is recorded.
    pub(super) fn put(&self, expected: ExpectedVisit, recorded: &RecordedLaunch) {
        let Some(context_created_at) = recorded.context_created_at else {
            return;
        };
        let row = VisitRow {
            name: recorded.name.clone(),
            pseudonym: recorded.pseudonym,
            context: Some(recorded.context),
            context_created_at: Some(context_created_at),
            resource_link: recorded.resource_link,
            activity: recorded.activity.clone(),
            is_coach: recorded.is_coach,
            ..expected.row
        };
        let visit = Arc::new(Visit::of(expected.launch, row));
        self.0.insert(expected.launch, (expected.session, visit));
    }

    /// The visit of a launch by the session that it began, once.
    pub(crate) fn take(&self, launch: LaunchId, session: SessionHash) -> Option<Arc<Visit>> {
        let (own, visit) = self.0.get(&launch)?;
        if own != session {
            return None;
        }
        self.0.invalidate(&launch);
        Some(visit)
    }
}

impl Bridge {
    /// What the first page will see, as far as it is known before the launch is recorded.
    pub(super) async fn expected_visit(
        &self,
        known: &Known,
        write: &LaunchWrite,
        session: SessionHash,
    ) -> Result<ExpectedVisit, LaunchError> {
        let institution = self
            .institution(write.institution)
            .await
            .map_err(LaunchError::Cached)?;
        let link = write.resource_link.as_ref();
        let person = person_id(write.registration, write.institution, &write.person.subject);
        let row = VisitRow {
            institution: write.institution,
            home_page: institution.home_page.clone(),
            time_zone: institution.time_zone.clone(),
            actor_naming: institution.actor_naming.as_str().to_owned(),
            lrs_endpoint: institution.lrs_endpoint.clone(),
            lrs_version: institution.lrs_version.clone(),
            person,
            name: None,
            pseudonym: write.candidate_pseudonym,
            subject: Some(write.person.subject.clone()),
            registration: write.registration,
            platform: known.row.name.clone(),
            frame_origins: known.row.frame_origins.clone(),
            deployment: write.deployment,
            context: None,
            context_title: write.context.title.clone(),
            context_created_at: None,
            resource_link: None,
            link_title: link.and_then(|link| link.title.clone()),
            activity: None,
            link_due_at: link.and_then(|link| link.due_at).map(as_kept),
            has_line_item: link.is_some_and(|link| link.line_item_url.is_some()),
            roles: write.roles.clone(),
            is_coach: false,
            return_url: write.return_url.clone(),
            locale: write.locale.clone(),
            details: write.details.clone(),
            session_person: Some(person),
            session_expires_at: Some(as_kept(write.session.expires_at)),
            launched_at: as_kept(write.now),
        };
        Ok(ExpectedVisit {
            launch: write.launch,
            session,
            row,
        })
    }
}

/// A time to the millisecond, as the store answers it.
fn as_kept(at: DateTime<Utc>) -> DateTime<Utc> {
    time(millis(at))
}
