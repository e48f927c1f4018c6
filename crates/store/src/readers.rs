//! SQLite's reading connections.
//!
//! The connection that was used last is taken first: its thread and its pages are warm. sqlx's own
//! pool goes round all of them and pings each after its use, which costs a read two more switches of
//! threads; nothing here needs that, because a connection whose read did not end is not used again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::Semaphore;

use crate::error::is_lost;
use crate::{Connection, StoreError, Tx};

/// How long a request waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Reading connections, each opened when all others are in use.
#[derive(Debug)]
pub(crate) struct Readers {
    options: Box<SqliteConnectOptions>,
    places: Semaphore,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    pub(crate) fn new(options: SqliteConnectOptions, most: u32) -> Self {
        Self {
            options: Box::new(options),
            places: Semaphore::new(usize::try_from(most.max(1)).unwrap_or(Semaphore::MAX_PERMITS)),
            idle: Mutex::default(),
        }
    }

    pub(crate) async fn read<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>>,
    {
        let _place = tokio::time::timeout(ACQUIRE_TIMEOUT, self.places.acquire())
            .await
            .map_err(|_| StoreError::Busy)?
            .map_err(|_| StoreError::Closed)?;
        let idle = self.idle().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        let answer = query(&mut Tx::new(Connection::Sqlite(&mut connection))).await;
        let lost = matches!(&answer, Err(StoreError::Database(error)) if is_lost(error));
        if !lost {
            self.idle().push(connection);
        }
        answer
    }

    /// Lets no new reader in, and closes the connections that nobody uses.
    pub(crate) async fn close(&self) {
        self.places.close();
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            // Only reads were made with it: nothing is lost with a connection that fails to close.
            let _ = connection.close().await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
