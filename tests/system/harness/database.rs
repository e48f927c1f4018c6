//! A database for one test: a file in a folder, or a PostgreSQL database of its own. Looks at rows
//! from the outside, past the store.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use uuid::Uuid;

/// Which database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A database that is gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Database {
    /// Which it is.
    pub(crate) kind: Kind,
    /// Its address, as configurations name it.
    pub(crate) url: String,
    /// The server and the database's name on it.
    on_server: Option<(String, String)>,
}

/// The PostgreSQL server for tests.
pub(crate) fn postgres_server() -> Result<String> {
    std::env::var("MTL_TEST_POSTGRES_URL").context(
        "MTL_TEST_POSTGRES_URL names no PostgreSQL server; `cargo xtask test` starts one and runs \
         the tests with it",
    )
}

impl Database {
    /// An empty database.
    pub(crate) async fn create(kind: Kind, folder: &Path) -> Result<Self> {
        if kind == Kind::Sqlite {
            let url = format!("sqlite:{}", folder.join("bridge.sqlite").display());
            return Ok(Self {
                kind,
                url,
                on_server: None,
            });
        }
        let server = postgres_server()?;
        let name = format!("mtl_system_{}", Uuid::new_v4().simple());
        run_on(&server, format!("CREATE DATABASE {name}")).await?;
        let (address, _) = server
            .rsplit_once('/')
            .context("the server's address has no path")?;
        Ok(Self {
            kind,
            url: format!("{address}/{name}"),
            on_server: Some((server, name)),
        })
    }

    /// From now on nothing can be written into a table, as on a database that fails there.
    pub(crate) async fn refuse_writes(&self, table: &str) -> Result<()> {
        match self.kind {
            Kind::Sqlite => {
                for what in ["INSERT", "UPDATE"] {
                    self.execute(format!(
                        "CREATE TRIGGER refuse_{what}_{table} BEFORE {what} ON {table} \
                         BEGIN SELECT RAISE(ABORT, 'refused'); END"
                    ))
                    .await?;
                }
                Ok(())
            }
            // What is there already is not looked at.
            Kind::Postgres => {
                self.execute(format!(
                    "ALTER TABLE {table} ADD CONSTRAINT refuse_{table} CHECK (false) NOT VALID"
                ))
                .await
            }
        }
    }

    /// It can be written into again.
    pub(crate) async fn allow_writes(&self, table: &str) -> Result<()> {
        match self.kind {
            Kind::Sqlite => {
                for what in ["INSERT", "UPDATE"] {
                    self.execute(format!("DROP TRIGGER refuse_{what}_{table}"))
                        .await?;
                }
                Ok(())
            }
            Kind::Postgres => {
                self.execute(format!(
                    "ALTER TABLE {table} DROP CONSTRAINT refuse_{table}"
                ))
                .await
            }
        }
    }

    /// Changes something past the store.
    pub(crate) async fn execute(&self, sql: String) -> Result<()> {
        match self.kind {
            Kind::Sqlite => {
                let mut connection = SqliteConnection::connect(&self.url).await?;
                sqlx::raw_sql(AssertSqlSafe(sql))
                    .execute(&mut connection)
                    .await?;
                connection.close().await?;
                Ok(())
            }
            Kind::Postgres => run_on(&self.url, sql).await,
        }
    }

    /// How many rows each table has.
    pub(crate) async fn count_rows(&self) -> Result<BTreeMap<String, i64>> {
        let mut counts = BTreeMap::new();
        match self.kind {
            Kind::Sqlite => {
                let mut connection = SqliteConnection::connect(&self.url).await?;
                let tables: Vec<(String,)> = sqlx::query_as(
                    "SELECT name FROM sqlite_master WHERE type = 'table' \
                     AND name NOT LIKE 'sqlite_%'",
                )
                .fetch_all(&mut connection)
                .await?;
                for (table,) in tables {
                    let text = format!("SELECT count(*) FROM \"{table}\"");
                    let (count,): (i64,) = sqlx::query_as(AssertSqlSafe(text))
                        .fetch_one(&mut connection)
                        .await?;
                    counts.insert(table, count);
                }
                connection.close().await?;
            }
            Kind::Postgres => {
                let mut connection = PgConnection::connect(&self.url).await?;
                let tables: Vec<(String,)> = sqlx::query_as(
                    "SELECT table_name::text FROM information_schema.tables \
                     WHERE table_schema = 'public'",
                )
                .fetch_all(&mut connection)
                .await?;
                for (table,) in tables {
                    let text = format!("SELECT count(*) FROM \"{table}\"");
                    let (count,): (i64,) = sqlx::query_as(AssertSqlSafe(text))
                        .fetch_one(&mut connection)
                        .await?;
                    counts.insert(table, count);
                }
                connection.close().await?;
            }
        }
        Ok(counts)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some((server, name)) = self.on_server.take() else {
            return;
        };
        // A runtime of its own: this may be dropped inside one, or while a test panics.
        let dropped = std::thread::spawn(move || -> Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(run_on(
                &server,
                format!("DROP DATABASE {name} WITH (FORCE)"),
            ))
        })
        .join();
        if !matches!(dropped, Ok(Ok(()))) {
            eprintln!("a test's database could not be dropped");
        }
    }
}

async fn run_on(server: &str, sql: String) -> Result<()> {
    let mut connection = PgConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}
