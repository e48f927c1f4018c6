//! A new database for one test: a temporary folder, or a PostgreSQL database of its own.

use mtl_store::{Store, StoreConfig};
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// An open store with its database.
pub(crate) struct Opened {
    pub(crate) store: Store,
    config: StoreConfig,
    place: Place,
}

enum Place {
    Folder(#[expect(dead_code, reason = "removes the folder when it is dropped")] TempDir),
    Database { server: String, name: String },
}

impl Opened {
    /// A migrated store on SQLite.
    pub(crate) async fn sqlite() -> Self {
        let opened = Self::empty_sqlite().await;
        opened.store.migrate().await.unwrap();
        opened
    }

    /// A migrated store on PostgreSQL.
    pub(crate) async fn postgres() -> Self {
        let opened = Self::empty_postgres().await;
        opened.store.migrate().await.unwrap();
        opened
    }

    /// An empty database of the same kind.
    pub(crate) async fn empty(&self) -> Self {
        match &self.place {
            Place::Folder(_) => Self::empty_sqlite().await,
            Place::Database { .. } => Self::empty_postgres().await,
        }
    }

    async fn empty_sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::open(url, Place::Folder(folder)).await
    }

    async fn empty_postgres() -> Self {
        let server = std::env::var("MTL_TEST_POSTGRES_URL").expect(
            "MTL_TEST_POSTGRES_URL names no PostgreSQL server; \
             `cargo xtask test` starts one and runs the tests with it",
        );
        let name = format!("mtl_store_{}", Uuid::new_v4().simple());
        on_server(&server, format!("CREATE DATABASE {name}")).await;
        let (address, _) = server.rsplit_once('/').unwrap();
        let url = format!("{address}/{name}");
        Self::open(url, Place::Database { server, name }).await
    }

    async fn open(url: String, place: Place) -> Self {
        let config = StoreConfig {
            url,
            max_connections: 8,
        };
        let store = Store::open(&config).await.unwrap();
        Self {
            store,
            config,
            place,
        }
    }

    /// Another store on the same database: a second replica, with cold caches.
    pub(crate) async fn another(&self) -> Store {
        Store::open(&self.config).await.unwrap()
    }

    pub(crate) async fn close(self) {
        self.store.close().await;
        if let Place::Database { server, name } = &self.place {
            on_server(server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

async fn on_server(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}
