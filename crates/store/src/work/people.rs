//! The people of a course, and where one person's marks can go.

use chrono::{DateTime, Utc};
use mtl_programme::{
    ContextId, DeploymentId, InstitutionId, PersonId, RegistrationId, ResourceLinkId,
};
use uuid::Uuid;

use crate::column::{MaybeAt, Texts, UuidText};
use crate::transaction::{fetch_all, fetch_one};
use crate::{Store, StoreError};

/// A person of a course: who has opened the tool from it, or stands on the platform's list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MemberRow {
    /// The person.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// Their name.
    pub name: Option<String>,
    /// The roles that their newest launch gave; none where they never launched.
    #[sqlx(try_from = "Texts")]
    pub roles: Vec<String>,
    /// When they last launched, to within the hour.
    #[sqlx(try_from = "MaybeAt")]
    pub last_seen_at: Option<DateTime<Utc>>,
    /// The roles that the list gives.
    #[sqlx(try_from = "Texts")]
    pub listed_roles: Vec<String>,
    /// When they were last on the list, or said to have left it.
    #[sqlx(try_from = "MaybeAt")]
    pub listed_at: Option<DateTime<Utc>>,
    /// When the list first gave other roles than before.
    #[sqlx(try_from = "MaybeAt")]
    pub changed_at: Option<DateTime<Utc>>,
    /// Since when they are not on the list any more.
    #[sqlx(try_from = "MaybeAt")]
    pub left_at: Option<DateTime<Utc>>,
    /// The ids of the groups that they are in.
    #[sqlx(rename = "in_groups", try_from = "Texts")]
    pub groups: Vec<String>,
    /// When the whole list of the course was last read.
    #[sqlx(try_from = "MaybeAt")]
    pub whole_at: Option<DateTime<Utc>>,
}

/// How a person may be named in statements.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StatementNames {
    /// The random pseudonym.
    #[sqlx(try_from = "UuidText")]
    pub pseudonym: Uuid,
    /// The id in a platform.
    pub subject: Option<String>,
}

/// A link of a course in which a person can get marks.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Recipient {
    /// The link.
    #[sqlx(try_from = "Uuid")]
    pub resource_link: ResourceLinkId,
    /// Its course.
    #[sqlx(try_from = "Uuid")]
    pub context: ContextId,
    /// The registration.
    #[sqlx(try_from = "Uuid")]
    pub registration: RegistrationId,
    /// The deployment.
    #[sqlx(try_from = "Uuid")]
    pub deployment: DeploymentId,
    /// The platform's product, such as `moodle`.
    pub product: Option<String>,
    /// The person's id in the platform.
    pub subject: String,
    /// The platform's id of the link.
    pub lms_resource_link: String,
    /// The link's own column, as the platform named it or as it was found or made since.
    pub line_item_url: Option<String>,
    /// The course's collection of columns.
    pub lineitems_url: Option<String>,
    /// The scopes that the platform granted.
    #[sqlx(try_from = "Texts")]
    pub scopes: Vec<String>,
}

impl Store {
    /// Everybody who has opened the tool in a course or stands on the platform's list of it.
    pub async fn list_members(
        &self,
        institution: InstitutionId,
        context: ContextId,
    ) -> Result<Vec<MemberRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    MemberRow,
                    "SELECT k.person, p.name, COALESCE(m.roles, '[]') AS roles, m.last_seen_at, \
                     COALESCE(r.roles, '[]') AS listed_roles, r.listed_at, r.changed_at, \
                     r.left_at, COALESCE(r.member_groups, '[]') AS in_groups, s.whole_at \
                     FROM (SELECT person FROM membership WHERE institution = $1 AND context = $2 \
                     UNION SELECT person FROM roster_member \
                     WHERE institution = $1 AND context = $2) k \
                     JOIN person p ON p.id = k.person AND p.institution = $1 \
                     LEFT JOIN membership m ON m.institution = $1 AND m.context = $2 \
                     AND m.person = k.person \
                     LEFT JOIN roster_member r ON r.institution = $1 AND r.context = $2 \
                     AND r.person = k.person \
                     LEFT JOIN roster s ON s.institution = $1 AND s.context = $2 \
                     WHERE p.erased_at IS NULL ORDER BY p.name, k.person",
                    institution.0,
                    context.0,
                )
            })
        })
        .await
    }

    /// How statements may name a person.
    pub async fn load_statement_names(
        &self,
        institution: InstitutionId,
        person: PersonId,
    ) -> Result<StatementNames, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_one!(
                    tx,
                    StatementNames,
                    "SELECT p.pseudonym, a.subject FROM person p \
                     LEFT JOIN account a ON a.person = p.id AND a.institution = p.institution \
                     WHERE p.institution = $1 AND p.id = $2 ORDER BY a.registration LIMIT 1",
                    institution.0,
                    person.0,
                )
            })
        })
        .await
    }

    /// The links of all courses in which a person has an account.
    pub async fn list_recipients(
        &self,
        institution: InstitutionId,
        person: PersonId,
    ) -> Result<Vec<Recipient>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    Recipient,
                    "SELECT k.id AS resource_link, k.context, k.registration, k.deployment, \
                     r.product, a.subject, k.lms_resource_link, \
                     COALESCE(k.line_item_url, c.url) AS line_item_url, \
                     k.lineitems_url, k.scopes \
                     FROM membership m \
                     JOIN resource_link k ON k.institution = m.institution \
                     AND k.context = m.context \
                     JOIN registration r ON r.id = k.registration \
                     JOIN account a ON a.institution = m.institution AND a.person = m.person \
                     AND a.registration = k.registration \
                     LEFT JOIN gradebook_column c ON c.institution = k.institution \
                     AND c.resource_link = k.id \
                     WHERE m.institution = $1 AND m.person = $2 ORDER BY k.created_at, k.id",
                    institution.0,
                    person.0,
                )
            })
        })
        .await
    }
}
