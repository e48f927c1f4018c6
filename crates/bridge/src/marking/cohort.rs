//! Everybody's work in the course: for a tutor all of it, for a coach their own participants'.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

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
    /// Whether they have ever opened the tool from this course; the others stand on the platform's
    /// list only.
    pub has_opened: bool,
    /// Whether they have left the course. Those who left without any work are not here.
    pub has_left: bool,
    /// The ids of the groups that they are in.
    pub groups: Vec<String>,
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
        // A coach's participant may not have been seen at all yet.
        let listed: HashSet<PersonId> = participants.iter().copied().collect();
        let mut unseen: Vec<PersonId> = pairings.iter().map(|row| row.participant).collect();
        unseen.retain(|participant| !listed.contains(participant));
        unseen.sort_unstable();
        unseen.dedup();
        participants.extend(unseen);
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
        let judgements = by(&judgements, |row| row.attempt);
        let decisions = by(&decisions, |row| row.person);
        let newest = newest_of(&attempts);
        let entry = |row: &AttemptRow| {
            let judged = judgements.get(&row.id).map_or(&[][..], Vec::as_slice);
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
                judged_by_me: judged
                    .iter()
                    .any(|judgement| judgement.assessor == visit.person),
                judgements: judged.len(),
                released_at: decisions
                    .get(&row.person)
                    .into_iter()
                    .flatten()
                    .filter(|decision| {
                        decision.programme == row.programme && decision.module == row.module
                    })
                    .filter_map(|decision| decision.released_at)
                    .filter(|released| row.submitted_at.is_some_and(|at| at <= *released))
                    .max(),
            }
        };
        let coaches = by(&pairings, |row| row.participant);
        let cohort_person = |id: PersonId| CohortPerson {
            person: person(id),
            coaches: coaches
                .get(&id)
                .into_iter()
                .flatten()
                .map(|row| person(row.coach))
                .collect(),
            activities: newest
                .get(&id)
                .into_iter()
                .flatten()
                .map(|row| entry(row))
                .collect(),
            has_opened: people.has_opened(id),
            has_left: people.has_left(id),
            groups: people.groups_of(id).to_vec(),
        };
        let mut people: Vec<CohortPerson> = participants.into_iter().map(cohort_person).collect();
        people.retain(|person| !person.has_left || !person.activities.is_empty());
        Ok(Cohort { people })
    }
}

/// Rows by one of their ids, so that a course of a thousand is gone through once.
fn by<T, K: Eq + Hash>(rows: &[T], key: impl Fn(&T) -> K) -> HashMap<K, Vec<&T>> {
    let mut found: HashMap<K, Vec<&T>> = HashMap::new();
    for row in rows {
        found.entry(key(row)).or_default().push(row);
    }
    found
}

/// Each person's newest attempt at each activity, in the order in which the activities were begun.
fn newest_of(attempts: &[AttemptRow]) -> HashMap<PersonId, Vec<&AttemptRow>> {
    let mut found = by(attempts, |row| row.person);
    for own in found.values_mut() {
        let mut last: HashMap<(&str, &str), i64> = HashMap::new();
        for row in own.iter() {
            let number = last.entry((&row.programme, &row.activity)).or_default();
            *number = row.number.max(*number);
        }
        own.retain(|row| last[&(row.programme.as_str(), row.activity.as_str())] == row.number);
    }
    found
}
