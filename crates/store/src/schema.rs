//! The schema's migrations, embedded in the binary: `both` where one text serves both databases,
//! `sqlite` and `postgres` where they must differ.
//!
//! Each file has its own number over all three folders. A change is expanded first (new columns and
//! tables that the old program does not mind) and contracted in a later release.

use std::borrow::Cow;

use sqlx::migrate::Migrator;

use crate::Dialect;

static BOTH: Migrator = sqlx::migrate!("migrations/both");
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// All migrations of one database, in order.
pub(crate) fn migrator(dialect: Dialect) -> Migrator {
    let own = match dialect {
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
    };
    let mut migrations: Vec<_> = BOTH.iter().chain(own.iter()).cloned().collect();
    migrations.sort_by_key(|migration| migration.version);
    Migrator {
        migrations: Cow::Owned(migrations),
        ..Migrator::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions as _, SqliteConnection};

    use super::*;

    #[test]
    fn every_migration_has_its_own_number() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let versions: Vec<_> = migrator(dialect).iter().map(|m| m.version).collect();
            let mut unique = versions.clone();
            unique.dedup();
            assert_eq!(versions, unique, "{dialect:?}");
        }
    }

    /// All values of a table, as SQLite would write them.
    async fn content(connection: &mut SqliteConnection, table: &str) -> Vec<String> {
        let columns = format!(
            "SELECT group_concat('quote(' || name || ')', '||') FROM pragma_table_info('{table}')"
        );
        let columns: String = sqlx::query_scalar(sqlx::AssertSqlSafe(columns))
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        let rows = format!("SELECT {columns} FROM {table}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(rows))
            .fetch_all(connection)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn launches_of_before_are_there_after_their_tables_were_made_anew() {
        const TABLES: [&str; 4] = ["nonce", "session", "launch", "statement_key"];
        let options = SqliteConnectOptions::new().in_memory(true);
        let mut connection = options.connect().await.unwrap();
        let mut before = migrator(Dialect::Sqlite);
        before.migrations.to_mut().retain(|m| m.version < 8);
        before.run(&mut connection).await.unwrap();
        for row in [
            "INSERT INTO nonce VALUES (x'01', 'once', x'02', 3)",
            "INSERT INTO session VALUES (x'04', x'05', x'06', 7, 8)",
            "INSERT INTO launch VALUES (x'02', x'05', x'06', x'04', x'01', x'09', x'0a', NULL, \
             '[]', 'participant', 'LtiResourceLinkRequest', 'https://lms.example/', 'cy', NULL, 7)",
            "INSERT INTO statement_key VALUES (x'05', 'agent', 'somebody', x'0b')",
        ] {
            sqlx::query(row).execute(&mut connection).await.unwrap();
        }
        let mut kept = Vec::new();
        for table in TABLES {
            kept.push(content(&mut connection, table).await);
        }
        migrator(Dialect::Sqlite)
            .run(&mut connection)
            .await
            .unwrap();
        for (table, kept) in TABLES.into_iter().zip(kept) {
            assert_eq!(kept.len(), 1);
            assert_eq!(content(&mut connection, table).await, kept, "{table}");
        }
    }
}
