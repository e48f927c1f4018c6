//! The audit trail.

use mtl_programme::PersonId;
use mtl_store::StoreError;
use mtl_store::outbox::{AuditEntry, Effects};
use serde_json::json;
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::{at, count, entry, institution, now, record, run, score};

pub(crate) async fn the_trail_cannot_be_changed(opened: &Opened) {
    let store = &opened.store;
    let north = institution(store, "north").await;
    let south = institution(store, "south").await;
    let actor = PersonId(Uuid::from_u128(5));
    let first = AuditEntry {
        actor: Some(actor),
        action: "decision.released".to_owned(),
        object_kind: "decision".to_owned(),
        object: "one".to_owned(),
        details: json!({"policy": "sha256:00"}),
    };
    record(store, north, Effects::audited(first), at(1)).await;
    record(store, north, Effects::audited(entry("two")), at(2)).await;
    record(store, south, Effects::audited(entry("three")), at(3)).await;

    for sql in [
        "UPDATE audit SET action = 'nothing'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE object = 'one'",
    ] {
        assert!(run(store, sql).await.is_err(), "{sql}");
    }
    let listed = store.list_audit(north, None, 10).await.unwrap();
    let objects: Vec<_> = listed.iter().map(|row| row.object.as_str()).collect();
    assert_eq!(objects, ["two", "one"]);
    let one = store
        .list_audit(north, Some("one".to_owned()), 10)
        .await
        .unwrap();
    assert_eq!((one[0].actor, one[0].recorded_at), (Some(actor), at(1)));
    assert_eq!(one[0].details, r#"{"policy":"sha256:00"}"#);
    assert_eq!(store.list_audit(north, None, 1).await.unwrap().len(), 1);
}

pub(crate) async fn effects_are_taken_back_with_their_cause(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let effects = Effects {
        scores: vec![score("item", PersonId(Uuid::from_u128(5)), 1.0)],
        audit: vec![entry("one")],
        ..Effects::default()
    };
    let outcome = store
        .write(move |tx| {
            Box::pin(async move {
                effects.record(tx, institution, now()).await?;
                Err::<(), _>(StoreError::refused("late", "the rule comes too late"))
            })
        })
        .await;
    assert_eq!(outcome.unwrap_err().code(), "late");
    for sql in [
        "SELECT count(*) FROM outbox",
        "SELECT count(*) FROM audit",
        "SELECT count(*) FROM score_clock",
    ] {
        assert_eq!(count(store, sql).await, 0, "{sql}");
    }
}
