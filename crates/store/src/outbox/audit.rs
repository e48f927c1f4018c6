//! The audit trail: who did what to which thing, with opaque identifiers only.

use chrono::{DateTime, Utc};
use mtl_programme::{InstitutionId, PersonId};
use serde_json::Value;
use uuid::Uuid;

use crate::column::{At, MaybeId, millis};
use crate::ordered_ids::ordered_id;
use crate::transaction::{execute, fetch_all};
use crate::{Store, StoreError, Tx};

/// Stands in the place of the institution in lines about the installation itself, such as those
/// about its keys; no institution has this id, since theirs are derived (UUID version 5).
pub const INSTALLATION: InstitutionId = InstitutionId(Uuid::nil());

/// Something that someone did. The database refuses to change or delete it afterwards.
#[derive(Clone, PartialEq, Debug)]
pub struct AuditEntry {
    /// Who; absent where the system or an operator acted.
    pub actor: Option<PersonId>,
    /// What was done, such as `decision.released`.
    pub action: String,
    /// The kind of thing that it was done to, such as `decision`.
    pub object_kind: String,
    /// The identifier of that thing.
    pub object: String,
    /// More, without names, addresses or free text of people.
    pub details: Value,
}

/// An entry as it stands in the trail.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct AuditRow {
    /// Its identifier; sorts by time.
    pub id: Uuid,
    /// When.
    #[sqlx(try_from = "At")]
    pub recorded_at: DateTime<Utc>,
    /// Who.
    #[sqlx(try_from = "MaybeId")]
    pub actor: Option<PersonId>,
    /// What was done.
    pub action: String,
    /// The kind of thing.
    pub object_kind: String,
    /// Which thing.
    pub object: String,
    /// More, as JSON text.
    pub details: String,
}

impl AuditEntry {
    pub(crate) async fn record(
        &self,
        tx: &mut Tx<'_>,
        institution: InstitutionId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(
            tx,
            "INSERT INTO audit \
             (id, institution, recorded_at, actor, action, object_kind, object, details) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            ordered_id(now),
            institution.0,
            millis(now),
            self.actor.map(|actor| actor.0),
            &self.action,
            &self.object_kind,
            &self.object,
            self.details.to_string(),
        )?;
        Ok(())
    }
}

impl Store {
    /// The latest entries of an institution, newest first, of one thing where `object` names it.
    pub async fn list_audit(
        &self,
        institution: InstitutionId,
        object: Option<String>,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                if let Some(object) = object {
                    fetch_all!(
                        tx,
                        AuditRow,
                        "SELECT id, recorded_at, actor, action, object_kind, object, details \
                         FROM audit WHERE institution = $1 AND object = $2 \
                         ORDER BY id DESC LIMIT $3",
                        institution.0,
                        object,
                        i64::from(limit),
                    )
                } else {
                    fetch_all!(
                        tx,
                        AuditRow,
                        "SELECT id, recorded_at, actor, action, object_kind, object, details \
                         FROM audit WHERE institution = $1 ORDER BY id DESC LIMIT $2",
                        institution.0,
                        i64::from(limit),
                    )
                }
            })
        })
        .await
    }
}
