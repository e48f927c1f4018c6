//! What an operator must know about the database: its clock, and whether a commit survives.

use chrono::{DateTime, Utc};

use crate::column::time;
use crate::transaction::fetch_one;
use crate::{Dialect, Store, StoreError};

/// The database, as it says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DatabaseHealth {
    /// The product and its version.
    pub version: String,
    /// Its clock.
    pub now: DateTime<Utc>,
    /// Settings under which a commit may be lost when the machine stops; empty when it is durable.
    pub not_durable: Vec<String>,
}

impl Store {
    /// Asks the database about itself.
    pub async fn health(&self) -> Result<DatabaseHealth, StoreError> {
        let (millis, first, second, version): (i64, String, String, String) = self
            .read(|tx| {
                Box::pin(async move {
                    fetch_one!(
                        tx,
                        (i64, String, String, String),
                        [
                            "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), \
                             (SELECT journal_mode FROM pragma_journal_mode), \
                             CAST((SELECT synchronous FROM pragma_synchronous) AS TEXT), \
                             sqlite_version()",
                            "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT), \
                             current_setting('fsync'), current_setting('synchronous_commit'), \
                             current_setting('server_version')",
                        ],
                    )
                })
            })
            .await?;
        let (product, wanted) = match self.dialect() {
            // Write-ahead log, and a flush at every commit (FULL is 2, EXTRA 3).
            Dialect::Sqlite => (
                "SQLite",
                [
                    ("journal_mode", first, &["wal"][..]),
                    ("synchronous", second, &["2", "3"][..]),
                ],
            ),
            Dialect::Postgres => (
                "PostgreSQL",
                [
                    ("fsync", first, &["on"][..]),
                    (
                        "synchronous_commit",
                        second,
                        &["on", "local", "remote_write", "remote_apply"][..],
                    ),
                ],
            ),
        };
        Ok(DatabaseHealth {
            version: format!("{product} {version}"),
            now: time(millis),
            not_durable: wanted
                .into_iter()
                .filter(|(_, value, good)| !good.contains(&value.as_str()))
                .map(|(name, value, _)| format!("{name} = {value}"))
                .collect(),
        })
    }
}
