//! What lets a browser administer an institution: a sign-in link that works once, and the session
//! that it becomes.

use chrono::{DateTime, Utc};
use mtl_programme::InstitutionId;
use uuid::Uuid;

use super::invitations::audit;
use crate::column::{At, millis};
use crate::transaction::{execute, fetch_optional};
use crate::{Store, StoreError};

/// A live session of an administrator.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct AdminGrant {
    /// The institution that may be administered.
    #[sqlx(try_from = "Uuid")]
    pub institution: InstitutionId,
    /// When it ends.
    #[sqlx(try_from = "At")]
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// Keeps the hash of a sign-in link, with its line in the audit trail.
    pub async fn add_admin_link(
        &self,
        institution: InstitutionId,
        token_hash: Vec<u8>,
        expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO admin_grant (token_hash, institution, kind, created_at, expires_at) \
                     VALUES ($1, $2, 'link', $3, $4)",
                    token_hash,
                    institution.0,
                    millis(now),
                    millis(expires_at),
                )?;
                audit("admin.invited", "institution", institution.to_string())
                    .record(tx, institution, now)
                    .await
            })
        })
        .await
    }

    /// Exchanges a sign-in link for a session: once, while it lives. Answers the institution.
    pub async fn exchange_admin_link(
        &self,
        link_hash: Vec<u8>,
        session_hash: Vec<u8>,
        session_ends: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<InstitutionId>, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let taken: Option<(Uuid,)> = fetch_optional!(
                    tx,
                    (Uuid,),
                    "DELETE FROM admin_grant WHERE token_hash = $1 AND kind = 'link' \
                     AND expires_at > $2 RETURNING institution",
                    link_hash,
                    millis(now),
                )?;
                let Some((institution,)) = taken else {
                    return Ok(None);
                };
                let institution = InstitutionId(institution);
                execute!(
                    tx,
                    "INSERT INTO admin_grant (token_hash, institution, kind, created_at, expires_at) \
                     VALUES ($1, $2, 'session', $3, $4)",
                    session_hash,
                    institution.0,
                    millis(now),
                    millis(session_ends),
                )?;
                audit("admin.signed_in", "institution", institution.to_string())
                    .record(tx, institution, now)
                    .await?;
                Ok(Some(institution))
            })
        })
        .await
    }

    /// The administrator's session of this token's hash, if it has not ended.
    pub async fn find_admin_session(
        &self,
        token_hash: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Result<Option<AdminGrant>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    AdminGrant,
                    "SELECT institution, expires_at FROM admin_grant \
                     WHERE token_hash = $1 AND kind = 'session' AND expires_at > $2",
                    token_hash,
                    millis(now),
                )
            })
        })
        .await
    }

    /// Ends a session of an administrator.
    pub async fn end_admin_session(&self, token_hash: Vec<u8>) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "DELETE FROM admin_grant WHERE token_hash = $1",
                    token_hash
                )?;
                Ok(())
            })
        })
        .await
    }
}
