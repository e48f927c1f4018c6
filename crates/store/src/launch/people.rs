//! What people are in a course.

use chrono::{DateTime, Utc};
use mtl_programme::{ContextId, InstitutionId, PersonId};
use uuid::Uuid;

use crate::column::{At, Texts};
use crate::transaction::fetch_optional;
use crate::{Store, StoreError};

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
