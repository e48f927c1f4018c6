//! Release: the marks and statements of a decision go out, in the transaction that says so.

use chrono::{DateTime, Utc};
use mtl_programme::assessment::{ModuleDecision, ModuleOutcome, PartOutcome};
use mtl_programme::judgement::CriterionJudgement;
use mtl_programme::{ContextId, DecisionId, InstitutionId, Mark, PersonId, ProgrammeRole};
use mtl_store::outbox::ScoreTarget;
use mtl_store::work::{AttemptRow, DecisionRow};
use mtl_xapi::mtl::Verb;
use uuid::Uuid;

use super::MarkingError;
use super::targets::{comment_of_component, target_of_link, target_of_module};
use crate::Bridge;
use crate::catalogue::Place;
use crate::delivery::Destination;
use crate::effects::{Causes, ReleasedResult};
use crate::visit::Visit;
use crate::work::WorkError;

/// A result that the participant may see.
#[derive(Clone, Debug)]
pub struct Released {
    /// The decision.
    pub id: DecisionId,
    /// The programme.
    pub programme: String,
    /// The module.
    pub module: String,
    /// The course whose work it is about.
    pub context: ContextId,
    /// When it was released.
    pub at: DateTime<Utc>,
    /// What was decided, with every adjustment.
    pub decision: ModuleDecision,
    /// What the assessors wrote to the participant.
    pub feedback: Vec<Feedback>,
}

/// One assessor's words to the participant.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// The component's id.
    pub component: String,
    /// Which attempt.
    pub number: i64,
    /// As what they judged.
    pub role: ProgrammeRole,
    /// What they wrote.
    pub comment: String,
    /// What they said of single criteria.
    pub criteria: Vec<CriterionJudgement>,
}

/// Where a mark goes when it is released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedTo {
    /// The component's id; none for the module itself.
    pub component: Option<String>,
    /// The mark.
    pub mark: Mark,
    /// The column's name where there is one, or why there is none.
    pub column: Result<String, &'static str>,
}

impl Bridge {
    /// Where each mark of a decision would go.
    pub async fn preview_release(
        &self,
        visit: &Visit,
        decision: DecisionId,
    ) -> Result<Vec<ReleasedTo>, MarkingError> {
        let plan = self.plan_release(visit, decision).await?;
        Ok(plan
            .scores
            .iter()
            .map(|planned| ReleasedTo {
                component: planned.component.clone(),
                mark: planned.mark,
                column: planned
                    .target
                    .as_ref()
                    .map(|destination| match &destination.target {
                        ScoreTarget::LineItem { .. } => planned.title.clone(),
                        ScoreTarget::Column { label, .. } => label.clone(),
                    })
                    .map_err(|why| *why),
            })
            .collect())
    }

    /// Releases a decision: the participant may see it, and its marks and statements go out.
    pub async fn release(&self, visit: &Visit, decision: DecisionId) -> Result<(), MarkingError> {
        let plan = self.plan_release(visit, decision).await?;
        let now = self.now();
        let participant = self.account_of(visit, plan.row.person).await?;
        let mut causes = self.effects(visit);
        for planned in plan.scores {
            let place = self.place_of_result(&plan.row, planned.component.as_deref())?;
            let result = |suffix: &str| ReleasedResult {
                event: event_id(plan.row.id, suffix),
                person: plan.row.person,
                participant: participant.clone(),
                number: planned.number,
                grade: plan.decision.grade.clone(),
            };
            if let Some(component) = &planned.component {
                causes = causes.scored(&place, &result(component), planned.mark, now);
            }
            if let Ok(destination) = planned.target {
                causes = causes.scoring(destination.mark(
                    plan.row.person,
                    planned.mark,
                    planned.comment,
                    planned.submitted_at,
                    plan.row.id.0,
                    now,
                ));
            }
        }
        causes = self.state_outcome(causes, visit, &plan.row, &plan.decision, participant, now)?;
        if let Some(earlier) = &plan.earlier {
            causes = self.void_earlier(causes, &plan.row, earlier, now)?;
        }
        let effects = causes.audited("decision.released", plan.row.id.0).done();
        let released = self
            .store()
            .release_decision(visit.institution, decision, visit.person, now, effects)
            .await?;
        if released {
            Ok(())
        } else {
            Err(MarkingError::NotReleasable)
        }
    }

