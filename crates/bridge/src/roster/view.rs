//! How far the list of a course is, for its pages; and who has it read.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mtl_store::StoreError;
use mtl_store::roster::RosterRow;
use serde::{Deserialize, Serialize};

use super::problem::RosterProblem;
use super::sync::Extent;
use crate::Bridge;
use crate::marking::MarkingError;
use crate::visit::Visit;

/// How old a list may be before whoever opens its page has it read again.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// The shortest time between two readings that a button asks for.
const PAUSE: TimeDelta = TimeDelta::seconds(5);
/// A reading that has not ended by then was cut off.
const CUT_OFF: TimeDelta = TimeDelta::minutes(6);
/// How long the button's answer waits for the platform.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is known of a course's list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RosterView {
    /// Whether the platform offers its list at all.
    pub is_offered: bool,
    /// When it was last read.
    pub read_at: Option<DateTime<Utc>>,
    /// Whether it is being read now.
    pub is_being_read: bool,
    /// Why the newest try failed.
    pub problem: Option<RosterProblem>,
    /// The groups of the course, by set and name.
    pub groups: Vec<RosterGroup>,
}

/// A group of people in the course.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RosterGroup {
    /// The platform's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The name of the set that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
}

impl RosterGroup {
    /// The name with its set's.
    pub fn title(&self) -> String {
        match &self.set {
            Some(set) => format!("{set}: {}", self.name),
            None => self.name.clone(),
        }
    }
}

impl RosterView {
    fn of(row: &RosterRow, now: DateTime<Utc>) -> Self {
        let is_being_read = row.asked_at.is_some_and(|asked| {
            row.answered_at.is_none_or(|answered| answered < asked) && now - asked < CUT_OFF
        });
        Self {
            is_offered: row.memberships_url.is_some(),
            read_at: row.read_at,
            is_being_read,
            problem: row.failure.as_deref().and_then(RosterProblem::find),
            groups: row
                .course_groups
                .as_deref()
                .and_then(|json| serde_json::from_str(json).ok())
                .unwrap_or_default(),
        }
    }
}

impl Bridge {
    /// How far the list of the visit's course is. Where it is old it is read again, behind the page's
    /// back.
    pub async fn load_roster(&self, visit: &Visit) -> Result<RosterView, MarkingError> {
        verify_staff(visit)?;
        let row = self.roster_row(visit).await?;
        let now = self.now();
        let is_old = row.asked_at.is_none_or(|asked| now - asked >= FRESH);
        let mut view = RosterView::of(&row, now);
        if view.is_offered && is_old && self.begin_reading(visit, FRESH).await?.is_some() {
            view.is_being_read = true;
        }
        Ok(view)
    }

    /// Has the whole list read now, and waits a little for it.
    pub async fn refresh_roster(&self, visit: &Visit) -> Result<RosterView, MarkingError> {
        verify_staff(visit)?;
        let row = self.roster_row(visit).await?;
        if row.memberships_url.is_some()
            && let Some(reading) = self.begin_reading(visit, PAUSE).await?
        {
            // It goes on behind the page's back where the platform is slow.
            let _ = tokio::time::timeout(PATIENCE, reading).await;
        }
        let row = self.roster_row(visit).await?;
        Ok(RosterView::of(&row, self.now()))
    }

    async fn roster_row(&self, visit: &Visit) -> Result<RosterRow, StoreError> {
        self.store()
            .load_roster(visit.institution, visit.context.id)
            .await
    }

    /// Reads the list in a task of its own, unless somebody began to within `pause`.
    async fn begin_reading(
        &self,
        visit: &Visit,
        pause: TimeDelta,
    ) -> Result<Option<tokio::task::JoinHandle<()>>, StoreError> {
        let (institution, context) = (visit.institution, visit.context.id);
        let now = self.now();
        let is_ours = self
            .store()
            .claim_roster(institution, context, now - pause, now)
            .await?;
        if !is_ours {
            return Ok(None);
        }
        let extent = if pause == PAUSE {
            Extent::Whole
        } else {
            Extent::AsOffered
        };
        let bridge = self.clone();
        Ok(Some(tokio::spawn(async move {
            bridge.sync_roster(institution, context, extent).await;
        })))
    }
}

fn verify_staff(visit: &Visit) -> Result<(), MarkingError> {
    if visit.standing.is_staff() {
        Ok(())
    } else {
        Err(MarkingError::NotAllowed)
    }
}
