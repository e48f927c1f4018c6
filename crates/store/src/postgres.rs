//! Changes on PostgreSQL: an ordinary transaction from the pool, made again when the database asks
//! for it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::PgPool;

use crate::{Connection, StoreError, Tx};

/// How often a change is made before its serialisation failure or deadlock is reported.
const ATTEMPTS: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(4);

/// Runs the change in a transaction; answers its result and whether it filled the outbox.
pub(crate) async fn write<T, F>(pool: &PgPool, change: F) -> Result<(T, bool), StoreError>
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>> + Clone,
{
    for attempt in 1..ATTEMPTS {
        match in_transaction(pool, change.clone()).await {
            Err(error) if error.is_transient() => pause(attempt).await,
            other => return other,
        }
    }
    in_transaction(pool, change).await
}

/// Runs a change that is one statement, which is a transaction by itself.
pub(crate) async fn write_one_statement<T, F>(
    pool: &PgPool,
    change: F,
) -> Result<(T, bool), StoreError>
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>> + Clone,
{
    for attempt in 1..ATTEMPTS {
        match by_itself(pool, change.clone()).await {
            Err(error) if error.is_transient() => pause(attempt).await,
            other => return other,
        }
    }
    by_itself(pool, change).await
}

/// Waits a little longer before each further attempt.
async fn pause(attempt: u32) {
    tokio::time::sleep(FIRST_PAUSE * (1 << attempt)).await;
}

async fn in_transaction<T, F>(pool: &PgPool, change: F) -> Result<(T, bool), StoreError>
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>>,
{
    // Dropping the transaction (an error, a caller who went away) rolls it back.
    let mut transaction = pool.begin().await?;
    let mut tx = Tx::new(Connection::Postgres(&mut transaction));
    let value = caught(change, &mut tx).await?;
    if tx.is_poisoned() {
        return Err(StoreError::Poisoned);
    }
    let outbox_filled = tx.is_outbox_filled();
    transaction.commit().await?;
    Ok((value, outbox_filled))
}

async fn by_itself<T, F>(pool: &PgPool, change: F) -> Result<(T, bool), StoreError>
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>>,
{
    let mut connection = pool.acquire().await?;
    let mut tx = Tx::new(Connection::Postgres(&mut connection));
    let value = caught(change, &mut tx).await?;
    Ok((value, tx.is_outbox_filled()))
}

/// Runs the change; its panic is an error, as it is on SQLite.
async fn caught<T, F>(change: F, tx: &mut Tx<'_>) -> Result<T, StoreError>
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>>,
{
    AssertUnwindSafe(async { change(tx).await })
        .catch_unwind()
        .await
        .unwrap_or(Err(StoreError::Panicked))
}
