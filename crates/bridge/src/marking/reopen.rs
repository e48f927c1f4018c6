//! A further attempt at referred work.

use chrono::{DateTime, Utc};
use mtl_programme::assessment::PartOutcome;
use mtl_programme::{AttemptId, AttemptMove, AttemptState};
use mtl_store::work::{AttemptRow, NewAttempt};
use uuid::Uuid;

use super::MarkingError;
use super::release::read_decision;
use crate::Bridge;
use crate::visit::Visit;
use crate::work::{AttemptView, read_draft};

impl Bridge {
    /// Opens the next attempt at an activity whose released result refers it. The new draft starts
    /// from what was submitted, which itself stays frozen.
    pub async fn reopen(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        due: Option<DateTime<Utc>>,
        reason: &str,
    ) -> Result<AttemptId, MarkingError> {
        let row = self.load_readable_attempt(visit, attempt).await?;
        if !self.role_towards(visit, row.person).await?.may_reopen() {
            return Err(MarkingError::NotAllowed);
        }
        let reason = super::verify_reason(reason)?;
        let now = self.now();
        if due.is_some_and(|due| due <= now) {
            return Err(MarkingError::Date);
        }
        self.attempt_state(visit, &row)
            .await?
            .after(AttemptMove::Reopen)?;
        let place = self.place(&AttemptView::of(&row).activity)?;
        let draft = read_draft(&row)?;
        let id = AttemptId(Uuid::now_v7());
        let next = NewAttempt {
            id,
            person: row.person,
            context: row.context,
            resource_link: row.resource_link,
            programme: row.programme.clone(),
            module: row.module.clone(),
            activity: row.activity.clone(),
            component: row.component.clone(),
            number: row.number + 1,
            due_at: due,
            opened_at: now,
            draft: row.draft.clone(),
            revision: row.revision,
            words: i64::from(draft.words()),
        };
        let detail = serde_json::json!({
            "from": row.id, "number": next.number, "due": due, "reason": reason,
        });
        let participant = self.account_of(visit, row.person).await?;
        let effects = self
            .effects(visit)
            .reopened(&place, row.person, participant, id, next.number, now)
            .audited_with("attempt.reopened", id.0, detail)
            .done();
        let (opened, _) = self
            .store()
            .open_attempt(visit.institution, next, effects)
            .await?;
        Ok(opened.id)
    }

    /// Where an attempt stands, seen from the attempts after it and the released decision.
    pub(crate) async fn attempt_state(
        &self,
        visit: &Visit,
        row: &AttemptRow,
    ) -> Result<AttemptState, MarkingError> {
        if row.submitted_at.is_none() {
            return Ok(AttemptState::Draft);
        }
        let attempts = self
            .store()
            .list_attempts(visit.institution, row.person)
            .await?;
        if attempts.iter().any(|later| {
            later.context == row.context
                && later.programme == row.programme
                && later.activity == row.activity
                && later.number > row.number
        }) {
            return Ok(AttemptState::Reopened);
        }
        let decisions = self
            .store()
            .list_decisions(visit.institution, row.person)
            .await?;
        let released = decisions.iter().find(|decision| {
            decision.context == row.context
                && decision.programme == row.programme
                && decision.module == row.module
                && decision.released_at.is_some()
        });
        let Some(decision) = released else {
            return Ok(AttemptState::Submitted);
        };
        let decision = read_decision(decision)?;
        let number = u32::try_from(row.number).unwrap_or(u32::MAX);
        let outcome = decision
            .components
            .iter()
            .find(|component| Some(&component.id) == row.component.as_ref())
            .filter(|component| component.part.attempt == Some(number))
            .map(|component| component.part.outcome);
        Ok(match outcome {
            Some(PartOutcome::Passed | PartOutcome::Compensated) => AttemptState::Settled,
            Some(
                PartOutcome::Referred
                | PartOutcome::Failed
                | PartOutcome::Deferred
                | PartOutcome::NotSubmitted,
            ) => AttemptState::Referred,
            Some(PartOutcome::Awaiting) | None => AttemptState::Submitted,
        })
    }
}
