//! The transaction that changes are written in, and the macros that run one SQL text on both
//! databases.

use sqlx::{PgConnection, SqliteConnection};

use crate::StoreError;

/// Which database answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// SQLite, one machine.
    Sqlite,
    /// PostgreSQL, several replicas.
    Postgres,
}

/// A connection inside a transaction.
#[derive(Debug)]
pub enum Connection<'c> {
    /// A connection to SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// A connection to PostgreSQL.
    Postgres(&'c mut PgConnection),
}

/// A transaction (in [`crate::Store::write`]) or a plain connection (in [`crate::Store::read`]).
///
/// A statement that fails poisons the transaction on both databases: it is rolled back even when
/// the code goes on and answers `Ok`.
#[derive(Debug)]
pub struct Tx<'c> {
    connection: Connection<'c>,
    poisoned: bool,
    outbox_filled: bool,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(connection: Connection<'c>) -> Self {
        Self {
            connection,
            poisoned: false,
            outbox_filled: false,
        }
    }

    /// The connection, for the macros and for queries whose text is put together.
    pub fn connection(&mut self) -> Connection<'_> {
        match &mut self.connection {
            Connection::Sqlite(connection) => Connection::Sqlite(connection),
            Connection::Postgres(connection) => Connection::Postgres(connection),
        }
    }

    /// Which database answers.
    pub fn dialect(&self) -> Dialect {
        match self.connection {
            Connection::Sqlite(_) => Dialect::Sqlite,
            Connection::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Remembers a failed statement, so that the transaction cannot be committed.
    pub fn note<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        answer.map_err(|error| {
            self.poisoned |= !matches!(error, sqlx::Error::RowNotFound);
            error.into()
        })
    }

    /// Says that the outbox has new rows: its workers are woken after the commit.
    pub fn mark_outbox_filled(&mut self) {
        self.outbox_filled = true;
    }

    pub(crate) fn is_poisoned(&self) -> bool {
        self.poisoned
    }

    pub(crate) fn is_outbox_filled(&self) -> bool {
        self.outbox_filled
    }
}

/// Runs a statement, and answers how many rows it changed.
///
/// `execute!(tx, "UPDATE course SET title = $1 WHERE id = $2", title, id.0)?` — the macro awaits.
/// The text is one literal for both databases, or `[sqlite, postgres]` where they must differ.
/// Arguments are `Uuid`, `i64`, `bool`, text, bytes and `Option`s of these.
macro_rules! execute {
    ($tx:expr, [$sqlite:expr, $postgres:expr $(,)?] $(, $argument:expr)* $(,)?) => {{
        let answer = match $tx.connection() {
            $crate::Connection::Sqlite(connection) => {
                ::sqlx::query::<::sqlx::Sqlite>($sqlite)
                    $(.bind($argument))*
                    .execute(&mut *connection)
                    .await
                    .map(|done| done.rows_affected())
            }
            $crate::Connection::Postgres(connection) => {
                ::sqlx::query::<::sqlx::Postgres>($postgres)
                    $(.bind($argument))*
                    .execute(&mut *connection)
                    .await
                    .map(|done| done.rows_affected())
            }
        };
        $tx.note(answer)
    }};
    ($tx:expr, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::transaction::execute!($tx, [$sql, $sql] $(, $argument)*)
    };
}

/// Runs a query with one of `sqlx`'s fetching methods; the macros below name it.
macro_rules! fetch {
    ($method:ident, $tx:expr, $row:ty, [$sqlite:expr, $postgres:expr $(,)?] $(, $argument:expr)* $(,)?) => {{
        let answer = match $tx.connection() {
            $crate::Connection::Sqlite(connection) => {
                ::sqlx::query_as::<::sqlx::Sqlite, $row>($sqlite)
                    $(.bind($argument))*
                    .$method(&mut *connection)
                    .await
            }
            $crate::Connection::Postgres(connection) => {
                ::sqlx::query_as::<::sqlx::Postgres, $row>($postgres)
                    $(.bind($argument))*
                    .$method(&mut *connection)
                    .await
            }
        };
        $tx.note(answer)
    }};
    ($method:ident, $tx:expr, $row:ty, $sql:expr $(, $argument:expr)* $(,)?) => {
        $crate::transaction::fetch!($method, $tx, $row, [$sql, $sql] $(, $argument)*)
    };
}

/// Reads at most one row: `fetch_optional!(tx, Row, "SELECT … WHERE id = $1", id.0)?`, where `Row`
/// derives `sqlx::FromRow` (or is a tuple of columns).
macro_rules! fetch_optional {
    ($($rest:tt)*) => { $crate::transaction::fetch!(fetch_optional, $($rest)*) };
}

/// Reads exactly one row; none is [`crate::StoreError::NotFound`].
macro_rules! fetch_one {
    ($($rest:tt)*) => { $crate::transaction::fetch!(fetch_one, $($rest)*) };
}

/// Reads all rows.
macro_rules! fetch_all {
    ($($rest:tt)*) => { $crate::transaction::fetch!(fetch_all, $($rest)*) };
}

pub(crate) use {execute, fetch, fetch_all, fetch_one, fetch_optional};