    async fn plan_release(
        &self,
        visit: &Visit,
        decision: DecisionId,
    ) -> Result<ReleasePlan, MarkingError> {
        let row = self
            .store()
            .find_decision(visit.institution, decision)
            .await?
            .filter(|row| row.context == visit.context.id)
            .ok_or(MarkingError::NotFound)?;
        if !self.role_towards(visit, row.person).await?.may_release() {
            return Err(MarkingError::NotAllowed);
        }
        if row.decision.is_none() || row.released_at.is_some() {
            return Err(MarkingError::NotReleasable);
        }
        let decision = read_decision(&row)?;
        let (_, module) = self
            .catalogue()
            .find_module(&row.programme, &row.module)
            .ok_or(MarkingError::NotFound)?;
        let institution = visit.institution;
        let attempts = self.store().list_attempts(institution, row.person).await?;
        let judgements = self
            .store()
            .list_judgements(institution, row.person)
            .await?;
        let earlier = self
            .store()
            .list_decisions(institution, row.person)
            .await?
            .into_iter()
            .find(|other| is_of_same_module(other, &row) && other.released_at.is_some())
            .map(|other| Ok::<_, MarkingError>((other.id, read_decision(&other)?)))
            .transpose()?;
        let recipients = self
            .store()
            .list_recipients(institution, row.person)
            .await?;
        let mut scores = Vec::new();
        for component in &decision.components {
            let (Some(mark), Some(number)) = (component.part.mark, component.part.attempt) else {
                continue;
            };
            if matches!(
                component.part.outcome,
                PartOutcome::Awaiting | PartOutcome::Deferred
            ) {
                continue;
            }
            let unchanged = earlier.as_ref().is_some_and(|(_, earlier)| {
                earlier.components.iter().any(|before| {
                    before.id == component.id
                        && before.part.mark == Some(mark)
                        && before.part.attempt == Some(number)
                })
            });
            if unchanged {
                continue;
            }
            let attempt = attempts
                .iter()
                .find(|attempt| is_attempt_of(attempt, &row, &component.id, number));
            let title = module
                .find_component(&component.id)
                .map_or("", |c| c.title.as_str());
            scores.push(PlannedScore {
                component: Some(component.id.clone()),
                number: Some(i64::from(number)),
                title: title.to_owned(),
                mark,
                comment: comment_of_component(title, component, attempt, &judgements),
                submitted_at: attempt.and_then(|attempt| attempt.submitted_at),
                target: target_of_link(attempt, title, &recipients),
            });
        }
        if let (Some(mark), true) = (decision.mark, decision.outcome.is_settled()) {
            let unchanged = earlier
                .as_ref()
                .is_some_and(|(_, earlier)| earlier.mark == decision.mark);
            if !unchanged {
                scores.push(PlannedScore {
                    component: None,
                    number: None,
                    title: module.title.clone(),
                    mark,
                    comment: decision.reason.clone(),
                    submitted_at: None,
                    target: target_of_module(row.context, module, &recipients),
                });
            }
        }
        Ok(ReleasePlan {
            row,
            decision,
            earlier,
            scores,
        })
    }

    fn state_outcome<'a>(
        &self,
        causes: Causes<'a>,
        _visit: &Visit,
        row: &DecisionRow,
        decision: &ModuleDecision,
        participant: mtl_xapi::mtl::Account,
        now: DateTime<Utc>,
    ) -> Result<Causes<'a>, MarkingError> {
        let passed = match decision.outcome {
            ModuleOutcome::Pass | ModuleOutcome::Compensated | ModuleOutcome::Condoned => true,
            ModuleOutcome::Fail | ModuleOutcome::Refer | ModuleOutcome::NonSubmission => false,
            ModuleOutcome::Defer
            | ModuleOutcome::Moderate
            | ModuleOutcome::Incomplete
            | ModuleOutcome::Discretion => return Ok(causes),
        };
        let place = self.place_of_result(row, None)?;
        let result = ReleasedResult {
            event: event_id(row.id, "module"),
            person: row.person,
            participant,
            number: None,
            grade: decision.grade.clone(),
        };
        Ok(causes.settled(&place, &result, passed, decision.mark, now))
    }

    /// A corrected mark is a new statement and a voiding one; nothing is rewritten.
    fn void_earlier<'a>(
        &self,
        mut causes: Causes<'a>,
        row: &DecisionRow,
        (id, earlier): &(DecisionId, ModuleDecision),
        now: DateTime<Utc>,
    ) -> Result<Causes<'a>, MarkingError> {
        let decision = read_decision(row)?;
        for before in earlier.components.iter().filter(|c| c.part.mark.is_some()) {
            let corrected = decision.components.iter().any(|after| {
                after.id == before.id
                    && after.part.attempt == before.part.attempt
                    && after.part.mark != before.part.mark
            });
            if corrected {
                let place = self.place_of_result(row, Some(&before.id))?;
                causes = causes.voided(&place, event_id(*id, &before.id), Verb::Scored, now);
            }
        }
        let verb = match earlier.outcome {
            ModuleOutcome::Pass | ModuleOutcome::Compensated | ModuleOutcome::Condoned => {
                Verb::Passed
            }
            ModuleOutcome::Fail | ModuleOutcome::Refer | ModuleOutcome::NonSubmission => {
                Verb::Failed
            }
            _ => return Ok(causes),
        };
        let place = self.place_of_result(row, None)?;
        Ok(causes.voided(&place, event_id(*id, "module"), verb, now))
    }

    /// The activity that a component's result is about, or any of the module for the module's own.
    fn place_of_result(
        &self,
        row: &DecisionRow,
        component: Option<&str>,
    ) -> Result<Place<'_>, MarkingError> {
        let (programme, module) = self
            .catalogue()
            .find_module(&row.programme, &row.module)
            .ok_or(MarkingError::NotFound)?;
        let activity = component
            .and_then(|component| module.activity_feeding(component))
            .or_else(|| module.activities.first())
            .ok_or(MarkingError::NotFound)?;
        Ok(Place {
            programme,
            module,
            activity,
        })
    }
}

