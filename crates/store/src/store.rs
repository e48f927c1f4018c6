//! The open store: its connections, how it is read and how it is written.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgPool};

use crate::launch::LaunchCache;
use crate::readers::Readers;
use crate::signals::Signals;
use crate::transaction::fetch_one;
use crate::writer::Writer;
use crate::{Connection, Dialect, OutboxSignal, StoreConfig, StoreError, Tx, postgres, schema};

/// How long a connection to SQLite waits for another process before it says so.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request waits for a free connection to PostgreSQL.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// The writer's pages stay in memory, so that an insert need not read them first.
const WRITER_CACHE_KIB: u32 = 16_384;
/// How long the log grows, in pages, before it is moved into the file: hot pages are moved less often.
const LOG_PAGES: &str = "4000";
/// More than the store has queries, so that each stays prepared.
const STATEMENTS: usize = 512;

/// Everything that is kept. Cheap to clone; all copies share the same connections.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    backend: Backend,
    signals: Arc<Signals>,
    cache: LaunchCache,
}

#[derive(Debug)]
enum Backend {
    Sqlite {
        options: Box<SqliteConnectOptions>,
        readers: Readers,
        writer: Writer,
    },
    Postgres {
        pool: PgPool,
    },
}

impl Store {
    /// Opens the database; a SQLite file is created where there is none. The schema is brought up
    /// to date by [`Store::migrate`].
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        let signals = Arc::new(Signals::new());
        let backend = if config.url.starts_with("sqlite:") {
            open_sqlite(config, &signals).await?
        } else if config.url.starts_with("postgres://") || config.url.starts_with("postgresql://") {
            let pool = open_postgres(config).await?;
            signals.start_telling(pool.clone());
            Backend::Postgres { pool }
        } else {
            // Only the scheme: an address may hold a password.
            let scheme = config.url.split(':').next().unwrap_or_default();
            return Err(StoreError::Address(scheme.to_owned()));
        };
        Ok(Self {
            inner: Arc::new(Inner {
                backend,
                signals,
                cache: LaunchCache::new(),
            }),
        })
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match self.inner.backend {
            Backend::Sqlite { .. } => Dialect::Sqlite,
            Backend::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// Brings the schema up to date; answers at once when it is. Replicas that start together wait
    /// for each other.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let migrator = schema::migrator(self.dialect());
        match &self.inner.backend {
            Backend::Sqlite { options, .. } => {
                let mut connection = options.connect().await?;
                // Holds off other processes: the migrations below nest into this transaction.
                let mut lock = connection.begin_with("BEGIN IMMEDIATE").await?;
                migrator.run(&mut *lock).await?;
                lock.commit().await?;
                connection.close().await?;
            }
            Backend::Postgres { pool } => migrator.run(pool).await?,
        }
        Ok(())
    }

    /// Whether the database answers and its schema is the one that this program knows.
    pub async fn ready(&self) -> Result<(), StoreError> {
        let newest = schema::migrator(self.dialect())
            .iter()
            .map(|migration| migration.version)
            .max();
        let (applied,): (Option<i64>,) = self
            .read(|tx| {
                Box::pin(async move {
                    fetch_one!(
                        tx,
                        (Option<i64>,),
                        "SELECT max(version) FROM _sqlx_migrations WHERE success"
                    )
                })
            })
            .await?;
        // A newer schema was made by a newer replica; it only expands what this program uses.
        if applied < newest {
            return Err(StoreError::refused(
                "store_schema_old",
                "the database's schema is older than this program; run `mtl-bridge migrate`",
            ));
        }
        Ok(())
    }

    /// Makes a change in one transaction: all of it, or nothing when the answer is an error, a
    /// statement failed, or the code panicked.
    ///
    /// On SQLite the change shares its commit with those that come at the same time. On PostgreSQL
    /// it is made again after a serialisation failure or a deadlock, hence `Clone`; so it must not
    /// have effects outside the database.
    pub async fn write<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>>
            + Clone
            + Send
            + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite { writer, .. } => writer.write(change).await,
            Backend::Postgres { pool } => {
                let (value, outbox_filled) = postgres::write(pool, change).await?;
                if outbox_filled {
                    self.inner.signals.outbox_filled();
                }
                Ok(value)
            }
        }
    }

    /// Like [`Store::write`] for a change that is exactly one statement: on PostgreSQL that is a
    /// transaction by itself, so nothing is sent before or after it.
    pub(crate) async fn write_one_statement<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>>
            + Clone
            + Send
            + 'static,
    {
        match &self.inner.backend {
            Backend::Sqlite { writer, .. } => writer.write(change).await,
            Backend::Postgres { pool } => {
                let (value, outbox_filled) = postgres::write_one_statement(pool, change).await?;
                if outbox_filled {
                    self.inner.signals.outbox_filled();
                }
                Ok(value)
            }
        }
    }

    /// Reads. Each statement sees what is committed when it starts.
    pub async fn read<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>>,
    {
        match &self.inner.backend {
            Backend::Sqlite { readers, .. } => readers.read(query).await,
            Backend::Postgres { pool } => {
                let mut connection = pool.acquire().await?;
                query(&mut Tx::new(Connection::Postgres(&mut connection))).await
            }
        }
    }

    /// Wakes the delivery workers: a row's turn has come without a new one.
    pub(crate) fn wake_outbox(&self) {
        self.inner.signals.outbox_filled();
    }

    /// A waiting point for a delivery worker, woken when the outbox has got new rows (in another
    /// replica, too, on PostgreSQL).
    pub fn outbox_signal(&self) -> OutboxSignal {
        self.inner.signals.subscribe(self.postgres())
    }

    /// Commits what waits and closes all connections.
    pub async fn close(&self) {
        self.inner.signals.stop();
        match &self.inner.backend {
            Backend::Sqlite {
                readers, writer, ..
            } => {
                writer.close().await;
                readers.close().await;
            }
            Backend::Postgres { pool } => pool.close().await,
        }
    }

    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        match &self.inner.backend {
            Backend::Postgres { pool } => Some(pool),
            Backend::Sqlite { .. } => None,
        }
    }

    pub(crate) fn cache(&self) -> &LaunchCache {
        &self.inner.cache
    }
}

async fn open_sqlite(config: &StoreConfig, signals: &Arc<Signals>) -> Result<Backend, StoreError> {
    let options = SqliteConnectOptions::from_str(&config.url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging();
    // The writer opens first: it creates the file and switches it to write-ahead logging.
    let writing = options
        .clone()
        .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
        .pragma("wal_autocheckpoint", LOG_PAGES);
    let writer = Writer::start(writing, Arc::clone(signals)).await?;
    let readers = Readers::new(
        options.clone().pragma("query_only", "ON"),
        config.max_connections,
    );
    Ok(Backend::Sqlite {
        options: Box::new(options),
        readers,
        writer,
    })
}

async fn open_postgres(config: &StoreConfig) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(&config.url)?
        .application_name("mtl-bridge")
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(config.max_connections.max(2))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    Ok(pool)
}
