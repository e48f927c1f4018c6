//! Migrations.

use crate::opened::Opened;
use crate::sample::{institution, run};

pub(crate) async fn migrating_again_changes_nothing(opened: &Opened) {
    let store = &opened.store;
    institution(store, "north").await;
    store.migrate().await.unwrap();
    store.ready().await.unwrap();
    assert_eq!(store.list_institutions().await.unwrap().len(), 1);
}

pub(crate) async fn replicas_migrate_together(opened: &Opened) {
    let empty = opened.empty().await;
    let (one, other) = (&empty.store, empty.another().await);
    assert_eq!(one.ready().await.unwrap_err().code(), "store_database");
    let (first, second) = tokio::join!(one.migrate(), other.migrate());
    first.unwrap();
    second.unwrap();
    one.ready().await.unwrap();
    other.close().await;
    empty.close().await;
}

pub(crate) async fn an_old_schema_is_not_ready(opened: &Opened) {
    let store = &opened.store;
    store.ready().await.unwrap();
    run(store, "DELETE FROM _sqlx_migrations WHERE version > 1")
        .await
        .unwrap();
    assert_eq!(store.ready().await.unwrap_err().code(), "store_schema_old");
}
