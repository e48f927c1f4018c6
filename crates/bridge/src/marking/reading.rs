//! A submission as an assessor reads it.

use chrono::{DateTime, Utc};
use mtl_programme::evidence::EvidenceItem;
use mtl_programme::judgement::CriterionJudgement;
use mtl_programme::scenario::FrozenScenario;
use mtl_programme::{ActivityKey, AttemptId, AttemptState, Mark, ProgrammeRole};
use mtl_store::work::JudgementRow;

use super::module_work::read_mark;
use super::{MarkingError, Person};
use crate::Bridge;
use crate::people::People;
use crate::visit::Visit;
use crate::work::{AttemptView, read_snapshot};

/// What the page of one submission shows to an assessor.
#[derive(Clone, Debug)]
pub struct SubmissionForMarking {
    /// Whose it is.
    pub participant: Person,
    /// Where it belongs.
    pub activity: ActivityKey,
    /// The attempt.
    pub attempt: AttemptView,
    /// Where the attempt stands.
    pub state: AttemptState,
    /// The frozen work; none while it is a draft.
    pub frozen: Option<FrozenScenario>,
    /// The evidence of the frozen work.
    pub evidence: Vec<EvidenceItem>,
    /// As what the person of this visit reads it.
    pub role: ProgrammeRole,
    /// Their own judgement.
    pub own: Option<JudgementView>,
    /// Judgements of others that they may see: a tutor all, a coach none before the release.
    pub others: Vec<JudgementView>,
}

/// A judgement as people see it.
#[derive(Clone, Debug)]
pub struct JudgementView {
    /// The judgement's id, as decisions name it.
    pub id: String,
    /// Who judged.
    pub assessor: Person,
    /// As what.
    pub role: ProgrammeRole,
    /// The mark.
    pub mark: Option<Mark>,
    /// Whether the work holds.
    pub satisfied: Option<bool>,
    /// Judgements of single criteria.
    pub criteria: Vec<CriterionJudgement>,
    /// What they wrote.
    pub comment: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl JudgementView {
    pub(super) fn of(row: &JudgementRow, people: &People) -> Result<Self, MarkingError> {
        Ok(Self {
            id: row.id.to_string(),
            assessor: Person {
                id: row.assessor,
                name: people.name_of(row.assessor),
            },
            role: row.role.parse().unwrap_or(ProgrammeRole::Tutor),
            mark: row.mark.map(read_mark).transpose()?,
            satisfied: row.satisfied,
            criteria: serde_json::from_str(&row.criteria)?,
            comment: row.comment.clone(),
            at: row.judged_at,
        })
    }
}

impl Bridge {
    /// A submission that the person of this visit may read.
    pub async fn load_submission(
        &self,
        visit: &Visit,
        attempt: AttemptId,
    ) -> Result<SubmissionForMarking, MarkingError> {
        let row = self.load_readable_attempt(visit, attempt).await?;
        let role = self.role_towards(visit, row.person).await?;
        let people = self.people_of(visit).await?;
        let judgements = self
            .store()
            .list_judgements(visit.institution, row.person)
            .await?;
        let (own, others): (Vec<_>, Vec<_>) = judgements
            .iter()
            .filter(|judgement| judgement.attempt == attempt)
            .partition(|judgement| judgement.assessor == visit.person);
        let state = self.attempt_state(visit, &row).await?;
        let sees_others = role.may_release() || matches!(state, AttemptState::Settled);
        let frozen = read_snapshot(&row)?;
        Ok(SubmissionForMarking {
            participant: Person {
                id: row.person,
                name: people.name_of(row.person),
            },
            attempt: AttemptView::of(&row),
            activity: AttemptView::of(&row).activity,
            state,
            evidence: frozen
                .as_ref()
                .map(|frozen| frozen.evidence.clone())
                .unwrap_or_default(),
            frozen,
            role,
            own: own
                .first()
                .map(|row| JudgementView::of(row, &people))
                .transpose()?,
            others: if sees_others {
                others
                    .iter()
                    .map(|row| JudgementView::of(row, &people))
                    .collect::<Result<_, _>>()?
            } else {
                Vec::new()
            },
        })
    }
}