struct ReleasePlan {
    row: DecisionRow,
    decision: ModuleDecision,
    earlier: Option<(DecisionId, ModuleDecision)>,
    scores: Vec<PlannedScore>,
}

struct PlannedScore {
    component: Option<String>,
    number: Option<i64>,
    title: String,
    mark: Mark,
    comment: String,
    /// When the work was handed in; none for the module.
    submitted_at: Option<DateTime<Utc>>,
    target: Result<Destination, &'static str>,
}

/// The event of one part of a release.
fn event_id(decision: DecisionId, part: &str) -> Uuid {
    Uuid::new_v5(&decision.0, part.as_bytes())
}

fn is_of_same_module(other: &DecisionRow, row: &DecisionRow) -> bool {
    other.id != row.id
        && other.context == row.context
        && other.programme == row.programme
        && other.module == row.module
}

fn is_attempt_of(attempt: &AttemptRow, row: &DecisionRow, component: &str, number: u32) -> bool {
    attempt.context == row.context
        && attempt.programme == row.programme
        && attempt.component.as_deref() == Some(component)
        && attempt.number == i64::from(number)
}

pub(crate) fn read_decision(row: &DecisionRow) -> Result<ModuleDecision, MarkingError> {
    let text = row.decision.as_deref().ok_or(MarkingError::NotFound)?;
    Ok(serde_json::from_str(text)?)
}

/// The released results of one person, newest first, with what assessors wrote to them.
pub(crate) async fn released_results(
    bridge: &Bridge,
    institution: InstitutionId,
    person: PersonId,
) -> Result<Vec<Released>, WorkError> {
    let decisions = bridge.store().list_decisions(institution, person).await?;
    if decisions
        .iter()
        .all(|decision| decision.released_at.is_none())
    {
        return Ok(Vec::new());
    }
    let attempts = bridge.store().list_attempts(institution, person).await?;
    let judgements = bridge.store().list_judgements(institution, person).await?;
    decisions
        .iter()
        .filter_map(|row| Some((row, row.released_at?, row.decision.as_deref()?)))
        .map(|(row, at, decision)| {
            let decision: ModuleDecision = serde_json::from_str(decision)?;
            let feedback = attempts
                .iter()
                .filter(|attempt| {
                    attempt.component.as_deref().is_some_and(|component| {
                        let result = decision.components.iter().find(|c| c.id == component);
                        result
                            .and_then(|result| result.part.attempt)
                            .is_some_and(|number| is_attempt_of(attempt, row, component, number))
                    })
                })
                .flat_map(|attempt| {
                    judgements
                        .iter()
                        .filter(move |judgement| {
                            judgement.attempt == attempt.id && judgement.judged_at <= at
                        })
                        .map(move |judgement| Feedback {
                            component: attempt.component.clone().unwrap_or_default(),
                            number: attempt.number,
                            role: judgement.role.parse().unwrap_or(ProgrammeRole::Tutor),
                            comment: judgement.comment.clone(),
                            criteria: serde_json::from_str(&judgement.criteria).unwrap_or_default(),
                        })
                })
                .collect();
            Ok(Released {
                id: row.id,
                programme: row.programme.clone(),
                module: row.module.clone(),
                context: row.context,
                at,
                decision,
                feedback,
            })
        })
        .collect()
}
