//! The people of a course, by the names that the LMS gave.

use std::collections::BTreeMap;

use mtl_programme::PersonId;
use mtl_store::StoreError;
use mtl_xapi::mtl::Account;

use crate::Bridge;
use crate::roster::{has_left, standing_of};
use crate::visit::{Standing, Visit, statement_name};

/// Everybody who has opened the tool in a course or stands on the platform's list of it.
pub(crate) struct People(BTreeMap<PersonId, Known>);

struct Known {
    name: String,
    standing: Standing,
    has_opened: bool,
    has_left: bool,
    groups: Vec<String>,
}

impl People {
    /// The name to show.
    pub(crate) fn name_of(&self, person: PersonId) -> String {
        self.0
            .get(&person)
            .map_or_else(|| unseen(person), |known| known.name.clone())
    }

    pub(crate) fn knows(&self, person: PersonId) -> bool {
        self.0.contains_key(&person)
    }

    /// What they are in the course.
    pub(crate) fn standing_of(&self, person: PersonId) -> Standing {
        self.0
            .get(&person)
            .map_or_else(Standing::default, |known| known.standing)
    }

    /// Whether they have ever opened the tool from the course.
    pub(crate) fn has_opened(&self, person: PersonId) -> bool {
        self.0.get(&person).is_some_and(|known| known.has_opened)
    }

    /// Whether they have left the course.
    pub(crate) fn has_left(&self, person: PersonId) -> bool {
        self.0.get(&person).is_some_and(|known| known.has_left)
    }

    /// The ids of the groups that they are in.
    pub(crate) fn groups_of(&self, person: PersonId) -> &[String] {
        self.0.get(&person).map_or(&[], |known| &known.groups)
    }

    /// Everybody who is in the course, by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = PersonId> {
        self.sorted(|known| !known.has_left)
    }

    /// Those who take part, by name; also those who have left.
    pub(crate) fn participants(&self) -> impl Iterator<Item = PersonId> {
        self.sorted(|known| known.standing.participant)
    }

    fn sorted(&self, wanted: impl Fn(&Known) -> bool) -> impl Iterator<Item = PersonId> {
        let mut people: Vec<(&str, PersonId)> = self
            .0
            .iter()
            .filter(|(_, known)| wanted(known))
            .map(|(id, known)| (known.name.as_str(), *id))
            .collect();
        people.sort_unstable();
        people.into_iter().map(|(_, id)| id)
    }
}

/// What a person is called whom the LMS has only mentioned: a coach's participant who has not opened
/// the course yet.
fn unseen(person: PersonId) -> String {
    format!("Not here yet ({})", short_id(person))
}

/// What a person is called where the LMS sends no name (an administrator may switch names off).
pub(crate) fn nameless(person: PersonId) -> String {
    format!("Person {}", short_id(person))
}

fn short_id(person: PersonId) -> String {
    let id = person.0.simple().to_string();
    id[id.len() - 6..].to_owned()
}

impl Bridge {
    /// The people of the visit's course.
    pub(crate) async fn people_of(&self, visit: &Visit) -> Result<People, StoreError> {
        let rows = self
            .store()
            .list_members(visit.institution, visit.context.id)
            .await?;
        let now = self.now();
        Ok(People(
            rows.into_iter()
                .map(|row| {
                    let standing = standing_of(&row, now);
                    let known = Known {
                        standing,
                        has_opened: row.last_seen_at.is_some(),
                        has_left: has_left(&row, standing),
                        name: row.name.unwrap_or_else(|| nameless(row.person)),
                        groups: row.groups,
                    };
                    (row.person, known)
                })
                .collect(),
        ))
    }

    /// The account under which statements name a person.
    pub(crate) async fn account_of(
        &self,
        visit: &Visit,
        person: PersonId,
    ) -> Result<Account, StoreError> {
        if person == visit.person {
            return Ok(visit.actor.clone());
        }
        let names = self
            .store()
            .load_statement_names(visit.institution, person)
            .await?;
        Ok(Account {
            home_page: visit.home_page.clone(),
            name: statement_name(visit.actor_naming, &names),
        })
    }
}
