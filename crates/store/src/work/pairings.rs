//! Which coach works with which participant in a course.

use chrono::{DateTime, Utc};
use mtl_programme::{ContextId, InstitutionId, PersonId};
use uuid::Uuid;

use crate::column::{At, millis};
use crate::outbox::Effects;
use crate::transaction::{execute, fetch_all};
use crate::{Store, StoreError};

/// A participant and their coach.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PairingRow {
    /// The participant.
    #[sqlx(try_from = "Uuid")]
    pub participant: PersonId,
    /// The coach.
    #[sqlx(try_from = "Uuid")]
    pub coach: PersonId,
    /// Who said so: `lms` (the mentor claim) or `tutor`.
    pub source: String,
    /// When.
    #[sqlx(try_from = "At")]
    pub paired_at: DateTime<Utc>,
}

impl Store {
    /// Pairs a participant with a coach.
    #[expect(
        clippy::too_many_arguments,
        reason = "who, whom, where and when, each of its own type"
    )]
    pub async fn pair(
        &self,
        institution: InstitutionId,
        context: ContextId,
        participant: PersonId,
        coach: PersonId,
        source: &'static str,
        by: PersonId,
        now: DateTime<Utc>,
        effects: Effects,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO pairing (institution, context, participant, coach, source, \
                     paired_by, paired_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                     ON CONFLICT (institution, context, participant, coach) DO UPDATE SET \
                     source = excluded.source, paired_by = excluded.paired_by, \
                     paired_at = excluded.paired_at, ended_at = NULL",
                    institution.0,
                    context.0,
                    participant.0,
                    coach.0,
                    source,
                    by.0,
                    millis(now),
                )?;
                effects.record(tx, institution, now).await
            })
        })
        .await
    }

    /// Ends a pairing; what was written in it stays.
    pub async fn unpair(
        &self,
        institution: InstitutionId,
        context: ContextId,
        participant: PersonId,
        coach: PersonId,
        now: DateTime<Utc>,
        effects: Effects,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "UPDATE pairing SET ended_at = $5 WHERE institution = $1 AND context = $2 \
                     AND participant = $3 AND coach = $4 AND ended_at IS NULL",
                    institution.0,
                    context.0,
                    participant.0,
                    coach.0,
                    millis(now),
                )?;
                effects.record(tx, institution, now).await
            })
        })
        .await
    }

    /// The pairings in force of a course.
    pub async fn list_pairings(
        &self,
        institution: InstitutionId,
        context: ContextId,
    ) -> Result<Vec<PairingRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    PairingRow,
                    "SELECT participant, coach, source, paired_at FROM pairing \
                     WHERE institution = $1 AND context = $2 AND ended_at IS NULL \
                     ORDER BY paired_at, participant, coach",
                    institution.0,
                    context.0,
                )
            })
        })
        .await
    }
}
