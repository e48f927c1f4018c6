//! What can go wrong while reading or writing.

use std::sync::Arc;

/// An error of the store; [`StoreError::code`] is stable.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names neither a SQLite file nor a PostgreSQL server.
    #[error(
        "the database address {0:?} is not understood: write sqlite:<path> or postgres://<user>@<host>/<database>"
    )]
    Address(String),
    /// The database refused or could not be reached.
    #[error("the database reports: {0}")]
    Database(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Something that must exist does not (in this institution).
    #[error("no such {0}")]
    NotFound(&'static str),
    /// A row of this identity exists already, or something still refers to it.
    #[error("{0} exists already or is still in use")]
    Conflict(String),
    /// A rule refuses the change; the transaction was rolled back.
    #[error("{message}")]
    Refused {
        /// Stable code of the rule.
        code: &'static str,
        /// What a person may read.
        message: String,
    },
    /// The database was busy for longer than a person can wait.
    #[error("the database was busy for too long")]
    Busy,
    /// The commit of a group failed, and with it every change in the group.
    #[error("the change could not be committed: {0}")]
    Commit(Arc<sqlx::Error>),
    /// An earlier statement of the transaction failed, so it cannot be committed.
    #[error("an earlier statement of this change failed, so it was rolled back")]
    Poisoned,
    /// The code of the change panicked; it was rolled back.
    #[error("the change panicked and was rolled back")]
    Panicked,
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
    /// A stored value cannot be read; the database was changed by something else.
    #[error("the stored {what} is damaged: {reason}")]
    Damaged {
        /// Which value.
        what: &'static str,
        /// Why it cannot be read.
        reason: String,
    },
    /// An encrypted value cannot be opened with this key.
    #[error(
        "an encrypted value cannot be opened: is the master secret the one it was sealed with?"
    )]
    Sealed,
}

impl StoreError {
    /// A stable code for logs, metrics and problem responses.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address(_) => "store_address",
            Self::Database(_) => "store_database",
            Self::Migration(_) => "store_migration",
            Self::NotFound(_) => "store_not_found",
            Self::Conflict(_) => "store_conflict",
            Self::Refused { code, .. } => code,
            Self::Busy => "store_busy",
            Self::Commit(_) => "store_commit",
            Self::Poisoned => "store_poisoned",
            Self::Panicked => "store_panicked",
            Self::Closed => "store_closed",
            Self::Damaged { .. } => "store_damaged",
            Self::Sealed => "store_sealed",
        }
    }

    /// A refusal by a rule, with a stable code and a sentence for people.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::Refused {
            code,
            message: message.into(),
        }
    }

    /// Whether the same change may succeed when it is made again: a serialisation failure or a
    /// deadlock on PostgreSQL.
    pub(crate) fn is_transient(&self) -> bool {
        let error = match self {
            Self::Database(error) => error,
            Self::Commit(error) => error,
            _ => return false,
        };
        error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .is_some_and(|code| code == "40001" || code == "40P01")
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if is_busy(&error) {
            return Self::Busy;
        }
        if let Some(refusal) = error.as_database_error()
            && (refusal.is_unique_violation() || refusal.is_foreign_key_violation())
        {
            return Self::Conflict(refusal.message().to_owned());
        }
        match error {
            sqlx::Error::RowNotFound => Self::NotFound("row"),
            sqlx::Error::PoolClosed => Self::Closed,
            sqlx::Error::PoolTimedOut => Self::Busy,
            other => Self::Database(other),
        }
    }
}

/// Whether SQLite answered `SQLITE_BUSY` or `SQLITE_LOCKED`, with any extended code.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    const BUSY: i64 = 5;
    const LOCKED: i64 = 6;
    error
        .as_database_error()
        .filter(|error| {
            error
                .try_downcast_ref::<sqlx::sqlite::SqliteError>()
                .is_some()
        })
        .and_then(sqlx::error::DatabaseError::code)
        .and_then(|code| code.parse::<i64>().ok())
        .is_some_and(|code| matches!(code & 0xff, BUSY | LOCKED))
}

/// Whether the connection that answered can be used no more.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::WorkerCrashed | sqlx::Error::Io(_))
}
