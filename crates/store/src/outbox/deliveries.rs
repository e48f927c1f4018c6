//! What people see of the outbox, and how they send a dead letter again.

use chrono::{DateTime, Utc};
use mtl_programme::{ContextId, InstitutionId, PersonId};
use uuid::Uuid;

use super::{AuditEntry, DeliveryKind, DeliveryState};
use crate::column::{At, MaybeAt, MaybeId, Texts, millis};
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Dialect, Store, StoreError, Tx};

/// A row of the outbox, as operators see it.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Delivery {
    /// The row; sorts by time.
    pub id: Uuid,
    /// What is delivered.
    #[sqlx(try_from = "String")]
    pub kind: DeliveryKind,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: DeliveryState,
    /// Whose score; absent for a statement.
    #[sqlx(try_from = "MaybeId")]
    pub person: Option<PersonId>,
    /// The column of a score, as JSON of [`super::ScoreTarget`].
    pub target: Option<String>,
    /// The id of a statement.
    pub statement: Option<Uuid>,
    /// What is sent, as JSON.
    pub payload: String,
    /// What caused it: ids of decisions or judgements.
    #[sqlx(try_from = "Texts")]
    pub causes: Vec<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it may be tried (again).
    #[sqlx(try_from = "At")]
    pub not_before_at: DateTime<Utc>,
    /// A stable code of the last failure.
    pub last_error_code: Option<String>,
    /// The receiver's words at the last failure.
    pub last_error: Option<String>,
    /// When it was enqueued.
    #[sqlx(try_from = "At")]
    pub created_at: DateTime<Utc>,
    /// When it was delivered.
    #[sqlx(try_from = "MaybeAt")]
    pub delivered_at: Option<DateTime<Utc>>,
}

/// Which deliveries are listed; all that are given must hold.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct DeliveryFilter {
    /// Of one kind.
    pub kind: Option<DeliveryKind>,
    /// In one state.
    pub state: Option<DeliveryState>,
    /// Of one person.
    pub person: Option<PersonId>,
    /// Older than this row of an earlier page.
    pub before: Option<Uuid>,
    /// At most so many; nought is a hundred.
    pub limit: u32,
}

const COLUMNS: &str = "id, kind, state, person, target, statement, payload, causes, attempts, \
     not_before_at, last_error_code, last_error, created_at, delivered_at";

/// Which dead letter is sent again, and who asks for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retry {
    /// The delivery.
    pub id: Uuid,
    /// A person of the course, who sends nothing of another course and nothing of their own; absent
    /// where an operator asks.
    pub by: Option<(ContextId, PersonId)>,
}

impl Retry {
    /// An operator asks for it.
    pub const fn by_operator(id: Uuid) -> Self {
        Self { id, by: None }
    }
}

/// What became of sending a dead letter again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetryOutcome {
    /// It is pending again.
    Pending,
    /// A newer score of the same person and column was delivered or is being sent, so this one
    /// would only overwrite it.
    Outdated,
    /// It is not dead.
    NotDead(DeliveryState),
}

#[derive(sqlx::FromRow)]
struct Letter {
    #[sqlx(try_from = "String")]
    state: DeliveryState,
    order_key: Option<String>,
    ordinal: i64,
}

