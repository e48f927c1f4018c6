//! Registrations: how a platform and the bridge know each other.

use chrono::{DateTime, Utc};
use mtl_programme::{InstitutionId, RegistrationId};
use uuid::Uuid;

use crate::column::{At, MaybeId, MaybeTexts, Texts, millis, texts};
use crate::natural_ids::registration_id;
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// A platform's registration: one pair of issuer and client id.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Registration {
    /// Its identifier.
    #[sqlx(try_from = "Uuid")]
    pub id: RegistrationId,
    /// The institution that it belongs to; absent where several share it, and then only its
    /// deployments say whose a launch is.
    #[sqlx(try_from = "MaybeId")]
    pub institution: Option<InstitutionId>,
    /// What operators call it.
    pub name: String,
    /// The platform's issuer.
    pub issuer: String,
    /// Our client id there.
    pub client_id: String,
    /// The platform's authorisation endpoint.
    pub auth_url: String,
    /// The platform's token endpoint.
    pub token_url: String,
    /// The audience of assertions, where it is not the token endpoint.
    pub token_audience: Option<String>,
    /// The platform's key set.
    pub jwks_url: String,
    /// Origins of the platform's pages, which may frame the bridge and where its services may be.
    #[sqlx(try_from = "Texts")]
    pub frame_origins: Vec<String>,
    /// The product, such as `moodle`, where its peculiarities matter.
    pub product: Option<String>,
    /// Whether a verified launch from an unknown deployment adds it.
    pub allow_new_deployments: bool,
    /// The scopes that the platform granted when it was registered, where it said so.
    #[sqlx(try_from = "MaybeTexts")]
    pub scopes: Option<Vec<String>>,
    /// When it was added.
    #[sqlx(try_from = "At")]
    pub created_at: DateTime<Utc>,
}

/// A registration that is added.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields of `Registration`")]
pub struct NewRegistration {
    pub institution: Option<InstitutionId>,
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    pub auth_url: String,
    pub token_url: String,
    pub token_audience: Option<String>,
    pub jwks_url: String,
    pub frame_origins: Vec<String>,
    pub product: Option<String>,
    pub allow_new_deployments: bool,
}

/// `SELECT` of all columns with a condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, institution, name, issuer, client_id, auth_url, token_url, token_audience, \
             jwks_url, frame_origins, product, allow_new_deployments, scopes, created_at \
             FROM registration ",
            $condition
        )
    };
}

impl Store {
    /// Adds a registration; its id follows from issuer and client id. One that is shared between
    /// institutions never takes new deployments by itself.
    pub async fn add_registration(
        &self,
        new: NewRegistration,
        now: DateTime<Utc>,
    ) -> Result<RegistrationId, StoreError> {
        if new.institution.is_none() && new.allow_new_deployments {
            return Err(StoreError::refused(
                "registration_shared",
                "a registration that several institutions share cannot accept new deployments by \
                 itself: add each deployment with its institution",
            ));
        }
        let id = registration_id(&new.issuer, &new.client_id);
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO registration (id, institution, name, issuer, client_id, auth_url, \
                     token_url, token_audience, jwks_url, frame_origins, product, \
                     allow_new_deployments, created_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                    id.0,
                    new.institution.map(|institution| institution.0),
                    new.name,
                    new.issuer,
                    new.client_id,
                    new.auth_url,
                    new.token_url,
                    new.token_audience,
                    new.jwks_url,
                    texts(&new.frame_origins),
                    new.product,
                    new.allow_new_deployments,
                    millis(now),
                )?;
                Ok(id)
            })
        })
        .await
    }

    /// The registrations of an issuer: login narrows them by the client id where one was sent.
    pub async fn find_registrations(
        &self,
        issuer: impl Into<String>,
    ) -> Result<Vec<Registration>, StoreError> {
        let issuer = issuer.into();
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    Registration,
                    select!("WHERE issuer = $1 ORDER BY client_id"),
                    issuer
                )
            })
        })
        .await
    }

    /// The registration of this id.
    pub async fn load_registration(&self, id: RegistrationId) -> Result<Registration, StoreError> {
        self.read(move |tx| {
            Box::pin(
                async move { fetch_optional!(tx, Registration, select!("WHERE id = $1"), id.0) },
            )
        })
        .await?
        .ok_or(StoreError::NotFound("registration"))
    }

    /// The registrations that an institution uses: its own, and shared ones with a deployment of its.
    pub async fn list_registrations_of(
        &self,
        institution: InstitutionId,
    ) -> Result<Vec<Registration>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    Registration,
                    select!(
                        "WHERE institution = $1 OR (institution IS NULL AND id IN \
                         (SELECT registration FROM deployment WHERE institution = $1)) \
                         ORDER BY name, issuer, client_id"
                    ),
                    institution.0,
                )
            })
        })
        .await
    }

    /// All registrations.
    pub async fn list_registrations(&self) -> Result<Vec<Registration>, StoreError> {
        self.read(|tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    Registration,
                    select!("ORDER BY name, issuer, client_id")
                )
            })
        })
        .await
    }
}
