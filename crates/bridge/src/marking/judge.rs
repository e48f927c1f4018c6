//! A coach's or tutor's judgement against the criteria.

use mtl_programme::judgement::{CriterionJudgement, Judgement};
use mtl_programme::{AttemptId, JudgementId, Mark, ProgrammeRole};
use mtl_store::work::NewJudgement;
use uuid::Uuid;

use super::MarkingError;
use crate::Bridge;
use crate::effects::Judged;
use crate::visit::Visit;
use crate::work::{AttemptView, WorkError};

/// A judgement as it was typed.
#[derive(Clone, Debug, Default)]
pub struct JudgementInput {
    /// The mark; a coach may leave it out.
    pub mark: Option<Mark>,
    /// Whether the work holds in practice, or meets what was asked.
    pub satisfied: Option<bool>,
    /// Judgements of single criteria.
    pub criteria: Vec<CriterionJudgement>,
    /// What the participant reads once the result is released.
    pub comment: String,
}

impl Bridge {
    /// Records a judgement of submitted work by the person of this visit.
    pub async fn record_judgement(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        input: JudgementInput,
    ) -> Result<(), MarkingError> {
        let row = self.load_readable_attempt(visit, attempt).await?;
        let role = self.role_towards(visit, row.person).await?;
        if !role.may_judge() {
            return Err(MarkingError::NotAllowed);
        }
        if row.submitted_at.is_none() {
            return Err(MarkingError::NotSubmitted);
        }
        let place = self.place(&AttemptView::of(&row).activity)?;
        let component = place.component().ok_or(MarkingError::NotFound)?;
        let criteria = place
            .programme
            .criteria_of(component)
            .ok_or(MarkingError::NotFound)?;
        let judgement = Judgement {
            assessor: role,
            mark: input.mark,
            satisfied: input.satisfied,
            criteria: input.criteria,
            comment: input.comment,
        };
        judgement
            .verify(criteria, component.grading)
            .map_err(MarkingError::Judgement)?;
        let now = self.now();
        let id = JudgementId(Uuid::now_v7());
        let effects = self
            .effects(visit)
            .assessed(
                &place,
                &Judged {
                    event: id.0,
                    attempt,
                    number: row.number,
                    person: row.person,
                    participant: self.account_of(visit, row.person).await?,
                },
                role,
                judgement.mark,
                now,
            )
            .audited("judgement.recorded", attempt.0)
            .done();
        let recorded = self
            .store()
            .record_judgement(
                visit.institution,
                NewJudgement {
                    id,
                    attempt,
                    assessor: visit.person,
                    role: role.as_str().to_owned(),
                    mark: judgement.mark.map(|mark| i64::from(mark.hundredths())),
                    satisfied: judgement.satisfied,
                    criteria: serde_json::to_string(&judgement.criteria)?,
                    comment: judgement.comment,
                    judged_at: now,
                },
                effects,
            )
            .await?;
        if recorded {
            Ok(())
        } else {
            Err(MarkingError::NotSubmitted)
        }
    }

    /// What the person of this visit is to a participant: tutor, coach, or nobody.
    pub(crate) async fn role_towards(
        &self,
        visit: &Visit,
        participant: mtl_programme::PersonId,
    ) -> Result<ProgrammeRole, MarkingError> {
        if participant == visit.person {
            // Nobody marks their own work, whatever roles the LMS gives them.
            return Ok(ProgrammeRole::Participant);
        }
        if !visit.standing.tutor && self.is_paired(visit, participant).await? {
            return Ok(ProgrammeRole::Coach);
        }
        // A tutor's or lead's sight ends with the course that they came from.
        let member = self
            .store()
            .find_membership(visit.institution, visit.context.id, participant)
            .await?;
        if member.is_some() && visit.standing.tutor {
            return Ok(ProgrammeRole::Tutor);
        }
        if member.is_some() && visit.standing.lead {
            return Ok(ProgrammeRole::ProgrammeLead);
        }
        Err(MarkingError::NotFound)
    }

    /// An attempt that the person of this visit may read: in this course, as tutor, lead, or the
    /// participant's coach.
    pub(crate) async fn load_readable_attempt(
        &self,
        visit: &Visit,
        attempt: AttemptId,
    ) -> Result<mtl_store::work::AttemptRow, MarkingError> {
        let row = self
            .store()
            .find_attempt(visit.institution, attempt)
            .await?
            .filter(|row| row.context == visit.context.id)
            .ok_or(MarkingError::NotFound)?;
        let role = self.role_towards(visit, row.person).await?;
        if role.may_read_others_work() {
            Ok(row)
        } else {
            Err(WorkError::NotFound.into())
        }
    }
}
