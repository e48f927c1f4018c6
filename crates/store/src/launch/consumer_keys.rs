//! Keys of LTI 1.1 with their sealed secrets, and the move of work from old ids to new ones.

use chrono::{DateTime, Utc};
use mtl_programme::{ContextId, InstitutionId, PersonId, RegistrationId, ResourceLinkId};
use uuid::Uuid;

use crate::column::{At, UuidText, millis};
use crate::natural_ids::person_id;
use crate::outbox::{AuditEntry, Effects};
use crate::sealing::Sealer;
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// A key of LTI 1.1.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct ConsumerKey {
    /// The platform's registration.
    #[sqlx(try_from = "Uuid")]
    pub registration: RegistrationId,
    /// The key.
    pub key_name: String,
    /// When it was added.
    #[sqlx(try_from = "At")]
    pub created_at: DateTime<Utc>,
}

/// Under which ids somebody's work is found from now on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moved {
    /// The platform's registration.
    pub registration: RegistrationId,
    /// The person's old id at the platform; none where it is the same.
    pub old_subject: Option<String>,
    /// The person.
    pub person: PersonId,
    /// The old link; none where it is the same.
    pub old_link: Option<ResourceLinkId>,
    /// The link of the launch.
    pub link: Option<ResourceLinkId>,
    /// The course of the launch.
    pub context: ContextId,
}

/// The place for which a key's secret is sealed.
pub(crate) fn place(registration: Uuid, key: &str) -> String {
    format!("consumer_key/{registration}/{key}")
}

impl Store {
    /// Adds a key, or gives it another secret.
    pub async fn set_consumer_key(
        &self,
        registration: RegistrationId,
        key: String,
        secret: &str,
        sealer: &Sealer,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let kept = sealer.seal(&place(registration.0, &key), secret.as_bytes())?;
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO consumer_key (registration, key_name, secret_sealed, created_at) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (registration, key_name) \
                     DO UPDATE SET secret_sealed = excluded.secret_sealed",
                    registration.0,
                    key,
                    kept,
                    millis(now),
                )?;
                Ok(())
            })
        })
        .await
    }

    /// Takes a key away; what was moved with it stays moved.
    pub async fn remove_consumer_key(
        &self,
        registration: RegistrationId,
        key: String,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let removed = execute!(
                    tx,
                    "DELETE FROM consumer_key WHERE registration = $1 AND key_name = $2",
                    registration.0,
                    key,
                )?;
                (removed == 1)
                    .then_some(())
                    .ok_or(StoreError::NotFound("consumer key"))
            })
        })
        .await
    }

    /// The keys of all registrations.
    pub async fn list_consumer_keys(&self) -> Result<Vec<ConsumerKey>, StoreError> {
        self.read(|tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    ConsumerKey,
                    "SELECT registration, key_name, created_at FROM consumer_key \
                     ORDER BY registration, key_name",
                )
            })
        })
        .await
    }

    /// The secret of a key.
    pub async fn find_consumer_secret(
        &self,
        registration: RegistrationId,
        key: String,
        sealer: &Sealer,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let place = place(registration.0, &key);
        let found = self
            .read(move |tx| {
                Box::pin(async move {
                    fetch_optional!(
                        tx,
                        (Vec<u8>,),
                        "SELECT secret_sealed FROM consumer_key \
                         WHERE registration = $1 AND key_name = $2",
                        registration.0,
                        key,
                    )
                })
            })
            .await?;
        found.map(|(kept,)| sealer.open(&place, &kept)).transpose()
    }

    /// Moves what stands under old ids to the new ones; what the new ones have already stays. Doing
    /// it again changes nothing. `true` where something was moved.
    pub async fn move_from_old_ids(
        &self,
        institution: InstitutionId,
        moved: Moved,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let fresh = Uuid::new_v4().to_string();
        self.write(move |tx| {
            Box::pin(async move {
                let mut changes = 0;
                let new = moved.person;
                if let Some(subject) = &moved.old_subject {
                    let old = person_id(moved.registration, institution, subject);
                    changes += move_person(tx, institution, &moved, old, &fresh, now).await?;
                }
                if let (Some(old), Some(link)) = (moved.old_link, moved.link) {
                    changes += execute!(
                        tx,
                        "UPDATE attempt SET resource_link = $4, context = $5 \
                         WHERE institution = $1 AND person = $2 AND resource_link = $3 \
                         AND NOT EXISTS (SELECT 1 FROM attempt own WHERE own.institution = $1 \
                         AND own.person = $2 AND own.context = $5 \
                         AND own.programme = attempt.programme AND own.id <> attempt.id \
                         AND own.activity = attempt.activity AND own.number = attempt.number)",
                        institution.0,
                        new.0,
                        old.0,
                        link.0,
                        moved.context.0,
                    )?;
                }
                if changes > 0 {
                    let effects = Effects::audited(AuditEntry {
                        actor: None,
                        action: "person.old_ids_taken_over".to_owned(),
                        object_kind: "person".to_owned(),
                        object: new.to_string(),
                        details: serde_json::json!({ "link": moved.link }),
                    });
                    effects.record(tx, institution, now).await?;
                }
                Ok(changes > 0)
            })
        })
        .await
    }
}

