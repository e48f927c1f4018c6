//! Writes a list that was read: people, their accounts, what they are in the course, who left.

use chrono::{DateTime, Utc};
use mtl_programme::{ContextId, InstitutionId, PersonId, RegistrationId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::column::{millis, texts};
use crate::natural_ids::person_id;
use crate::transaction::execute;
use crate::{Store, StoreError};

/// Somebody on a platform's list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedPerson {
    /// The platform's user id, as in `sub` of a launch.
    pub subject: String,
    /// Their name, where the platform tells it.
    pub name: Option<String>,
    /// Their given name.
    pub given_name: Option<String>,
    /// Their family name.
    pub family_name: Option<String>,
    /// Their roles, as full URIs.
    pub roles: Vec<String>,
    /// The ids of the groups that they are in.
    pub groups: Vec<String>,
    /// Whether the platform says that they do not take part any more.
    pub has_left: bool,
}

/// A list that was read, in whole or by its differences.
#[derive(Clone, Debug)]
pub struct RosterWrite {
    /// The institution.
    pub institution: InstitutionId,
    /// The course.
    pub context: ContextId,
    /// Whose user ids these are.
    pub registration: RegistrationId,
    /// Everybody who was listed, each once.
    pub people: Vec<ListedPerson>,
    /// Whether who is not listed has left.
    pub is_whole: bool,
    /// Where to ask for changes from now on.
    pub differences_url: Option<String>,
    /// The groups of the course as JSON, where they were read.
    pub course_groups: Option<String>,
    /// The time.
    pub now: DateTime<Utc>,
}

/// The person's id in a row of the JSON list.
macro_rules! id {
    (sqlite) => {
        "unhex(e.value ->> 'person')"
    };
    (postgres) => {
        "(e.value ->> 'person')::uuid"
    };
}

/// The JSON list as rows.
macro_rules! each {
    (sqlite) => {
        "json_each($1) AS e"
    };
    (postgres) => {
        "jsonb_array_elements($1::jsonb) AS e (value)"
    };
}

/// Whoever is new gets the pseudonym; whoever was erased stays so.
macro_rules! people {
    ($dialect:ident) => {
        concat!(
            "INSERT INTO person (id, institution, pseudonym, name, given_name, family_name, \
             created_at) SELECT ",
            id!($dialect),
            ", $2, e.value ->> 'pseudonym', e.value ->> 'name', e.value ->> 'given', \
             e.value ->> 'family', $3 FROM ",
            each!($dialect),
            " WHERE e.value ->> 'left' IS NULL ON CONFLICT (id) DO UPDATE SET \
             name = COALESCE(excluded.name, person.name), \
             given_name = COALESCE(excluded.given_name, person.given_name), \
             family_name = COALESCE(excluded.family_name, person.family_name) \
             WHERE person.erased_at IS NULL AND \
             (COALESCE(excluded.name, person.name) IS DISTINCT FROM person.name OR \
             COALESCE(excluded.given_name, person.given_name) IS DISTINCT FROM person.given_name OR \
             COALESCE(excluded.family_name, person.family_name) IS DISTINCT FROM person.family_name)"
        )
    };
}

macro_rules! accounts {
    ($dialect:ident) => {
        concat!(
            "INSERT INTO account (registration, institution, subject, person) \
             SELECT $3, $2, e.value ->> 'subject', p.id FROM ",
            each!($dialect),
            " JOIN person p ON p.id = ",
            id!($dialect),
            " WHERE p.institution = $2 AND p.erased_at IS NULL AND e.value ->> 'left' IS NULL \
             ON CONFLICT (registration, institution, subject) DO NOTHING"
        )
    };
}

