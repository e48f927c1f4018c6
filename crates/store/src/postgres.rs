//! Changes on PostgreSQL: an ordinary transaction from the pool, made again when the database asks
//! for it.

use std::time::Duration;

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
    let mut attempt = 1;
    loop {
        match write_once(pool, change.clone()).await {
            Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                pause(attempt).await;
                attempt += 1;
            }
            other => return other,
        }
    }
}

/// Waits a little longer before each further attempt.
pub(crate) async fn pause(attempt: u32) {
    tokio::time::sleep(FIRST_PAUSE * (1 << attempt.min(6))).await;
}

async fn write_once<T, F>(pool: &PgPool, change: F) -> Result<(T, bool), StoreError>
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>>,
{
    // Dropping the transaction (an error, a panic, a caller who went away) rolls it back.
    let mut transaction = pool.begin().await?;
    let mut tx = Tx::new(Connection::Postgres(&mut transaction));
    let value = change(&mut tx).await?;
    if tx.is_poisoned() {
        return Err(StoreError::Poisoned);
    }
    let outbox_filled = tx.is_outbox_filled();
    transaction.commit().await?;
    Ok((value, outbox_filled))
}