impl Store {
    /// Deliveries of an institution, newest first.
    pub async fn list_deliveries(
        &self,
        institution: InstitutionId,
        filter: DeliveryFilter,
    ) -> Result<Vec<Delivery>, StoreError> {
        let limit = if filter.limit == 0 { 100 } else { filter.limit };
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    Delivery,
                    sqlx::AssertSqlSafe(format!(
                        "SELECT {COLUMNS} FROM outbox WHERE institution = $1 \
                         AND ($2 IS NULL OR kind = $2) AND ($3 IS NULL OR state = $3) \
                         AND ($4 IS NULL OR person = $4) AND ($5 IS NULL OR id < $5) \
                         ORDER BY id DESC LIMIT $6"
                    )),
                    institution.0,
                    filter.kind.map(DeliveryKind::as_str),
                    filter.state.map(DeliveryState::as_str),
                    filter.person.map(|person| person.0),
                    filter.before,
                    i64::from(limit),
                )
            })
        })
        .await
    }

    /// The dead scores of a course after which no newer one of the same person and column came,
    /// newest first; at most `limit` of them.
    pub async fn list_unsent_scores(
        &self,
        institution: InstitutionId,
        course: ContextId,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    Delivery,
                    sqlx::AssertSqlSafe(format!(
                        "SELECT {COLUMNS} FROM outbox WHERE institution = $1 AND context = $2 \
                         AND kind = 'score' AND state = 'dead' AND NOT EXISTS ( \
                         SELECT 1 FROM outbox newer WHERE newer.institution = outbox.institution \
                         AND newer.order_key = outbox.order_key AND newer.ordinal > outbox.ordinal \
                         AND newer.state <> 'superseded') \
                         ORDER BY id DESC LIMIT $3"
                    )),
                    institution.0,
                    course.0,
                    i64::from(limit),
                )
            })
        })
        .await
    }

    /// Puts a dead letter back, to be sent at once, and says so in the audit trail. A score goes
    /// back only while no newer one of its person and column has been delivered or is being sent.
    pub async fn retry_delivery(
        &self,
        institution: InstitutionId,
        wanted: Retry,
        now: DateTime<Utc>,
    ) -> Result<RetryOutcome, StoreError> {
        self.write(move |tx| Box::pin(retry(tx, institution, wanted, now)))
            .await
    }
}

async fn retry(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    Retry { id, by }: Retry,
    now: DateTime<Utc>,
) -> Result<RetryOutcome, StoreError> {
    let letter = fetch_optional!(
        tx,
        Letter,
        "SELECT state, order_key, ordinal FROM outbox WHERE institution = $1 AND id = $2 \
         AND ($3 IS NULL OR (context = $3 AND person <> $4))",
        institution.0,
        id,
        by.map(|(course, _)| course.0),
        by.map(|(_, person)| person.0),
    )?
    .ok_or(StoreError::NotFound("delivery"))?;
    if letter.state != DeliveryState::Dead {
        return Ok(RetryOutcome::NotDead(letter.state));
    }
    if let Some(key) = &letter.order_key {
        if tx.dialect() == Dialect::Postgres {
            // Nobody takes a newer one between the look and the change.
            fetch_all!(
                tx,
                (Uuid,),
                "SELECT id FROM outbox WHERE institution = $1 AND order_key = $2 \
                 AND state IN ('pending', 'leased') ORDER BY ordinal FOR UPDATE",
                institution.0,
                key,
            )?;
        }
        let newer = fetch_optional!(
            tx,
            (Uuid,),
            "SELECT id FROM outbox WHERE institution = $1 AND order_key = $2 AND ordinal > $3 \
             AND state IN ('leased', 'delivered') LIMIT 1",
            institution.0,
            key,
            letter.ordinal,
        )?;
        if newer.is_some() {
            return Ok(RetryOutcome::Outdated);
        }
    }
    let changed = execute!(
        tx,
        "UPDATE outbox SET state = 'pending', not_before_at = $3 \
         WHERE institution = $1 AND id = $2 AND state = 'dead'",
        institution.0,
        id,
        millis(now),
    )?;
    if changed == 0 {
        // Somebody else was a moment quicker, and has said so in the trail.
        return Ok(RetryOutcome::NotDead(DeliveryState::Pending));
    }
    let entry = AuditEntry {
        actor: by.map(|(_, person)| person),
        action: "delivery.retried".to_owned(),
        object_kind: "delivery".to_owned(),
        object: id.to_string(),
        details: serde_json::json!({}),
    };
    entry.record(tx, institution, now).await?;
    tx.mark_outbox_filled();
    Ok(RetryOutcome::Pending)
}
