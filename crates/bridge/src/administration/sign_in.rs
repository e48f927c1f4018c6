//! How an administrator gets in: by a link that an operator makes with a command. It works once and
//! becomes a session of this institution.
//!
//! A launch with an administrator's role does not do: the first platform is registered before there
//! is any launch, and whoever administers one platform must not change the others.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_programme::InstitutionId;
use mtl_store::StoreError;
use mtl_store::launch::Institution;
use url::Url;

use crate::Bridge;
use crate::institutions::SetupError;
use crate::secret::{random_token, token_hash};

/// How long a sign-in link works.
pub const ADMIN_LINK_LIFETIME: TimeDelta = TimeDelta::minutes(30);
/// How long an administrator stays signed in.
pub const ADMIN_SESSION_LIFETIME: TimeDelta = TimeDelta::hours(8);

/// Why an administrator's page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The link was used, has run out, or never was one.
    #[error("the sign-in link does not work any more")]
    LinkSpent,
    /// No session, or one that has ended.
    #[error("there is no administrator's session")]
    NoSession,
    /// There is no such platform in this institution.
    #[error("there is no such platform in this institution")]
    UnknownPlatform,
    /// What was entered cannot be used.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
}

impl AdminError {
    /// A stable name for logs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::LinkSpent => "admin_link_spent",
            Self::NoSession => "admin_session_missing",
            Self::UnknownPlatform => "platform_unknown",
            Self::Setup(_) => "setup",
            Self::Store(error) => error.code(),
        }
    }
}

/// A sign-in link to give away. The address is shown this once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdminLink {
    /// The address.
    pub url: Url,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// A session that has begun.
#[derive(Clone, Debug)]
pub struct AdminSession {
    /// For the cookie.
    pub token: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Who administers which institution.
#[derive(Clone, Debug)]
pub struct Admin {
    /// The institution.
    pub institution: Institution,
    /// The token of every form in this session.
    pub form_token: String,
}

impl Bridge {
    /// Makes a sign-in link for an administrator of an institution.
    pub async fn invite_administrator(
        &self,
        institution: InstitutionId,
    ) -> Result<AdminLink, SetupError> {
        let token = random_token();
        let now = self.now();
        let expires_at = now + ADMIN_LINK_LIFETIME;
        self.store()
            .add_admin_link(institution, token_hash(&token).to_vec(), expires_at, now)
            .await?;
        let mut url = self.tool_url().as_url().clone();
        url.set_path(&format!("{}admin/sign-in/{token}", url.path()));
        Ok(AdminLink { url, expires_at })
    }

    /// Exchanges a sign-in link for a session.
    pub async fn sign_administrator_in(&self, link: &str) -> Result<AdminSession, AdminError> {
        let token = random_token();
        let now = self.now();
        let expires_at = now + ADMIN_SESSION_LIFETIME;
        self.store()
            .exchange_admin_link(
                token_hash(link).to_vec(),
                token_hash(&token).to_vec(),
                expires_at,
                now,
            )
            .await?
            .ok_or(AdminError::LinkSpent)?;
        Ok(AdminSession { token, expires_at })
    }

    /// Who has this session.
    pub async fn load_administrator(&self, session_token: &str) -> Result<Admin, AdminError> {
        let hash = token_hash(session_token).to_vec();
        let grant = self
            .store()
            .find_admin_session(hash, self.now())
            .await?
            .ok_or(AdminError::NoSession)?;
        Ok(Admin {
            institution: self.store().load_institution(grant.institution).await?,
            form_token: self
                .form_signer()
                .sign(format!("admin {session_token}").as_bytes()),
        })
    }

    /// Ends a session.
    pub async fn sign_administrator_out(&self, session_token: &str) -> Result<(), AdminError> {
        let hash = token_hash(session_token).to_vec();
        Ok(self.store().end_admin_session(hash).await?)
    }
}
