//! Finds statements, by id or by the filters of `GET statements`.

use chrono::{DateTime, Utc};
use mtl_programme::InstitutionId;
use mtl_xapi::StatementQuery;
use uuid::Uuid;

use super::select::{Select, Value};
use crate::ordered_ids::time_of;
use crate::transaction::fetch_optional;
use crate::{Connection, Store, StoreError};

/// A statement as it is kept.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct StoredStatement {
    /// Its id.
    pub id: Uuid,
    /// Its place in the order of storing.
    pub position: Uuid,
    /// Its JSON.
    pub body: String,
    /// Whether it was voided.
    pub voided: bool,
}

impl StoredStatement {
    /// When it was stored, in whole milliseconds.
    pub fn stored_at(&self) -> DateTime<Utc> {
        time_of(self.position)
    }
}

/// Statements that match, and where to go on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatementPage {
    /// The statements in the order that was asked for.
    pub statements: Vec<StoredStatement>,
    /// The cursor of the next page, where there is more.
    pub more: Option<Uuid>,
}

impl Store {
    /// The statement of this id, unless it was voided.
    pub async fn find_statement(
        &self,
        institution: InstitutionId,
        id: Uuid,
    ) -> Result<Option<StoredStatement>, StoreError> {
        let found = self.find_any_statement(institution, id).await?;
        Ok(found.filter(|statement| !statement.voided))
    }

    /// The statement of this id, if it was voided.
    pub async fn find_voided_statement(
        &self,
        institution: InstitutionId,
        id: Uuid,
    ) -> Result<Option<StoredStatement>, StoreError> {
        let found = self.find_any_statement(institution, id).await?;
        Ok(found.filter(|statement| statement.voided))
    }

    async fn find_any_statement(
        &self,
        institution: InstitutionId,
        id: Uuid,
    ) -> Result<Option<StoredStatement>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    StoredStatement,
                    "SELECT id, position, body, voided FROM statement \
                     WHERE institution = $1 AND id = $2",
                    institution.0,
                    id,
                )
            })
        })
        .await
    }

    /// The statements that match and are not voided, at most `limit` (the caller has brought the
    /// request's own limit under the server's), after the cursor of an earlier page.
    ///
    /// A statement that refers to another one also matches when that one does, voided or not
    /// (Communication 2.1.3).
    pub async fn query_statements(
        &self,
        institution: InstitutionId,
        query: StatementQuery,
        cursor: Option<Uuid>,
        limit: u32,
    ) -> Result<StatementPage, StoreError> {
        let limit = limit.max(1);
        let select = Select::new(institution, &query, cursor, limit + 1);
        let mut statements = self
            .read(move |tx| Box::pin(async move { fetch(tx, select).await }))
            .await?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = statements.len() > wanted;
        statements.truncate(wanted);
        Ok(StatementPage {
            more: more
                .then(|| statements.last().map(|last| last.position))
                .flatten(),
            statements,
        })
    }
}

async fn fetch(tx: &mut crate::Tx<'_>, select: Select) -> Result<Vec<StoredStatement>, StoreError> {
    /// Binds each value by its type.
    macro_rules! run {
        ($database:ty, $connection:expr) => {{
            let mut query =
                sqlx::query_as::<$database, StoredStatement>(sqlx::AssertSqlSafe(select.sql));
            for value in select.values {
                query = match value {
                    Value::Id(id) => query.bind(id),
                    Value::Text(text) => query.bind(text),
                    Value::Number(number) => query.bind(number),
                };
            }
            query.fetch_all(&mut *$connection).await
        }};
    }
    let answer = match tx.connection() {
        Connection::Sqlite(connection) => run!(sqlx::Sqlite, connection),
        Connection::Postgres(connection) => run!(sqlx::Postgres, connection),
    };
    tx.note(answer)
}
