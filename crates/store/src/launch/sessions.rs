//! Sessions and launches, as the pages look them up.

use chrono::{DateTime, Utc};
use mtl_programme::{
    ContextId, DeploymentId, InstitutionId, LaunchId, PersonId, RegistrationId, ResourceLinkId,
};
use uuid::Uuid;

use crate::column::{At, MaybeId, Texts, millis};
use crate::transaction::{execute, fetch_optional};
use crate::{Store, StoreError};

/// A browser's session.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Session {
    /// The institution.
    #[sqlx(try_from = "Uuid")]
    pub institution: InstitutionId,
    /// Whose it is.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// When it ends.
    #[sqlx(try_from = "At")]
    pub expires_at: DateTime<Utc>,
}

/// One launch by one person.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Launch {
    /// Its identifier.
    #[sqlx(try_from = "Uuid")]
    pub id: LaunchId,
    /// The institution.
    #[sqlx(try_from = "Uuid")]
    pub institution: InstitutionId,
    /// Who launched.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// The platform.
    #[sqlx(try_from = "Uuid")]
    pub registration: RegistrationId,
    /// The deployment.
    #[sqlx(try_from = "Uuid")]
    pub deployment: DeploymentId,
    /// The course.
    #[sqlx(try_from = "Uuid")]
    pub context: ContextId,
    /// The link; absent in a launch that picks content.
    #[sqlx(try_from = "MaybeId")]
    pub resource_link: Option<ResourceLinkId>,
    /// The person's roles, as the platform wrote them.
    #[sqlx(try_from = "Texts")]
    pub roles: Vec<String>,
    /// What they are here in one word.
    pub role_kind: String,
    /// The message's type.
    pub message_type: String,
    /// Where the person goes back to.
    pub return_url: Option<String>,
    /// The person's language.
    pub locale: Option<String>,
    /// What else the launch said that later pages need, as JSON.
    pub details: Option<String>,
    /// When.
    #[sqlx(try_from = "At")]
    pub created_at: DateTime<Utc>,
}

/// A launch in a session of its person, with what every page shows.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct SessionLaunch {
    /// The launch.
    #[sqlx(flatten)]
    pub launch: Launch,
    /// The person's name, where it is known.
    pub person_name: Option<String>,
    /// The course's title.
    pub context_title: Option<String>,
    /// The activity of the link, `programme/activity`, where it is bound.
    pub activity: Option<String>,
    /// Origins that may frame the page.
    #[sqlx(try_from = "Texts")]
    pub frame_origins: Vec<String>,
    /// When the session ends.
    #[sqlx(try_from = "At")]
    pub session_expires_at: DateTime<Utc>,
}

impl Store {
    /// The session of this token's hash, if it has not ended.
    pub async fn find_session(
        &self,
        token_hash: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Result<Option<Session>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    Session,
                    "SELECT institution, person, expires_at FROM session \
                     WHERE token_hash = $1 AND expires_at > $2",
                    token_hash,
                    millis(now),
                )
            })
        })
        .await
    }

    /// A launch, in the session of the person who made it: one look-up for a page. A session of
    /// someone else, or one that has ended, finds nothing.
    pub async fn find_session_launch(
        &self,
        token_hash: Vec<u8>,
        launch: LaunchId,
        now: DateTime<Utc>,
    ) -> Result<Option<SessionLaunch>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    SessionLaunch,
                    "SELECT l.id, l.institution, l.person, l.registration, l.deployment, \
                     l.context, l.resource_link, l.roles, l.role_kind, l.message_type, \
                     l.return_url, l.locale, l.details, l.created_at, \
                     p.name AS person_name, c.title AS context_title, r.activity, \
                     g.frame_origins, s.expires_at AS session_expires_at \
                     FROM session s \
                     JOIN launch l ON l.person = s.person AND l.institution = s.institution \
                     JOIN registration g ON g.id = l.registration \
                     LEFT JOIN person p ON p.id = l.person \
                     LEFT JOIN context c ON c.id = l.context \
                     LEFT JOIN resource_link r ON r.id = l.resource_link \
                     WHERE s.token_hash = $1 AND s.expires_at > $2 AND l.id = $3",
                    token_hash,
                    millis(now),
                    launch.0,
                )
            })
        })
        .await
    }

    /// The launch of this id in the institution.
    pub async fn find_launch(
        &self,
        institution: InstitutionId,
        launch: LaunchId,
    ) -> Result<Option<Launch>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    Launch,
                    "SELECT id, institution, person, registration, deployment, context, \
                     resource_link, roles, role_kind, message_type, return_url, locale, details, \
                     created_at FROM launch WHERE institution = $1 AND id = $2",
                    institution.0,
                    launch.0,
                )
            })
        })
        .await
    }

    /// Ends a session.
    pub async fn end_session(&self, token_hash: Vec<u8>) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                execute!(tx, "DELETE FROM session WHERE token_hash = $1", token_hash)?;
                Ok(())
            })
        })
        .await
    }
}
