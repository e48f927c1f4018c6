//! Changes that run at the same time do not pay for each other.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use mtl_store::outbox::Effects;
use mtl_store::{Connection, StoreError};
use tokio::sync::Notify;

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

pub(crate) async fn another_process_that_writes_is_waited_for(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let other = opened.another().await;
    let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let holding = {
        let (begun, finish) = (Arc::clone(&begun), Arc::clone(&finish));
        other.write(move |tx| {
            Box::pin(async move {
                Effects::audited(entry("holds"))
                    .record(tx, institution, now())
                    .await?;
                begun.notify_one();
                finish.notified().await;
                Ok(())
            })
        })
    };
    let waiting = async {
        begun.notified().await;
        let writing = store.write(move |tx| {
            Box::pin(async move {
                Effects::audited(entry("waits"))
                    .record(tx, institution, now())
                    .await
            })
        });
        let reading = async {
            // Reading goes on meanwhile, and sees nothing that is not committed.
            let seen = count(store, "SELECT count(*) FROM audit WHERE object = 'holds'").await;
            finish.notify_one();
            seen
        };
        let (written, seen) = tokio::join!(writing, reading);
        written.unwrap();
        assert_eq!(seen, 0);
    };
    let (held, ()) = tokio::join!(holding, waiting);
    held.unwrap();
    assert_eq!(count(store, "SELECT count(*) FROM audit").await, 2);
    other.close().await;
}

pub(crate) async fn reads_that_are_given_up_hold_up_no_others(opened: &Opened) {
    let store = &opened.store;
    institution(store, "north").await;
    // More than there are connections, each given up at another moment.
    for number in 0..64_u64 {
        let patience = Duration::from_micros(number * 20);
        let _ = tokio::time::timeout(patience, store.list_institutions()).await;
    }
    let reads = join_all((0..64).map(|_| store.list_institutions())).await;
    for found in reads {
        assert_eq!(found.unwrap().len(), 1);
    }
}

pub(crate) async fn a_closed_store_says_so(opened: &Opened) {
    let store = opened.another().await;
    store.close().await;
    let written = store.write(|_| Box::pin(async { Ok(()) })).await;
    assert_eq!(written.unwrap_err().code(), "store_closed");
    let read = store.list_institutions().await;
    assert_eq!(read.unwrap_err().code(), "store_closed");
}
