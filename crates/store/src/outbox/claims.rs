//! Takes rows for delivery: a short transaction writes the lease and commits before anything is sent.
//!
//! Of the scores of one order key only the oldest unfinished one can be taken, and none while
//! another of them is being sent; so order holds without a lock that spans the sending. A lease that
//! has run out counts as no lease: its worker has died, or is too slow and will be ignored.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_programme::{ContextId, DeploymentId, InstitutionId, PersonId, RegistrationId};
use uuid::Uuid;

use super::ScoreTarget;
use crate::column::{At, millis};
use crate::transaction::fetch_all;
use crate::{Store, StoreError};

/// The right to say what became of rows, until it is taken over by a later lease.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Lease {
    /// The institution of the rows.
    pub institution: InstitutionId,
    /// Random; the rows carry it.
    pub token: Uuid,
}

/// A score that is to be sent now.
#[derive(Clone, PartialEq, Debug)]
pub struct ClaimedScore {
    /// The row.
    pub id: Uuid,
    /// The lease to answer with.
    pub lease: Lease,
    /// The platform.
    pub registration: RegistrationId,
    /// The deployment.
    pub deployment: DeploymentId,
    /// The course; absent in rows of older versions.
    pub context: Option<ContextId>,
    /// Whose score.
    pub person: PersonId,
    /// The column.
    pub target: ScoreTarget,
    /// The bytes to send, the same at each attempt.
    pub body: String,
    /// Which attempt this is, from 1. From 2 on, the outcome of an earlier one may be unknown: look
    /// into the results before sending.
    pub attempt: i64,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
}

/// Statements of one institution that are to be sent now, together.
#[derive(Clone, PartialEq, Debug)]
pub struct ClaimedStatements {
    /// The lease of them all.
    pub lease: Lease,
    /// The statements, oldest first.
    pub statements: Vec<ClaimedStatement>,
}

/// A statement that is to be sent now.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct ClaimedStatement {
    /// The row.
    pub id: Uuid,
    /// The statement's own id.
    pub statement: Uuid,
    /// Its JSON.
    #[sqlx(rename = "payload")]
    pub body: String,
    /// Which attempt this is, from 1.
    #[sqlx(rename = "attempts")]
    pub attempt: i64,
    /// When it was enqueued.
    #[sqlx(try_from = "At")]
    pub created_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct ScoreRow {
    id: Uuid,
    institution: Uuid,
    registration: Uuid,
    deployment: Uuid,
    context: Option<Uuid>,
    person: Uuid,
    target: String,
    payload: String,
    attempts: i64,
    #[sqlx(try_from = "At")]
    created_at: DateTime<Utc>,
}

/// The scores that may be taken. The two databases differ only in the lock.
macro_rules! claim_scores {
    ($lock:literal) => {
        concat!(
            "WITH due AS (SELECT o.id FROM outbox o \
                 WHERE o.kind = 'score' AND o.state IN ('pending', 'leased') \
                 AND o.registration = $5 AND o.not_before_at <= $1 \
                 AND (o.state = 'pending' OR o.leased_until_at <= $1) \
                 AND NOT EXISTS (SELECT 1 FROM outbox other \
                     WHERE other.institution = o.institution AND other.order_key = o.order_key \
                     AND other.state IN ('pending', 'leased') AND other.id <> o.id \
                     AND (other.ordinal < o.ordinal \
                         OR (other.state = 'leased' AND other.leased_until_at > $1))) \
                 ORDER BY o.not_before_at, o.id LIMIT $4 ",
            $lock,
            ") UPDATE outbox SET state = 'leased', attempts = attempts + 1, \
             leased_until_at = $2, lease = $3 \
             WHERE id IN (SELECT id FROM due) \
             RETURNING id, institution, registration, deployment, context, person, target, \
             payload, attempts, created_at"
        )
    };
}

macro_rules! claim_statements {
    ($lock:literal) => {
        concat!(
            "WITH due AS (SELECT o.id FROM outbox o \
                 WHERE o.kind = 'statement' AND o.institution = $5 \
                 AND o.state IN ('pending', 'leased') AND o.not_before_at <= $1 \
                 AND (o.state = 'pending' OR o.leased_until_at <= $1) \
                 ORDER BY o.not_before_at, o.id LIMIT $4 ",
            $lock,
            ") UPDATE outbox SET state = 'leased', attempts = attempts + 1, \
             leased_until_at = $2, lease = $3 \
             WHERE id IN (SELECT id FROM due) \
             RETURNING id, statement, payload, attempts, created_at"
        )
    };
}

