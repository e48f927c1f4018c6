//! Everything that a change causes outside its own rows, recorded in the change's transaction.

use chrono::{DateTime, Utc};
use mtl_programme::InstitutionId;
use mtl_xapi::{IndexEntries, Statement, index_entries};
use uuid::Uuid;

use super::{AuditEntry, NewScore, scores};
use crate::column::millis;
use crate::ordered_ids::ordered_id;
use crate::statements;
use crate::transaction::execute;
use crate::{StoreError, Tx};

/// What a change causes: statements, scores, entries of the audit trail.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Effects {
    /// What is recorded about it.
    pub statements: Vec<NewStatement>,
    /// What goes into gradebooks.
    pub scores: Vec<NewScore>,
    /// What goes into the audit trail.
    pub audit: Vec<AuditEntry>,
}

/// A statement about the change.
#[derive(Clone, PartialEq, Debug)]
pub struct NewStatement {
    /// Its id, derived from the event: recording it again changes nothing.
    pub id: Uuid,
    /// Its JSON, which is sent or kept as it is.
    pub body: String,
    /// Where it goes.
    pub destination: Destination,
}

/// Where a statement goes.
#[derive(Clone, PartialEq, Debug)]
pub enum Destination {
    /// Into the embedded store, at once; for an institution without a learning record store.
    Embedded(Box<IndexEntries>),
    /// To the institution's learning record store.
    Outbox,
}

impl NewStatement {
    /// A statement for the embedded store; it must have been completed
    /// ([`Statement::receive`]) with the time at which the effects are recorded.
    pub fn embedded(statement: &Statement) -> Self {
        Self {
            id: statement.id().unwrap_or_default(),
            body: statement.to_json(),
            destination: Destination::Embedded(Box::new(index_entries(statement))),
        }
    }

    /// A statement for the institution's learning record store.
    pub fn outbox(statement: &Statement) -> Self {
        Self {
            id: statement.id().unwrap_or_default(),
            body: statement.to_json(),
            destination: Destination::Outbox,
        }
    }
}

impl Effects {
    /// No effects.
    pub fn none() -> Self {
        Self::default()
    }

    /// One entry of the audit trail and nothing else.
    pub fn audited(entry: AuditEntry) -> Self {
        Self {
            audit: vec![entry],
            ..Self::default()
        }
    }

    /// Writes the effects into the transaction of their cause. `now` is the time of the change:
    /// no score carries a later second than it may be sent in.
    pub async fn record(
        &self,
        tx: &mut Tx<'_>,
        institution: InstitutionId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for statement in &self.statements {
            match &statement.destination {
                Destination::Embedded(entries) => {
                    let new = statements::NewRow {
                        id: statement.id,
                        body: &statement.body,
                        entries,
                    };
                    statements::insert(tx, institution, new, now).await?;
                }
                Destination::Outbox => enqueue_statement(tx, institution, statement, now).await?,
            }
        }
        scores::enqueue(tx, institution, &self.scores, now).await?;
        for entry in &self.audit {
            entry.record(tx, institution, now).await?;
        }
        Ok(())
    }
}

async fn enqueue_statement(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    statement: &NewStatement,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO outbox (id, institution, kind, state, ordinal, statement, payload, causes, \
         attempts, not_before_at, created_at) \
         VALUES ($1, $2, 'statement', 'pending', 0, $3, $4, '[]', 0, $5, $5)",
        ordered_id(now),
        institution.0,
        statement.id,
        &statement.body,
        millis(now),
    )?;
    tx.mark_outbox_filled();
    Ok(())
}
