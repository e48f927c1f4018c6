//! Everybody's work in the course: for a tutor all of it, for a coach their own participants'.

use chrono::{DateTime, Utc};
use mtl_programme::{ActivityKey, AttemptId, PersonId};
use mtl_store::work::AttemptRow;

use super::{MarkingError, Person};
use crate::Bridge;
use crate::visit::Visit;

/// The people of a course and where their work stands.
#[derive(Clone, Debug)]
pub struct Cohort {
    /// One entry for each participant, by name.
    pub people: Vec<CohortPerson>,
}

/// One participant.
#[derive(Clone, Debug)]
pub struct CohortPerson {
    /// The participant.
    pub person: Person,
    /// Their coaches.
    pub coaches: Vec<Person>,
    /// Their newest attempt at each activity that they have begun.
    pub activities: Vec<CohortActivity>,
}

/// One participant's newest attempt at one activity.
#[derive(Clone, Debug)]
pub struct CohortActivity {
    /// The activity.
    pub activity: ActivityKey,
    /// The module's id.
    pub module: String,
    /// The attempt.
    pub attempt: AttemptId,
    /// Its number.
    pub number: i64,
    /// When it is due, with any extension.
    pub due: Option<DateTime<Utc>>,
    /// When the draft was last saved.
    pub saved_at: DateTime<Utc>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Whether the person of this visit has judged it.
    pub judged_by_me: bool,
    /// How many judgements it has.
    pub judgements: usize,
    /// When the module's result was released after that submission.
    pub released_at: Option<DateTime<Utc>>,
}

impl Bridge {
    /// The participants that the person of this visit works with.
    pub async fn load_cohort(&self, visit: &Visit) -> Result<Cohort, MarkingError> {
        let people = self.people_of(visit).await?;
        let pairings = self
            .store()
            .list_pairings(visit.institution, visit.context.id)
            .await?;
        let sees_all = visit.standing.tutor || visit.standing.lead;
        let mut participants: Vec<PersonId> = people.participants().collect();
        // A coach's participant may not have opened the course yet.
        for row in &pairings {
            if !participants.contains(&row.participant) {
                participants.push(row.participant);
            }
        }
        if !sees_all {
            participants.retain(|participant| {
                pairings
                    .iter()
                    .any(|row| row.coach == visit.person && row.participant == *participant)
            });
            if participants.is_empty() && !visit.standing.coach {
                return Err(MarkingError::NotAllowed);
            }
        }
        let attempts = self
            .store()
            .list_attempts_of_context(visit.institution, visit.context.id)
            .await?;
        let judgements = self
            .store()
            .list_judgements_of_context(visit.institution, visit.context.id)
            .await?;
        let decisions = self
            .store()
            .list_decisions_of_context(visit.institution, visit.context.id)
            .await?;
        let person = |id: PersonId| Person {
            id,
            name: people.name_of(id),
        };
        let entry = |row: &AttemptRow| {
            let mine = |judgement: &&mtl_store::work::JudgementRow| judgement.attempt == row.id;
            CohortActivity {
                activity: ActivityKey {
                    programme: row.programme.clone(),
                    activity: row.activity.clone(),
                },
                module: row.module.clone(),
                attempt: row.id,
                number: row.number,
                due: row.due_at.max(row.extended_to),
                saved_at: row.saved_at,
                submitted_at: row.submitted_at,
                judged_by_me: judgements
                    .iter()
                    .filter(mine)
                    .any(|judgement| judgement.assessor == visit.person),
                judgements: judgements.iter().filter(mine).count(),
                released_at: decisions
                    .iter()
                    .filter(|decision| {
                        decision.person == row.person
                            && decision.programme == row.programme
                            && decision.module == row.module
                    })
                    .filter_map(|decision| decision.released_at)
                    .filter(|released| row.submitted_at.is_some_and(|at| at <= *released))
                    .max(),
            }
        };
        Ok(Cohort {
            people: participants
                .into_iter()
                .map(|id| CohortPerson {
                    person: person(id),
                    coaches: pairings
                        .iter()
                        .filter(|row| row.participant == id)
                        .map(|row| person(row.coach))
                        .collect(),
                    activities: attempts
                        .iter()
                        .filter(|row| row.person == id)
                        .filter(|row| {
                            !attempts.iter().any(|later| {
                                later.person == id
                                    && later.programme == row.programme
                                    && later.activity == row.activity
                                    && later.number > row.number
                            })
                        })
                        .map(entry)
                        .collect(),
                })
                .collect(),
        })
    }
}
