//! Takes a request's statements, all or none (Communication 2.1.1 and 2.1.2).

use chrono::{DateTime, Utc};
use mtl_programme::InstitutionId;
use mtl_xapi::{IndexEntries, Statement, equivalent, index_entries};
use serde_json::Value;
use uuid::Uuid;

use super::{NewRow, insert};
use crate::transaction::{execute, fetch_one};
use crate::{Store, StoreError, Tx};

/// A statement that someone sent.
#[derive(Clone, PartialEq, Debug)]
pub struct NewStoredStatement {
    /// Its id.
    pub id: Uuid,
    /// Its JSON, completed with `stored`, `authority` and so on.
    pub body: String,
    /// What it is found by.
    pub entries: IndexEntries,
}

impl NewStoredStatement {
    /// A statement that has been completed ([`Statement::receive`]).
    pub fn new(statement: &Statement) -> Self {
        Self {
            id: statement.id().unwrap_or_default(),
            body: statement.to_json(),
            entries: index_entries(statement),
        }
    }
}

/// What became of one statement of a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StatementOutcome {
    /// It is new, and stored unless another one of the request conflicts.
    Stored,
    /// An equivalent one of the same id is there (Data 2.2).
    Duplicate,
    /// Another one of the same id is there; then none of the request is stored.
    Conflict,
}

impl Store {
    /// Stores a request's statements in their order, and says of each what became of it. If any
    /// conflicts, none is stored.
    pub async fn record_statements(
        &self,
        institution: InstitutionId,
        statements: Vec<NewStoredStatement>,
        now: DateTime<Utc>,
    ) -> Result<Vec<StatementOutcome>, StoreError> {
        self.write(move |tx| {
            Box::pin(async move { receive(tx, institution, &statements, now).await })
        })
        .await
    }
}

async fn receive(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    statements: &[NewStoredStatement],
    now: DateTime<Utc>,
) -> Result<Vec<StatementOutcome>, StoreError> {
    execute!(tx, "SAVEPOINT request")?;
    let mut outcomes = Vec::with_capacity(statements.len());
    for statement in statements {
        let new = NewRow {
            id: statement.id,
            body: &statement.body,
            entries: &statement.entries,
        };
        // Inserting first means that two requests with the same id cannot both find it free.
        outcomes.push(if insert(tx, institution, new, now).await? {
            StatementOutcome::Stored
        } else {
            compare(tx, institution, statement).await?
        });
    }
    if outcomes.contains(&StatementOutcome::Conflict) {
        execute!(tx, "ROLLBACK TO SAVEPOINT request")?;
    }
    execute!(tx, "RELEASE SAVEPOINT request")?;
    Ok(outcomes)
}

async fn compare(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    statement: &NewStoredStatement,
) -> Result<StatementOutcome, StoreError> {
    let (stored,) = fetch_one!(
        tx,
        (String,),
        "SELECT body FROM statement WHERE institution = $1 AND id = $2",
        institution.0,
        statement.id,
    )?;
    let same = stored == statement.body || equivalent(&parse(&stored)?, &parse(&statement.body)?);
    Ok(if same {
        StatementOutcome::Duplicate
    } else {
        StatementOutcome::Conflict
    })
}

fn parse(body: &str) -> Result<Value, StoreError> {
    serde_json::from_str(body).map_err(|error| StoreError::Damaged {
        what: "statement",
        reason: error.to_string(),
    })
}