impl Store {
    /// The platforms for which scores wait whose time has come.
    pub async fn list_registrations_with_scores(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Vec<RegistrationId>, StoreError> {
        let rows = self
            .read(move |tx| {
                Box::pin(async move {
                    fetch_all!(
                        tx,
                        (Uuid,),
                        "SELECT r.id FROM registration r WHERE EXISTS (SELECT 1 FROM outbox o \
                         WHERE o.kind = 'score' AND o.state IN ('pending', 'leased') \
                         AND o.registration = r.id AND o.not_before_at <= $1 \
                         AND (o.state = 'pending' OR o.leased_until_at <= $1))",
                        millis(now),
                    )
                })
            })
            .await?;
        Ok(rows.into_iter().map(|(id,)| RegistrationId(id)).collect())
    }

    /// Takes at most `limit` scores of a platform whose time and turn have come, for as long as
    /// `lease`.
    pub async fn claim_scores(
        &self,
        registration: RegistrationId,
        now: DateTime<Utc>,
        lease: TimeDelta,
        limit: u32,
    ) -> Result<Vec<ClaimedScore>, StoreError> {
        let token = Uuid::new_v4();
        let mut rows = self
            .write_one_statement(move |tx| {
                Box::pin(async move {
                    fetch_all!(
                        tx,
                        ScoreRow,
                        [
                            claim_scores!(""),
                            claim_scores!("FOR UPDATE OF o SKIP LOCKED")
                        ],
                        millis(now),
                        millis(now + lease),
                        token,
                        i64::from(limit),
                        registration.0,
                    )
                })
            })
            .await?;
        rows.sort_by_key(|row| row.id);
        rows.into_iter().map(|row| row.claimed(token)).collect()
    }

    /// The institutions that have statements to send now.
    pub async fn list_institutions_with_statements(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Vec<InstitutionId>, StoreError> {
        let rows = self
            .read(move |tx| {
                Box::pin(async move {
                    fetch_all!(
                        tx,
                        (Uuid,),
                        "SELECT DISTINCT institution FROM outbox \
                         WHERE kind = 'statement' AND state IN ('pending', 'leased') \
                         AND not_before_at <= $1 \
                         AND (state = 'pending' OR leased_until_at <= $1)",
                        millis(now),
                    )
                })
            })
            .await?;
        Ok(rows.into_iter().map(|(id,)| InstitutionId(id)).collect())
    }

    /// Takes at most `limit` statements of an institution, for as long as `lease`; all under one
    /// lease, since they are sent together.
    pub async fn claim_statements(
        &self,
        institution: InstitutionId,
        now: DateTime<Utc>,
        lease: TimeDelta,
        limit: u32,
    ) -> Result<ClaimedStatements, StoreError> {
        let token = Uuid::new_v4();
        let mut statements = self
            .write_one_statement(move |tx| {
                Box::pin(async move {
                    fetch_all!(
                        tx,
                        ClaimedStatement,
                        [
                            claim_statements!(""),
                            claim_statements!("FOR UPDATE OF o SKIP LOCKED")
                        ],
                        millis(now),
                        millis(now + lease),
                        token,
                        i64::from(limit),
                        institution.0,
                    )
                })
            })
            .await?;
        statements.sort_by_key(|statement| statement.id);
        Ok(ClaimedStatements {
            lease: Lease { institution, token },
            statements,
        })
    }
}

impl ScoreRow {
    fn claimed(self, token: Uuid) -> Result<ClaimedScore, StoreError> {
        let target = serde_json::from_str(&self.target).map_err(|error| StoreError::Damaged {
            what: "score target",
            reason: error.to_string(),
        })?;
        Ok(ClaimedScore {
            id: self.id,
            lease: Lease {
                institution: InstitutionId(self.institution),
                token,
            },
            registration: RegistrationId(self.registration),
            deployment: DeploymentId(self.deployment),
            context: self.context.map(ContextId),
            person: PersonId(self.person),
            target,
            body: self.payload,
            attempt: self.attempts,
            created_at: self.created_at,
        })
    }
}
