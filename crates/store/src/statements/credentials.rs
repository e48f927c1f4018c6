//! Who may use the embedded statement store: keys with hashed secrets and scopes, by institution.

use chrono::{DateTime, Utc};
use mtl_programme::InstitutionId;
use uuid::Uuid;

use crate::column::{At, MaybeAt, Texts, millis, texts};
use crate::ordered_ids::ordered_id;
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// A credential.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct LrsCredential {
    /// Its identifier.
    pub id: Uuid,
    /// The institution whose statements it opens.
    #[sqlx(try_from = "Uuid")]
    pub institution: InstitutionId,
    /// What operators call it.
    pub name: String,
    /// The public half, the user name of Basic authentication.
    pub access_key: String,
    /// The hash of the secret half.
    pub secret_hash: String,
    /// What it may do, such as `statements/write`.
    #[sqlx(try_from = "Texts")]
    pub scopes: Vec<String>,
    /// When it was made.
    #[sqlx(try_from = "At")]
    pub created_at: DateTime<Utc>,
    /// When it was revoked.
    #[sqlx(try_from = "MaybeAt")]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A credential that is added.
#[derive(Clone, Debug)]
pub struct NewLrsCredential {
    /// What operators call it.
    pub name: String,
    /// The public half, unique everywhere.
    pub access_key: String,
    /// The hash of the secret half.
    pub secret_hash: String,
    /// What it may do.
    pub scopes: Vec<String>,
}

/// `SELECT` of all columns with a condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, institution, name, access_key, secret_hash, scopes, created_at, revoked_at \
             FROM lrs_credential WHERE ",
            $condition
        )
    };
}

impl Store {
    /// Adds a credential.
    pub async fn add_lrs_credential(
        &self,
        institution: InstitutionId,
        new: NewLrsCredential,
        now: DateTime<Utc>,
    ) -> Result<Uuid, StoreError> {
        let id = ordered_id(now);
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO lrs_credential \
                     (id, institution, name, access_key, secret_hash, scopes, created_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    id,
                    institution.0,
                    new.name,
                    new.access_key,
                    new.secret_hash,
                    texts(&new.scopes),
                    millis(now),
                )?;
                Ok(id)
            })
        })
        .await
    }

    /// The credential of a key, unless it was revoked. The institution comes from it.
    pub async fn find_lrs_credential(
        &self,
        access_key: impl Into<String>,
    ) -> Result<Option<LrsCredential>, StoreError> {
        let access_key = access_key.into();
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    LrsCredential,
                    select!("access_key = $1 AND revoked_at IS NULL"),
                    access_key
                )
            })
        })
        .await
    }

    /// The credentials of an institution, revoked ones included.
    pub async fn list_lrs_credentials(
        &self,
        institution: InstitutionId,
    ) -> Result<Vec<LrsCredential>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    LrsCredential,
                    select!("institution = $1 ORDER BY id"),
                    institution.0
                )
            })
        })
        .await
    }

    /// Ends a credential.
    pub async fn revoke_lrs_credential(
        &self,
        institution: InstitutionId,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let revoked = execute!(
                    tx,
                    "UPDATE lrs_credential SET revoked_at = $3 \
                     WHERE institution = $1 AND id = $2 AND revoked_at IS NULL",
                    institution.0,
                    id,
                    millis(now),
                )?;
                (revoked == 1)
                    .then_some(())
                    .ok_or(StoreError::NotFound("credential"))
            })
        })
        .await
    }
}