/// Who left keeps the roles of before, and the day on which it was first said.
macro_rules! members {
    ($dialect:ident) => {
        concat!(
            "INSERT INTO roster_member (institution, context, person, roles, member_groups, \
             listed_at, left_at) SELECT $2, $3, p.id, e.value ->> 'roles', e.value ->> 'groups', \
             $4, CASE WHEN e.value ->> 'left' IS NOT NULL THEN $4 END FROM ",
            each!($dialect),
            " JOIN person p ON p.id = ",
            id!($dialect),
            " WHERE p.institution = $2 AND p.erased_at IS NULL \
             ON CONFLICT (institution, context, person) DO UPDATE SET \
             roles = CASE WHEN excluded.left_at IS NULL THEN excluded.roles \
             ELSE roster_member.roles END, \
             member_groups = CASE WHEN excluded.left_at IS NULL THEN excluded.member_groups \
             ELSE roster_member.member_groups END, \
             changed_at = CASE WHEN excluded.left_at IS NULL \
             AND excluded.roles <> roster_member.roles THEN excluded.listed_at \
             ELSE roster_member.changed_at END, \
             listed_at = excluded.listed_at, \
             left_at = CASE WHEN excluded.left_at IS NULL THEN NULL \
             ELSE COALESCE(roster_member.left_at, excluded.left_at) END"
        )
    };
}

macro_rules! missing {
    ($dialect:ident) => {
        concat!(
            "UPDATE roster_member SET left_at = $4 WHERE institution = $2 AND context = $3 \
             AND left_at IS NULL AND person NOT IN (SELECT ",
            id!($dialect),
            " FROM ",
            each!($dialect),
            ")"
        )
    };
}

impl Store {
    /// Writes a list that was read, unless one that was asked for later is there already. Nobody is
    /// ever taken away: who has left is marked.
    pub async fn record_roster(&self, write: RosterWrite) -> Result<(), StoreError> {
        let list = json_list(&write);
        let now = millis(write.now);
        let (institution, context) = (write.institution.0, write.context.0);
        let registration = write.registration.0;
        let RosterWrite {
            is_whole,
            differences_url,
            course_groups,
            ..
        } = write;
        self.write(move |tx| {
            Box::pin(async move {
                let newest = execute!(
                    tx,
                    "INSERT INTO roster (institution, context, asked_at, answered_at, read_at, \
                     whole_at, differences_url, course_groups) \
                     VALUES ($1, $2, $3, $3, $3, $4, $5, COALESCE($6, '[]')) \
                     ON CONFLICT (institution, context) DO UPDATE SET \
                     answered_at = excluded.answered_at, read_at = excluded.read_at, \
                     whole_at = COALESCE(excluded.whole_at, roster.whole_at), \
                     differences_url = excluded.differences_url, failure = NULL, \
                     course_groups = COALESCE($6, roster.course_groups) \
                     WHERE roster.read_at IS NULL OR roster.read_at <= excluded.read_at",
                    institution,
                    context,
                    now,
                    is_whole.then_some(now),
                    differences_url.as_deref(),
                    course_groups.as_deref(),
                )?;
                if newest == 0 {
                    // Another reading began later and ended earlier.
                    return Ok(());
                }
                let list = list.as_str();
                execute!(
                    tx,
                    [people!(sqlite), people!(postgres)],
                    list,
                    institution,
                    now
                )?;
                execute!(
                    tx,
                    [accounts!(sqlite), accounts!(postgres)],
                    list,
                    institution,
                    registration
                )?;
                execute!(
                    tx,
                    [members!(sqlite), members!(postgres)],
                    list,
                    institution,
                    context,
                    now
                )?;
                if is_whole {
                    execute!(
                        tx,
                        [missing!(sqlite), missing!(postgres)],
                        list,
                        institution,
                        context,
                        now
                    )?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// One JSON text holds the whole list, so that a course of a thousand is a few statements.
fn json_list(write: &RosterWrite) -> String {
    let mut people: Vec<_> = write
        .people
        .iter()
        .map(|listed| {
            let id = person_id(write.registration, write.institution, &listed.subject);
            (id, listed)
        })
        .collect();
    // In one order everywhere, so that two lists with the same people do not lock each other out.
    people.sort_unstable_by_key(|(id, _)| *id);
    let entry = |(id, listed): (PersonId, &ListedPerson)| {
        json!({
            "person": id.0.simple().to_string(),
            "pseudonym": Uuid::new_v4().to_string(),
            "subject": listed.subject,
            "name": listed.name,
            "given": listed.given_name,
            "family": listed.family_name,
            "roles": texts(&listed.roles),
            "groups": texts(&listed.groups),
            "left": listed.has_left.then_some("yes"),
        })
    };
    people.into_iter().map(entry).collect::<Value>().to_string()
}