#[derive(sqlx::FromRow)]
struct OldPerson {
    #[sqlx(try_from = "UuidText")]
    pseudonym: Uuid,
}

async fn move_person(
    tx: &mut crate::Tx<'_>,
    institution: InstitutionId,
    moved: &Moved,
    old: PersonId,
    fresh: &str,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let new = moved.person;
    let found = fetch_optional!(
        tx,
        OldPerson,
        "SELECT pseudonym FROM person WHERE institution = $1 AND id = $2 AND erased_at IS NULL",
        institution.0,
        old.0,
    )?;
    let Some(found) = found.filter(|_| old != new) else {
        return Ok(0);
    };
    execute!(
        tx,
        "UPDATE attempt SET person = $3 WHERE institution = $1 AND person = $2 \
         AND NOT EXISTS (SELECT 1 FROM attempt own WHERE own.institution = $1 AND own.person = $3 \
         AND own.context = attempt.context AND own.programme = attempt.programme \
         AND own.activity = attempt.activity AND own.number = attempt.number)",
        institution.0,
        old.0,
        new.0,
    )?;
    for text in [
        "UPDATE decision SET person = $3 WHERE institution = $1 AND person = $2",
        "UPDATE decision SET decided_by = $3 WHERE institution = $1 AND decided_by = $2",
        "UPDATE decision SET released_by = $3 WHERE institution = $1 AND released_by = $2",
        "UPDATE judgement SET assessor = $3 WHERE institution = $1 AND assessor = $2",
        "UPDATE pairing SET participant = $3 WHERE institution = $1 AND participant = $2 \
         AND NOT EXISTS (SELECT 1 FROM pairing own WHERE own.institution = $1 \
         AND own.context = pairing.context AND own.coach = pairing.coach AND own.participant = $3)",
        "UPDATE pairing SET coach = $3 WHERE institution = $1 AND coach = $2 \
         AND NOT EXISTS (SELECT 1 FROM pairing own WHERE own.institution = $1 \
         AND own.context = pairing.context AND own.coach = $3 \
         AND own.participant = pairing.participant)",
        "UPDATE membership SET person = $3 WHERE institution = $1 AND person = $2 \
         AND NOT EXISTS (SELECT 1 FROM membership own WHERE own.institution = $1 \
         AND own.context = membership.context AND own.person = $3)",
        "DELETE FROM membership WHERE institution = $1 AND person = $2 AND person <> $3",
    ] {
        execute!(tx, text, institution.0, old.0, new.0)?;
    }
    // Scores go to the new id alone, and learning records go on under the old pseudonym.
    execute!(
        tx,
        "DELETE FROM account WHERE registration = $1 AND institution = $2 AND person = $3",
        moved.registration.0,
        institution.0,
        old.0,
    )?;
    execute!(
        tx,
        "UPDATE person SET pseudonym = $3, name = NULL, given_name = NULL, family_name = NULL, \
         email = NULL, erased_at = $4 WHERE institution = $1 AND id = $2",
        institution.0,
        old.0,
        fresh,
        millis(now),
    )?;
    execute!(
        tx,
        "UPDATE person SET pseudonym = $3 WHERE institution = $1 AND id = $2",
        institution.0,
        new.0,
        found.pseudonym.to_string(),
    )
}
