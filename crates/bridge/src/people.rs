//! The people of a course, by the names that the LMS gave.

use std::collections::BTreeMap;

use mtl_programme::PersonId;
use mtl_store::StoreError;
use mtl_xapi::mtl::Account;

use crate::Bridge;
use crate::visit::{Standing, Visit, statement_name};

/// Everybody who has opened the tool in a course.
pub(crate) struct People(BTreeMap<PersonId, Known>);

struct Known {
    name: String,
    standing: Standing,
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

    pub(crate) fn all(&self) -> impl Iterator<Item = PersonId> {
        self.sorted(|_| true)
    }

    pub(crate) fn participants(&self) -> impl Iterator<Item = PersonId> {
        self.sorted(|standing| standing.participant)
    }

    fn sorted(&self, wanted: impl Fn(Standing) -> bool) -> impl Iterator<Item = PersonId> {
        let mut people: Vec<(&str, PersonId)> = self
            .0
            .iter()
            .filter(|(_, known)| wanted(known.standing))
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
        Ok(People(
            rows.into_iter()
                .map(|row| {
                    let standing = Standing::of_roles(&row.roles);
                    let name = row.name.unwrap_or_else(|| nameless(row.person));
                    (row.person, Known { name, standing })
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
