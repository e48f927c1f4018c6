//! Invitations: each lets one platform register itself, once.

use chrono::{DateTime, Utc};
use mtl_programme::{InstitutionId, RegistrationId};
use uuid::Uuid;

use crate::column::{At, MaybeAt, MaybeId, millis, texts};
use crate::launch::NewRegistration;
use crate::natural_ids::{deployment_id, registration_id};
use crate::outbox::AuditEntry;
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError, Tx};

/// An invitation, without its token.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Invitation {
    /// Its identifier.
    pub id: Uuid,
    /// Who invites.
    #[sqlx(try_from = "Uuid")]
    pub institution: InstitutionId,
    /// Whether several institutions will share the registration.
    pub shared: bool,
    /// Whether the registration takes new deployments by itself.
    pub allow_new_deployments: bool,
    /// When it was made.
    #[sqlx(try_from = "At")]
    pub created_at: DateTime<Utc>,
    /// Until when it works.
    #[sqlx(try_from = "At")]
    pub expires_at: DateTime<Utc>,
    /// When a platform used it.
    #[sqlx(try_from = "MaybeAt")]
    pub used_at: Option<DateTime<Utc>>,
    /// The registration that it led to.
    #[sqlx(try_from = "MaybeId")]
    pub registration: Option<RegistrationId>,
}

/// An invitation that is made.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// SHA-256 of its token.
    pub token_hash: Vec<u8>,
    /// Who invites.
    pub institution: InstitutionId,
    /// Whether several institutions will share the registration.
    pub shared: bool,
    /// Whether the registration takes new deployments by itself.
    pub allow_new_deployments: bool,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// `SELECT` of all columns with a condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, institution, shared, allow_new_deployments, created_at, expires_at, \
             used_at, registration FROM invitation ",
            $condition
        )
    };
}

impl Store {
    /// Makes an invitation, with its line in the audit trail.
    pub async fn add_invitation(
        &self,
        new: NewInvitation,
        now: DateTime<Utc>,
    ) -> Result<Uuid, StoreError> {
        let id = Uuid::now_v7();
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO invitation (id, token_hash, institution, shared, \
                     allow_new_deployments, created_at, expires_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    id,
                    new.token_hash,
                    new.institution.0,
                    new.shared,
                    new.allow_new_deployments,
                    millis(now),
                    millis(new.expires_at),
                )?;
                audit("platform.invited", "invitation", id.to_string())
                    .record(tx, new.institution, now)
                    .await?;
                Ok(id)
            })
        })
        .await
    }

    /// The invitation of a token's hash, used and expired ones too.
    pub async fn find_invitation(
        &self,
        token_hash: Vec<u8>,
    ) -> Result<Option<Invitation>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(tx, Invitation, select!("WHERE token_hash = $1"), token_hash)
            })
        })
        .await
    }

    /// The invitations of an institution that can still be used.
    pub async fn list_open_invitations(
        &self,
        institution: InstitutionId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Invitation>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    Invitation,
                    select!(
                        "WHERE institution = $1 AND used_at IS NULL AND expires_at > $2 \
                         ORDER BY created_at"
                    ),
                    institution.0,
                    millis(now),
                )
            })
        })
        .await
    }

    /// Records what a platform answered to an invitation: registration, scopes, deployment, audit
    /// line, and that the invitation is used, all at once. Of two at once the second is refused.
    ///
    /// A registration of the same issuer and client id is brought up to date, but only where the
    /// invitation's institution owns it: nobody can take over another's platform.
    pub async fn record_registration(
        &self,
        invitation: Uuid,
        new: NewRegistration,
        scopes: Vec<String>,
        lms_deployment: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<RegistrationId, StoreError> {
        let id = registration_id(&new.issuer, &new.client_id);
        self.write(move |tx| {
            Box::pin(async move {
                let Some(invitation) =
                    fetch_optional!(tx, Invitation, select!("WHERE id = $1"), invitation)?
                else {
                    return Err(StoreError::NotFound("invitation"));
                };
                // First, because of two at once the second waits here for what becomes of the first.
                let used = execute!(
                    tx,
                    "UPDATE invitation SET used_at = $2 WHERE id = $1 AND used_at IS NULL",
                    invitation.id,
                    millis(now),
                )?;
                if used == 0 {
                    return Err(StoreError::refused(
                        "invitation_used",
                        "the invitation was used already",
                    ));
                }
                upsert(tx, id, &new, &scopes, now).await?;
                execute!(
                    tx,
                    "UPDATE invitation SET registration = $2 WHERE id = $1",
                    invitation.id,
                    id.0,
                )?;
                if let Some(lms_deployment) = lms_deployment
                    && let Some(institution) = new.institution
                {
                    execute!(
                        tx,
                        "INSERT INTO deployment \
                         (id, registration, lms_deployment, institution, accepted_at) \
                         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
                        deployment_id(id, &lms_deployment).0,
                        id.0,
                        lms_deployment,
                        institution.0,
                        millis(now),
                    )?;
                }
                audit("platform.registered", "registration", id.to_string())
                    .record(tx, invitation.institution, now)
                    .await?;
                Ok(id)
            })
        })
        .await
    }
}

async fn upsert(
    tx: &mut Tx<'_>,
    id: RegistrationId,
    new: &NewRegistration,
    scopes: &[String],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let institution = new.institution.map(|institution| institution.0);
    // The condition leaves the row of another owner as it is.
    let written = execute!(
        tx,
        "INSERT INTO registration (id, institution, name, issuer, client_id, auth_url, \
         token_url, token_audience, jwks_url, frame_origins, product, \
         allow_new_deployments, scopes, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, auth_url = excluded.auth_url, \
         token_url = excluded.token_url, token_audience = excluded.token_audience, \
         jwks_url = excluded.jwks_url, frame_origins = excluded.frame_origins, \
         product = excluded.product, allow_new_deployments = excluded.allow_new_deployments, \
         scopes = excluded.scopes \
         WHERE registration.institution = excluded.institution \
         OR (registration.institution IS NULL AND excluded.institution IS NULL)",
        id.0,
        institution,
        &new.name,
        &new.issuer,
        &new.client_id,
        &new.auth_url,
        &new.token_url,
        &new.token_audience,
        &new.jwks_url,
        texts(&new.frame_origins),
        &new.product,
        new.allow_new_deployments,
        texts(scopes),
        millis(now),
    )?;
    if written == 0 {
        return Err(StoreError::refused(
            "registration_of_another_institution",
            "this client id is registered for somebody else already",
        ));
    }
    Ok(())
}

/// An entry by an operator or administrator, who are no people of the bridge.
pub(super) fn audit(action: &str, kind: &str, object: String) -> AuditEntry {
    AuditEntry {
        actor: None,
        action: action.to_owned(),
        object_kind: kind.to_owned(),
        object,
        details: serde_json::json!({}),
    }
}
