//! A visit: a browser's session on one launch, with all that a page must know, in one query.

use chrono::{DateTime, Utc};
use mtl_programme::{
    ContextId, DeploymentId, InstitutionId, LaunchId, PersonId, RegistrationId, ResourceLinkId,
};
use uuid::Uuid;

use crate::column::{At, MaybeAt, MaybeId, Texts, UuidText};
use crate::transaction::fetch_optional;
use crate::{Store, StoreError};

/// A launch as a browser's session sees it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct VisitRow {
    /// The institution.
    #[sqlx(try_from = "Uuid")]
    pub institution: InstitutionId,
    /// The institution's IRI, under which statements stand.
    pub home_page: String,
    /// The institution's time zone, an IANA name.
    pub time_zone: String,
    /// How statements name people.
    pub actor_naming: String,
    /// The institution's own learning record store, where it has one.
    pub lrs_endpoint: Option<String>,
    /// The version that it speaks.
    pub lrs_version: Option<String>,
    /// Who launched.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// Their name.
    pub name: Option<String>,
    /// Their pseudonym.
    #[sqlx(try_from = "UuidText")]
    pub pseudonym: Uuid,
    /// Their id in the platform.
    pub subject: Option<String>,
    /// The registration.
    #[sqlx(try_from = "Uuid")]
    pub registration: RegistrationId,
    /// The platform's name.
    pub platform: String,
    /// Origins that frame the platform's tools.
    #[sqlx(try_from = "Texts")]
    pub frame_origins: Vec<String>,
    /// The deployment.
    #[sqlx(try_from = "Uuid")]
    pub deployment: DeploymentId,
    /// The course.
    #[sqlx(try_from = "MaybeId")]
    pub context: Option<ContextId>,
    /// Its title.
    pub context_title: Option<String>,
    /// When the course was first seen.
    #[sqlx(try_from = "MaybeAt")]
    pub context_created_at: Option<DateTime<Utc>>,
    /// The link.
    #[sqlx(try_from = "MaybeId")]
    pub resource_link: Option<ResourceLinkId>,
    /// Its title.
    pub link_title: Option<String>,
    /// The activity that it is bound to.
    pub activity: Option<String>,
    /// When it is due, where the platform or its tutor has set a date for it.
    #[sqlx(try_from = "MaybeAt")]
    pub link_due_at: Option<DateTime<Utc>>,
    /// Whether its marks have a column.
    pub has_line_item: bool,
    /// The roles that the launch gave.
    #[sqlx(try_from = "Texts")]
    pub roles: Vec<String>,
    /// Whether someone was paired with the person as their coach in this course.
    pub is_coach: bool,
    /// Where the platform wants the person back.
    pub return_url: Option<String>,
    /// The language of the launch.
    pub locale: Option<String>,
    /// What else the launch said that its pages need, as JSON.
    pub details: Option<String>,
    /// Whose session the browser holds; none where it holds none that is known.
    #[sqlx(try_from = "MaybeId")]
    pub session_person: Option<PersonId>,
    /// When that session ends.
    #[sqlx(try_from = "MaybeAt")]
    pub session_expires_at: Option<DateTime<Utc>>,
    /// When the launch was made.
    #[sqlx(try_from = "At")]
    pub launched_at: DateTime<Utc>,
}

impl Store {
    /// A launch with the session of a token's hash. The institution comes out of the launch: this
    /// is where a request gets it from.
    pub async fn find_visit(
        &self,
        session_hash: [u8; 32],
        launch: LaunchId,
    ) -> Result<Option<VisitRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    VisitRow,
                    "SELECT l.institution, i.home_page, i.time_zone, i.actor_naming, \
                     i.lrs_endpoint, i.lrs_version, l.person, p.name, p.pseudonym, a.subject, \
                     l.registration, r.name AS platform, r.frame_origins, l.deployment, l.context, \
                     c.title AS context_title, c.created_at AS context_created_at, \
                     l.resource_link, k.title AS link_title, k.activity, k.due_at AS link_due_at, \
                     k.line_item_url IS NOT NULL AS has_line_item, l.roles, \
                     EXISTS (SELECT 1 FROM pairing g WHERE g.institution = l.institution \
                     AND g.context = l.context AND g.coach = l.person AND g.ended_at IS NULL) \
                     AS is_coach, \
                     l.return_url, l.locale, l.details, s.person AS session_person, \
                     s.expires_at AS session_expires_at, l.created_at AS launched_at \
                     FROM launch l \
                     JOIN institution i ON i.id = l.institution \
                     JOIN person p ON p.id = l.person AND p.institution = l.institution \
                     JOIN registration r ON r.id = l.registration \
                     LEFT JOIN account a ON a.person = l.person \
                     AND a.registration = l.registration AND a.institution = l.institution \
                     LEFT JOIN context c ON c.id = l.context AND c.institution = l.institution \
                     LEFT JOIN resource_link k ON k.id = l.resource_link \
                     AND k.institution = l.institution \
                     LEFT JOIN session s ON s.token_hash = $1 AND s.institution = l.institution \
                     WHERE l.id = $2 LIMIT 1",
                    &session_hash[..],
                    launch.0,
                )
            })
        })
        .await
    }
}
