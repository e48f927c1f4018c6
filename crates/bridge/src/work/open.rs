//! Opening a piece of work: the first visit begins attempt 1.

use mtl_programme::evidence::EvidenceItem;
use mtl_programme::scenario::{FrozenScenario, Gap, ScenarioDraft, find_gaps};
use mtl_programme::{ActivityKey, AttemptId};
use mtl_store::work::{AttemptRow, NewAttempt, OwnWorkRow};
use uuid::Uuid;

use super::{AttemptView, WorkError, read_draft, read_snapshot};
use crate::marking::{Released, released_results};
use crate::visit::Visit;
use crate::{Bridge, catalogue::Place};

/// All that the participant's page of one scenario shows.
#[derive(Clone, Debug)]
pub struct Work {
    /// All attempts, oldest first; the last is the current one.
    pub attempts: Vec<AttemptView>,
    /// The current attempt.
    pub current: AttemptView,
    /// Its draft.
    pub draft: ScenarioDraft,
    /// How many earlier drafts of it are kept.
    pub versions: u64,
    /// Its evidence.
    pub evidence: Vec<EvidenceItem>,
    /// What is still missing before it can be submitted.
    pub gaps: Vec<Gap>,
    /// Its frozen submission.
    pub frozen: Option<FrozenScenario>,
    /// Marks and comments that were released, newest first.
    pub released: Vec<Released>,
    /// Why a tutor opened this attempt anew.
    pub reopened: Option<String>,
    /// What was handed in before the current attempt, oldest first.
    pub earlier: Vec<EarlierAttempt>,
}

/// An attempt before the current one, as it was handed in.
#[derive(Clone, Debug)]
pub struct EarlierAttempt {
    /// The attempt.
    pub attempt: AttemptView,
    /// Its frozen submission.
    pub frozen: FrozenScenario,
}

impl Bridge {
    /// The participant's own work on an activity; begins attempt 1 where there is none.
    pub async fn open_work(&self, visit: &Visit, key: &ActivityKey) -> Result<Work, WorkError> {
        if !visit.standing.participant {
            return Err(WorkError::NotAllowed);
        }
        let place = self.place(key)?;
        if !place.activity.kind.is_built() {
            return Err(WorkError::KindNotBuilt);
        }
        let mut rows = self.attempts_at(visit, key).await?;
        if rows.is_empty() {
            rows.push(OwnWorkRow {
                attempt: self.begin_attempt(visit, &place).await?,
                evidence: "[]".to_owned(),
                versions: 0,
                has_release: false,
            });
        }
        let latest = rows.last().ok_or(WorkError::NotFound)?;
        let current = &latest.attempt;
        let draft = read_draft(current)?;
        let evidence: Vec<EvidenceItem> = serde_json::from_str(&latest.evidence)?;
        let word_limit = place.component().and_then(|component| component.word_limit);
        let mut released = Vec::new();
        if latest.has_release {
            released = released_results(self, visit.institution, visit.person).await?;
            released.retain(|result| {
                result.module == place.module.id
                    && result.programme == place.programme.id
                    && result.context == current.context
            });
        }
        let mut earlier = Vec::new();
        for row in &rows[..rows.len() - 1] {
            if let Some(frozen) = read_snapshot(&row.attempt)? {
                let attempt = AttemptView::of(&row.attempt);
                earlier.push(EarlierAttempt { attempt, frozen });
            }
        }
        Ok(Work {
            earlier,
            reopened: self.reason_of_reopening(visit, current).await?,
            gaps: find_gaps(&draft, &evidence, word_limit),
            frozen: read_snapshot(current)?,
            current: AttemptView::of(current),
            attempts: rows
                .iter()
                .map(|row| AttemptView::of(&row.attempt))
                .collect(),
            versions: u64::try_from(latest.versions).unwrap_or(0),
            draft,
            evidence,
            released,
        })
    }

    /// The person's attempts at an activity that belong to the visit's course, oldest first.
    async fn attempts_at(
        &self,
        visit: &Visit,
        key: &ActivityKey,
    ) -> Result<Vec<OwnWorkRow>, WorkError> {
        let mut rows = self
            .store()
            .list_own_work(visit.institution, visit.person, key.clone())
            .await?;
        let here = visit.context.id;
        if rows.iter().any(|row| row.attempt.context != here) {
            let placed = self.placed_in(visit).await?;
            let own = placed.own_course(rows.iter().map(|row| &row.attempt));
            rows.retain(|row| row.attempt.context == own);
        }
        Ok(rows)
    }

    /// The tutor's reason, which stands in the audit trail.
    async fn reason_of_reopening(
        &self,
        visit: &Visit,
        attempt: &AttemptRow,
    ) -> Result<Option<String>, WorkError> {
        const ENTRIES: u32 = 20;
        if attempt.number == 1 {
            return Ok(None);
        }
        let trail = self
            .store()
            .list_audit(visit.institution, Some(attempt.id.to_string()), ENTRIES)
            .await?;
        let entry = trail
            .iter()
            .find(|entry| entry.action == "attempt.reopened");
        let details: Option<serde_json::Value> =
            entry.and_then(|entry| serde_json::from_str(&entry.details).ok());
        Ok(details.and_then(|details| details["reason"].as_str().map(str::to_owned)))
    }

    async fn begin_attempt(
        &self,
        visit: &Visit,
        place: &Place<'_>,
    ) -> Result<AttemptRow, WorkError> {
        let now = self.now();
        let draft = ScenarioDraft::default();
        let id = AttemptId(Uuid::now_v7());
        let attempt = NewAttempt {
            id,
            person: visit.person,
            context: visit.context.id,
            resource_link: visit.link_for(&place.key()),
            programme: place.programme.id.clone(),
            module: place.module.id.clone(),
            activity: place.activity.id.clone(),
            component: place.activity.feeds.clone(),
            number: 1,
            due_at: visit.due_of(place.activity),
            opened_at: now,
            draft: serde_json::to_string(&draft)?,
            revision: i64::from(draft.revision()),
            words: 0,
        };
        let effects = self.effects(visit).initialized(place, id, 1, now).done();
        let (row, _) = self
            .store()
            .open_attempt(visit.institution, attempt, effects)
            .await?;
        Ok(row)
    }

    pub(crate) fn place(&self, key: &ActivityKey) -> Result<Place<'_>, WorkError> {
        self.catalogue()
            .find(key)
            .ok_or_else(|| WorkError::UnknownActivity(key.clone()))
    }

    /// An attempt of this very person; somebody else's does not exist for them.
    pub(crate) async fn load_own_attempt(
        &self,
        visit: &Visit,
        attempt: AttemptId,
    ) -> Result<AttemptRow, WorkError> {
        self.store()
            .find_attempt(visit.institution, attempt)
            .await?
            .filter(|row| row.person == visit.person)
            .ok_or(WorkError::NotFound)
    }
}
