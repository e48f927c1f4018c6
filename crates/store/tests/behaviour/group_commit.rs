//! Changes that run at the same time do not pay for each other.

use futures_util::future::join_all;
use mtl_store::outbox::Effects;
use mtl_store::{Connection, StoreError};

use crate::opened::Opened;
use crate::sample::{count, entry, institution, now};

pub(crate) async fn a_change_that_fails_takes_back_only_itself(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let changes = (0..120).map(|number| {
        store.write(move |tx| {
            Box::pin(async move {
                Effects::audited(entry(&number.to_string()))
                    .record(tx, institution, now())
                    .await?;
                assert!(number % 3 != 1, "every third panics");
                if number % 3 == 2 {
                    return Err(StoreError::refused("no", "every third is refused"));
                }
                Ok(number)
            })
        })
    });
    let codes: Vec<_> = join_all(changes)
        .await
        .into_iter()
        .map(|outcome| outcome.map_err(|error| error.code()))
        .collect();
    for (number, outcome) in (0..).zip(codes) {
        let expected = match number % 3 {
            0 => Ok(number),
            1 => Err("store_panicked"),
            _ => Err("no"),
        };
        assert_eq!(outcome, expected, "change {number}");
    }
    assert_eq!(count(store, "SELECT count(*) FROM audit").await, 40);
}

pub(crate) async fn a_failed_statement_cannot_be_committed(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let outcome = store
        .write(move |tx| {
            Box::pin(async move {
                Effects::audited(entry("before"))
                    .record(tx, institution, now())
                    .await?;
                // The change goes on as if nothing had happened.
                let sql = "INSERT INTO no_such_table VALUES (1)";
                let answer = match tx.connection() {
                    Connection::Sqlite(connection) => {
                        sqlx::query(sql).execute(&mut *connection).await.map(|_| ())
                    }
                    Connection::Postgres(connection) => {
                        sqlx::query(sql).execute(&mut *connection).await.map(|_| ())
                    }
                };
                tx.note(answer).unwrap_err();
                Ok(())
            })
        })
        .await;
    assert_eq!(outcome.unwrap_err().code(), "store_poisoned");
    assert_eq!(count(store, "SELECT count(*) FROM audit").await, 0);
}

pub(crate) async fn a_closed_store_says_so(opened: &Opened) {
    let store = opened.another().await;
    store.close().await;
    let written = store.write(|_| Box::pin(async { Ok(()) })).await;
    assert_eq!(written.unwrap_err().code(), "store_closed");
    let read = store.list_institutions().await;
    assert_eq!(read.unwrap_err().code(), "store_closed");
}
