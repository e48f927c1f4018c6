//! One participant's module: attempts, judgements, decisions and what became of the marks.

use chrono::{DateTime, Utc};
use mtl_programme::assessment::{DecisionReceipt, ModuleDecision};
use mtl_programme::{AttemptState, DecisionId, PersonId};
use uuid::Uuid;

use super::targets::{Course, marks_without_column};
use super::{JudgementView, MarkingError, Person};
use crate::Bridge;
use crate::visit::Visit;
use crate::work::AttemptView;

/// Everything that a tutor decides on.
#[derive(Clone, Debug)]
pub struct ModuleRecord {
    /// Whose module it is.
    pub participant: Person,
    /// The programme's id.
    pub programme: String,
    /// The module's id.
    pub module: String,
    /// The components in the catalogue's order.
    pub components: Vec<ComponentRecord>,
    /// Decisions, newest first.
    pub decisions: Vec<DecisionView>,
    /// What became of the marks that were released, newest first.
    pub deliveries: Vec<DeliveryView>,
    /// Whether a policy is bound to the module.
    pub has_policy: bool,
}

/// One component's attempts and their judgements.
#[derive(Clone, Debug)]
pub struct ComponentRecord {
    /// The component's id.
    pub component: String,
    /// Attempts, oldest first, with where they stand and how they were judged.
    pub attempts: Vec<(AttemptView, AttemptState, Vec<JudgementView>)>,
}

/// A decision as people see it.
#[derive(Clone, Debug)]
pub struct DecisionView {
    /// The decision.
    pub id: DecisionId,
    /// What was decided, or why nothing could be.
    pub decision: Result<ModuleDecision, String>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who asked for it.
    pub by: Person,
    /// SHA-256 of the policy.
    pub policy_digest: String,
    /// What the decision cost, in units of the sandbox; none where there is no receipt.
    pub fuel: Option<u64>,
    /// When it was released.
    pub released_at: Option<DateTime<Utc>>,
}

/// A mark on its way to the gradebook.
#[derive(Clone, Debug)]
pub struct DeliveryView {
    /// The column: a component's or the module's title as far as it is known.
    pub column: String,
    /// The mark, out of `maximum`.
    pub given: f64,
    /// The column's maximum.
    pub maximum: f64,
    /// In words: delivered, waiting, or what is wrong and what can be done.
    pub state: DeliveryState,
}

/// Where a delivery stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// The platform took it.
    Delivered(DateTime<Utc>),
    /// It waits for its turn or for the next try.
    Waiting {
        /// How often it was tried.
        attempts: i64,
        /// What went wrong the last time.
        last_error: Option<String>,
    },
    /// A newer mark for the same column took its place before it was sent.
    Superseded,
    /// It was released, but has nowhere to go: it stays here alone.
    Nowhere {
        /// Why.
        reason: &'static str,
    },
    /// It cannot be delivered as it is; someone must act.
    Dead {
        /// Why, in the platform's or our words.
        reason: String,
        /// The delivery, where it can be sent again: no newer mark for the same column came.
        again: Option<Uuid>,
    },
}

impl Bridge {
    /// One participant's module, for a tutor.
    pub async fn load_module_record(
        &self,
        visit: &Visit,
        person: PersonId,
        programme: &str,
        module: &str,
    ) -> Result<ModuleRecord, MarkingError> {
        if !self.role_towards(visit, person).await?.may_release() {
            return Err(MarkingError::NotAllowed);
        }
        let (programme, module) = self
            .catalogue()
            .find_module(programme, module)
            .ok_or(MarkingError::NotFound)?;
        let institution = visit.institution;
        let people = self.people_of(visit).await?;
        let attempts = self.store().list_attempts(institution, person).await?;
        let judgements = self.store().list_judgements(institution, person).await?;
        let mut components = Vec::new();
        for component in &module.components {
            let mut record = ComponentRecord {
                component: component.id.clone(),
                attempts: Vec::new(),
            };
            for row in attempts.iter().filter(|row| {
                row.programme == programme.id
                    && row.context == visit.context.id
                    && row.module == module.id
                    && row.component.as_deref() == Some(component.id.as_str())
            }) {
                let judged = judgements
                    .iter()
                    .filter(|judgement| judgement.attempt == row.id)
                    .map(|judgement| JudgementView::of(judgement, &people))
                    .collect::<Result<_, _>>()?;
                let state = self.attempt_state(visit, row).await?;
                record.attempts.push((AttemptView::of(row), state, judged));
            }
            components.push(record);
        }
        let decisions = self
            .store()
            .list_decisions(institution, person)
            .await?
            .into_iter()
            .filter(|row| {
                row.programme == programme.id
                    && row.module == module.id
                    && row.context == visit.context.id
            })
            .map(|row| {
                let receipt: Option<DecisionReceipt> = row
                    .receipt
                    .as_deref()
                    .map(serde_json::from_str)
                    .transpose()?;
                Ok(DecisionView {
                    id: row.id,
                    decision: match row.decision.as_deref() {
                        Some(decision) => Ok(serde_json::from_str(decision)?),
                        None => Err(row.failure.unwrap_or_default()),
                    },
                    at: row.decided_at,
                    by: Person {
                        id: row.decided_by,
                        name: people.name_of(row.decided_by),
                    },
                    policy_digest: row.policy_digest,
                    fuel: receipt.map(|receipt| receipt.fuel),
                    released_at: row.released_at,
                })
            })
            .collect::<Result<Vec<_>, MarkingError>>()?;
        let causes: Vec<_> = decisions.iter().map(|decision| decision.id.0).collect();
        let mut deliveries = self.list_deliveries_of(visit, person, &causes).await?;
        let released = decisions.iter().find(|one| one.released_at.is_some());
        if let Some(Ok(decision)) = released.map(|released| &released.decision) {
            let recipients = self.store().list_recipients(institution, person).await?;
            let course = Course::new(visit.context.id, programme, module);
            let nowhere = marks_without_column(&course, decision, &attempts, &recipients);
            deliveries.extend(nowhere);
        }
        let bound = self
            .store()
            .find_bound_policy(institution, &programme.id, &module.id)
            .await?;
        Ok(ModuleRecord {
            participant: Person {
                id: person,
                name: people.name_of(person),
            },
            programme: programme.id.clone(),
            module: module.id.clone(),
            components,
            decisions,
            deliveries,
            has_policy: bound.is_some(),
        })
    }
}
