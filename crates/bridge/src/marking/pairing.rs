//! Which coach works with which participant: from the LMS's mentor claim, or paired by a tutor.

use std::collections::HashSet;

use mtl_programme::PersonId;
use mtl_programme::partnership::PairingSource;
use mtl_store::work::PairingRow;

use super::MarkingError;
use crate::Bridge;
use crate::visit::Visit;

/// A person with the name that the LMS gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// The person.
    pub id: PersonId,
    /// Their name, or a neutral word where the LMS sends none.
    pub name: String,
}

/// A participant and one of their coaches.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The participant.
    pub participant: Person,
    /// The coach.
    pub coach: Person,
    /// Who says so.
    pub source: PairingSource,
}

/// A participant who can be paired.
#[derive(Clone, Debug)]
pub struct PairingPerson {
    /// The participant.
    pub person: Person,
    /// Whether they have ever opened the tool from this course.
    pub has_opened: bool,
    /// The ids of the groups that they are in.
    pub groups: Vec<String>,
}

/// What the pairing page shows.
#[derive(Clone, Debug)]
pub struct Pairing {
    /// Everybody who takes part in the course as a participant.
    pub participants: Vec<PairingPerson>,
    /// Those who are likely to coach: mentors and teachers by their role, and who coaches already.
    pub coaches: Vec<Person>,
    /// Everybody else in the course, who could be chosen too.
    pub others: Vec<Person>,
    /// The pairs in force.
    pub pairs: Vec<Pair>,
}

impl Bridge {
    /// The pairs of the course.
    pub async fn load_pairing(&self, visit: &Visit) -> Result<Pairing, MarkingError> {
        verify_may_pair(visit)?;
        let people = self.people_of(visit).await?;
        let rows = self
            .store()
            .list_pairings(visit.institution, visit.context.id)
            .await?;
        let person = |id: PersonId| Person {
            id,
            name: people.name_of(id),
        };
        let pairs: Vec<Pair> = rows
            .iter()
            .map(|row| Pair {
                participant: person(row.participant),
                coach: person(row.coach),
                source: read_source(row),
            })
            .collect();
        let mut participants: Vec<PersonId> = people
            .participants()
            .filter(|id| !people.has_left(*id))
            .collect();
        // Whom the platform only names as somebody's participant.
        for row in &rows {
            if !people.knows(row.participant) && !participants.contains(&row.participant) {
                participants.push(row.participant);
            }
        }
        let coaching: HashSet<PersonId> = rows.iter().map(|row| row.coach).collect();
        let (coaches, others): (Vec<_>, Vec<_>) = people
            .all()
            .partition(|id| coaching.contains(id) || people.standing_of(*id).is_staff());
        Ok(Pairing {
            participants: participants
                .into_iter()
                .map(|id| PairingPerson {
                    person: person(id),
                    has_opened: people.has_opened(id),
                    groups: people.groups_of(id).to_vec(),
                })
                .collect(),
            coaches: coaches.into_iter().map(person).collect(),
            others: others.into_iter().map(person).collect(),
            pairs,
        })
    }

    /// Pairs a participant with a coach.
    pub async fn pair(
        &self,
        visit: &Visit,
        participant: PersonId,
        coach: PersonId,
    ) -> Result<(), MarkingError> {
        verify_may_pair(visit)?;
        if participant == coach {
            return Err(MarkingError::OwnCoach);
        }
        let people = self.people_of(visit).await?;
        if !people.knows(participant) || !people.knows(coach) {
            return Err(MarkingError::NotFound);
        }
        let detail = serde_json::json!({ "coach": coach });
        let effects = self
            .effects(visit)
            .audited_with("pair.made", participant.0, detail)
            .done();
        self.store()
            .pair(
                visit.institution,
                visit.context.id,
                participant,
                coach,
                PairingSource::Tutor.as_str(),
                visit.person,
                self.now(),
                effects,
            )
            .await?;
        Ok(())
    }

    /// Ends a pair; what was written in it stays.
    pub async fn unpair(
        &self,
        visit: &Visit,
        participant: PersonId,
        coach: PersonId,
    ) -> Result<(), MarkingError> {
        verify_may_pair(visit)?;
        let detail = serde_json::json!({ "coach": coach });
        let effects = self
            .effects(visit)
            .audited_with("pair.ended", participant.0, detail)
            .done();
        self.store()
            .unpair(
                visit.institution,
                visit.context.id,
                participant,
                coach,
                self.now(),
                effects,
            )
            .await?;
        Ok(())
    }

    pub(crate) async fn is_paired(
        &self,
        visit: &Visit,
        participant: PersonId,
    ) -> Result<bool, MarkingError> {
        let rows = self
            .store()
            .list_pairings(visit.institution, visit.context.id)
            .await?;
        Ok(rows
            .iter()
            .any(|row| row.coach == visit.person && row.participant == participant))
    }
}

fn verify_may_pair(visit: &Visit) -> Result<(), MarkingError> {
    if visit.standing.tutor || visit.standing.lead {
        Ok(())
    } else {
        Err(MarkingError::NotAllowed)
    }
}

pub(super) fn read_source(row: &PairingRow) -> PairingSource {
    row.source.parse().unwrap_or(PairingSource::Tutor)
}
