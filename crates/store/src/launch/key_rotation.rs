//! A new signing key takes the place of the one that signs, and old ones leave.
//!
//! Exactly one key stays (its `retired_at` is absent): the newest. Whoever adds another one names the
//! key that it replaces, so of several replicas that rotate at once one succeeds.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::NewSigningKey;
use super::signing_keys::place;
use crate::column::millis;
use crate::outbox::{AuditEntry, INSTALLATION};
use crate::sealing::Sealer;
use crate::transaction::execute;
use crate::{Store, StoreError};

/// A new key and what it replaces.
#[derive(Clone, Debug)]
pub struct KeyRotation {
    /// The new key; it is published at once and signs from its `active_at`.
    pub new: NewSigningKey,
    /// The `kid` of the newest key until now.
    pub replaces: String,
    /// When that one and all older ones have left the published key set.
    pub others_leave_at: DateTime<Utc>,
}

impl Store {
    /// Adds a key in place of the newest one, with a line in the audit trail of the installation.
    /// Answers false, and changes nothing, where the newest key is another one by now.
    pub async fn rotate_signing_keys(
        &self,
        rotation: KeyRotation,
        sealer: &Sealer,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let KeyRotation {
            new,
            replaces,
            others_leave_at,
        } = rotation;
        let private = sealer.seal(&place(&new.kid), &new.private)?;
        let NewSigningKey {
            kid,
            public_jwk,
            active_at,
            ..
        } = new;
        let audit = key_line(
            "signing_key.rotated",
            &kid,
            json!({ "replaces": replaces, "signs_from": active_at, "others_leave_at": others_leave_at }),
        );
        self.write(move |tx| {
            Box::pin(async move {
                let replaced = execute!(
                    tx,
                    "UPDATE signing_key SET retired_at = $2 \
                     WHERE kid = $1 AND retired_at IS NULL",
                    replaces,
                    millis(others_leave_at),
                )?;
                if replaced == 0 {
                    return Ok(false);
                }
                execute!(
                    tx,
                    "UPDATE signing_key SET retired_at = $1 WHERE retired_at > $1",
                    millis(others_leave_at),
                )?;
                execute!(
                    tx,
                    "INSERT INTO signing_key \
                     (kid, public_jwk, private_sealed, created_at, active_at) \
                     VALUES ($1, $2, $3, $4, $5)",
                    kid,
                    public_jwk,
                    private,
                    millis(now),
                    millis(active_at),
                )?;
                audit.record(tx, INSTALLATION, now).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Takes an old key out of the published key set now. Answers false, and changes nothing, for a
    /// key that is needed: the newest, and the one that signs until the newest does.
    pub async fn withdraw_signing_key(
        &self,
        kid: String,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let audit = key_line("signing_key.withdrawn", &kid, json!({}));
        self.write(move |tx| {
            Box::pin(async move {
                let withdrawn = execute!(
                    tx,
                    "UPDATE signing_key SET retired_at = $2 WHERE kid = $1 AND retired_at > $2 \
                     AND EXISTS (SELECT 1 FROM signing_key newest \
                     WHERE newest.retired_at IS NULL AND newest.active_at <= $2)",
                    kid,
                    millis(now),
                )?;
                if withdrawn == 1 {
                    audit.record(tx, INSTALLATION, now).await?;
                }
                Ok(withdrawn == 1)
            })
        })
        .await
    }
}

fn key_line(action: &str, kid: &str, details: serde_json::Value) -> AuditEntry {
    AuditEntry {
        actor: None,
        action: action.to_owned(),
        object_kind: "signing_key".to_owned(),
        object: kid.to_owned(),
        details,
    }
}
