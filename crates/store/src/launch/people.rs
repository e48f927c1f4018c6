//! People, their accounts at platforms, and what they are in a course.

use chrono::{DateTime, Utc};
use mtl_programme::{ContextId, InstitutionId, PersonId, RegistrationId};
use uuid::Uuid;

use crate::column::{At, MaybeAt, Texts, UuidText};
use crate::transaction::{fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// A person in one institution.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Person {
    /// Their identifier.
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    /// Random; statements name the person by it.
    #[sqlx(try_from = "UuidText")]
    pub pseudonym: Uuid,
    /// Their name, where the platform sends it.
    pub name: Option<String>,
    /// Their given name.
    pub given_name: Option<String>,
    /// Their family name.
    pub family_name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// When they were erased.
    #[sqlx(try_from = "MaybeAt")]
    pub erased_at: Option<DateTime<Utc>>,
}

/// A person's account at a platform.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Account {
    /// The platform's registration.
    #[sqlx(try_from = "Uuid")]
    pub registration: RegistrationId,
    /// The platform's `sub`: the user id of scores.
    pub subject: String,
}

/// A person in a course.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Membership {
    /// The course.
    #[sqlx(try_from = "Uuid")]
    pub context: ContextId,
    /// The person.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// Their roles, as the platform wrote them.
    #[sqlx(try_from = "Texts")]
    pub roles: Vec<String>,
    /// What they are here in one word.
    pub role_kind: String,
    /// The platform's user ids of those whom they mentor here.
    #[sqlx(try_from = "Texts")]
    pub mentees: Vec<String>,
    /// When they last launched from here, to within the hour.
    #[sqlx(try_from = "At")]
    pub last_seen_at: DateTime<Utc>,
}

impl Store {
    /// The person of this id in the institution.
    pub async fn load_person(
        &self,
        institution: InstitutionId,
        person: PersonId,
    ) -> Result<Person, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    Person,
                    "SELECT id, pseudonym, name, given_name, family_name, email, erased_at \
                     FROM person WHERE id = $1 AND institution = $2",
                    person.0,
                    institution.0,
                )
            })
        })
        .await?
        .ok_or(StoreError::NotFound("person"))
    }

    /// The accounts of a person.
    pub async fn list_accounts(
        &self,
        institution: InstitutionId,
        person: PersonId,
    ) -> Result<Vec<Account>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    Account,
                    "SELECT registration, subject FROM account \
                     WHERE person = $1 AND institution = $2 ORDER BY registration",
                    person.0,
                    institution.0,
                )
            })
        })
        .await
    }

    /// The person behind a platform's user id.
    pub async fn find_person_by_subject(
        &self,
        institution: InstitutionId,
        registration: RegistrationId,
        subject: String,
    ) -> Result<Option<PersonId>, StoreError> {
        let found = self
            .read(move |tx| {
                Box::pin(async move {
                    fetch_optional!(
                        tx,
                        (Uuid,),
                        "SELECT person FROM account \
                         WHERE registration = $1 AND institution = $2 AND subject = $3",
                        registration.0,
                        institution.0,
                        subject,
                    )
                })
            })
            .await?;
        Ok(found.map(|(person,)| PersonId(person)))
    }

    /// Everyone who ever launched from a course.
    pub async fn list_memberships(
        &self,
        institution: InstitutionId,
        context: ContextId,
    ) -> Result<Vec<Membership>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    Membership,
                    "SELECT m.context, m.person, p.name, m.roles, m.role_kind, m.mentees, \
                     m.last_seen_at FROM membership m JOIN person p ON p.id = m.person \
                     WHERE m.institution = $1 AND m.context = $2 ORDER BY p.name, m.person",
                    institution.0,
                    context.0,
                )
            })
        })
        .await
    }

    /// What a person is in a course, if they ever launched from it.
    pub async fn find_membership(
        &self,
        institution: InstitutionId,
        context: ContextId,
        person: PersonId,
    ) -> Result<Option<Membership>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    Membership,
                    "SELECT m.context, m.person, p.name, m.roles, m.role_kind, m.mentees, \
                     m.last_seen_at FROM membership m JOIN person p ON p.id = m.person \
                     WHERE m.institution = $1 AND m.context = $2 AND m.person = $3",
                    institution.0,
                    context.0,
                    person.0,
                )
            })
        })
        .await
    }
}
