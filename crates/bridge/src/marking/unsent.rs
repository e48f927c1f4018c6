//! Marks of a course that could not be sent to its gradebook, and sending them again.

use mtl_lti::ags::Score;
use mtl_store::StoreError;
use mtl_store::outbox::{Delivery, DeliveryState, Retry, RetryOutcome};
use mtl_store::work::DecisionRow;
use uuid::Uuid;

use super::{MarkingError, Person};
use crate::Bridge;
use crate::delivery::{dead_reason, score_and_column};
use crate::visit::Visit;

/// So many are looked through; a course has a few columns for each participant.
const MOST: u32 = 2_000;

/// A mark that could not be sent, and why.
#[derive(Clone, Debug)]
pub struct UnsentMark {
    /// The delivery.
    pub delivery: Uuid,
    /// Whose mark it is.
    pub person: Person,
    /// The column: a component's or the module's title as far as it is known.
    pub column: String,
    /// The mark, out of `maximum`.
    pub given: f64,
    /// The column's maximum.
    pub maximum: f64,
    /// What happened and what can be done, in the platform's or our words.
    pub reason: String,
    /// The programme's and the module's ids, for the way to the module's record.
    pub module: Option<(String, String)>,
}

/// Which marks are sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhichUnsent {
    /// All of the course.
    All,
    /// One of them.
    One(Uuid),
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SentAgain {
    /// So many are on their way, also those that somebody else sent a moment before.
    pub under_way: usize,
    /// So many stay, since a newer mark for the same column came.
    pub outdated: usize,
}

impl Bridge {
    /// The marks of the visit's course that could not be sent, newest first, for a tutor or lead.
    pub async fn list_unsent_marks(&self, visit: &Visit) -> Result<Vec<UnsentMark>, MarkingError> {
        verify_may_send(visit)?;
        let rows = self.unsent_rows(visit).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let people = self.people_of(visit).await?;
        let decisions = self
            .store()
            .list_decisions_of_context(visit.institution, visit.context.id)
            .await?;
        rows.iter()
            .filter_map(|row| Some((row, row.person?)))
            .map(|(row, person)| {
                let (score, column) = score_and_column(row)?;
                Ok(UnsentMark {
                    delivery: row.id,
                    person: Person {
                        id: person,
                        name: people.name_of(person),
                    },
                    column,
                    given: score.score_given.unwrap_or_default(),
                    maximum: score.score_maximum.unwrap_or(100.0),
                    reason: dead_reason(row),
                    module: module_of(row, &decisions),
                })
            })
            .collect()
    }

    /// Sends marks of the visit's course again, for a tutor or lead. Asking twice sends once.
    pub async fn send_marks_again(
        &self,
        visit: &Visit,
        which: WhichUnsent,
    ) -> Result<SentAgain, MarkingError> {
        verify_may_send(visit)?;
        let wanted = match which {
            WhichUnsent::One(id) => vec![id],
            WhichUnsent::All => {
                let rows = self.unsent_rows(visit).await?;
                rows.into_iter().map(|row| row.id).collect()
            }
        };
        let mut done = SentAgain::default();
        for id in wanted {
            let retry = Retry {
                id,
                by: Some((visit.context.id, visit.person)),
            };
            let outcome = self
                .store()
                .retry_delivery(visit.institution, retry, self.now())
                .await
                .map_err(|error| match error {
                    StoreError::NotFound(_) => MarkingError::NotFound,
                    other => MarkingError::Store(other),
                })?;
            match outcome {
                RetryOutcome::Outdated | RetryOutcome::NotDead(DeliveryState::Superseded) => {
                    done.outdated += 1;
                }
                RetryOutcome::Pending | RetryOutcome::NotDead(_) => done.under_way += 1,
            }
        }
        Ok(done)
    }

    /// The dead marks of the visit's course. Scores without a mark are not marks, and what is one's
    /// own is for somebody else to look after.
    pub(crate) async fn unsent_rows(&self, visit: &Visit) -> Result<Vec<Delivery>, MarkingError> {
        let mut rows = self
            .store()
            .list_unsent_scores(visit.institution, visit.context.id, MOST)
            .await?;
        rows.retain(|row| row.person != Some(visit.person) && has_mark(row));
        Ok(rows)
    }
}

fn verify_may_send(visit: &Visit) -> Result<(), MarkingError> {
    if visit.standing.tutor || visit.standing.lead {
        Ok(())
    } else {
        Err(MarkingError::NotAllowed)
    }
}

fn has_mark(row: &Delivery) -> bool {
    serde_json::from_str(&row.payload).is_ok_and(|score: Score| score.score_given.is_some())
}

/// The module whose decision caused a score.
fn module_of(row: &Delivery, decisions: &[DecisionRow]) -> Option<(String, String)> {
    decisions
        .iter()
        .find(|decision| row.causes.contains(&decision.id.to_string()))
        .map(|decision| (decision.programme.clone(), decision.module.clone()))
}
