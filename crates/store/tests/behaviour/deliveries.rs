//! Claims, leases and their outcomes.

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use mtl_programme::{InstitutionId, PersonId};
use mtl_store::Store;
use mtl_store::outbox::{
    ClaimedScore, DeliveryFilter, DeliveryKind, DeliveryState, Effects, Failure, NewStatement,
};
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::{
    PLATFORM, at, count, enqueue, institution, now, record, run, score, statement,
};

pub(crate) const PERSON: PersonId = PersonId(Uuid::from_u128(70));

pub(crate) async fn claim(store: &Store, seconds: i64, limit: u32) -> Vec<ClaimedScore> {
    store
        .claim_scores(PLATFORM, at(seconds), TimeDelta::seconds(30), limit)
        .await
        .unwrap()
}

/// Enqueues three scores of one key that do not replace each other: each is tried once.
pub(crate) async fn three(store: &Store, institution: InstitutionId) {
    for second in 0..3_i32 {
        let given = f64::from(second);
        let at = at(i64::from(second));
        enqueue(store, institution, score("item", PERSON, given), at).await;
        if second == 0 {
            let first = claim(store, 0, 1).await;
            let failure = Failure::new("http_503", "busy");
            store
                .record_retry(first[0].lease, first[0].id, at, failure)
                .await
                .unwrap();
        }
    }
}

pub(crate) fn given(claimed: &ClaimedScore) -> f64 {
    let body: serde_json::Value = serde_json::from_str(&claimed.body).unwrap();
    body["scoreGiven"].as_f64().unwrap()
}

pub(crate) async fn only_the_oldest_of_a_key_is_claimed(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    three(store, institution).await;
    let mut order = Vec::new();
    // The second score gave its place to the third before it was tried.
    for _ in 0..2 {
        let claimed = claim(store, 100, 10).await;
        assert_eq!(claimed.len(), 1);
        assert!(
            claim(store, 100, 10).await.is_empty(),
            "the next waits for its turn"
        );
        order.push(given(&claimed[0]));
        assert!(
            store
                .record_delivered(claimed[0].lease, claimed[0].id, at(100))
                .await
                .unwrap()
        );
    }
    assert_eq!(order, [0.0, 2.0]);
    assert!(claim(store, 100, 10).await.is_empty());
}

pub(crate) async fn two_workers_never_hold_the_same_row(opened: &Opened) {
    let store = &opened.store;
    let replica = opened.another().await;
    let institution = institution(store, "north").await;
    for number in 0..40 {
        let person = PersonId(Uuid::from_u128(number));
        enqueue(store, institution, score("item", person, 1.0), now()).await;
    }
    let claims = (0..20).map(|number| {
        let store = if number % 2 == 0 { store } else { &replica };
        claim(store, 0, 3)
    });
    let mut held: Vec<Uuid> = join_all(claims)
        .await
        .into_iter()
        .flatten()
        .map(|c| c.id)
        .collect();
    // On PostgreSQL a claim passes over rows that another one is just looking at.
    held.extend(
        claim(store, 0, 100)
            .await
            .into_iter()
            .map(|claimed| claimed.id),
    );
    let distinct: HashSet<_> = held.iter().collect();
    assert_eq!((held.len(), distinct.len()), (40, 40));
    replica.close().await;
}

pub(crate) async fn a_lease_that_ran_out_is_taken_over(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    enqueue(store, institution, score("item", PERSON, 40.0), at(0)).await;
    let dead_worker = claim(store, 0, 1).await;
    assert_eq!(dead_worker[0].attempt, 1);
    assert!(claim(store, 29, 1).await.is_empty());
    let next = claim(store, 30, 1).await;
    assert_eq!((next[0].id, next[0].attempt), (dead_worker[0].id, 2));
    assert_eq!(next[0].body, dead_worker[0].body);

    // The first worker was only slow; what it says does not count any more.
    let (lease, id) = (dead_worker[0].lease, dead_worker[0].id);
    let failure = || Failure::new("http_500", "no");
    assert!(!store.record_delivered(lease, id, at(31)).await.unwrap());
    assert!(
        !store
            .record_retry(lease, id, at(31), failure())
            .await
            .unwrap()
    );
    assert!(!store.record_dead(lease, id, failure()).await.unwrap());
    assert_eq!(
        store
            .record_all_retry(lease, at(31), failure())
            .await
            .unwrap(),
        0
    );
    assert!(
        store
            .record_delivered(next[0].lease, id, at(31))
            .await
            .unwrap()
    );
    assert!(
        !store
            .record_delivered(next[0].lease, id, at(31))
            .await
            .unwrap()
    );
    let listed = store
        .list_deliveries(institution, DeliveryFilter::default())
        .await
        .unwrap();
    assert_eq!(
        (listed[0].state, listed[0].attempts),
        (DeliveryState::Delivered, 2)
    );
    assert_eq!(listed[0].delivered_at, Some(at(31)));
}

pub(crate) async fn a_score_waits_while_another_of_its_key_is_sent(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    three(store, institution).await;
    let first = claim(store, 100, 10).await;
    let failure = Failure::new("http_400", "no");
    store
        .record_dead(first[0].lease, first[0].id, failure)
        .await
        .unwrap();
    let newer = claim(store, 100, 10).await;
    // As when a dead letter is put back at the very moment at which the newer one is taken.
    run(
        store,
        "UPDATE outbox SET state = 'pending' WHERE state = 'dead'",
    )
    .await
    .unwrap();
    assert!(claim(store, 100, 10).await.is_empty());
    let failure = Failure::new("http_503", "busy");
    store
        .record_retry(newer[0].lease, newer[0].id, at(100), failure)
        .await
        .unwrap();
    assert_eq!(claim(store, 100, 10).await[0].id, first[0].id);
}

pub(crate) async fn old_deliveries_are_purged(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    three(store, institution).await;
    let new = NewStatement::outbox(&statement(
        Uuid::new_v4(),
        "p",
        "http://v.example/v",
        "http://a.example/a",
    ));
    let effects = Effects {
        statements: vec![new],
        ..Effects::default()
    };
    record(store, institution, effects, now()).await;
    assert_eq!(store.purge_deliveries(at(50)).await.unwrap(), 0);
    let batch = store
        .claim_statements(institution, at(50), TimeDelta::seconds(30), 10)
        .await
        .unwrap();
    let id = batch.statements[0].id;
    assert!(
        store
            .record_delivered(batch.lease, id, at(50))
            .await
            .unwrap()
    );
    assert_eq!(store.purge_deliveries(at(-1)).await.unwrap(), 0);
    assert_eq!(store.purge_deliveries(at(50)).await.unwrap(), 1);
    for _ in 0..2 {
        let claimed = claim(store, 100, 10).await;
        store
            .record_delivered(claimed[0].lease, claimed[0].id, at(100))
            .await
            .unwrap();
    }
    // The superseded one and the first; the latest stays.
    assert_eq!(store.purge_deliveries(at(200)).await.unwrap(), 2);
    let left = store
        .list_deliveries(institution, DeliveryFilter::default())
        .await
        .unwrap();
    assert_eq!(left.len(), 1);
    assert!(left[0].payload.contains(r#""scoreGiven":2"#));
}

pub(crate) async fn statements_are_claimed_by_institution(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = (
        institution(store, "north").await,
        institution(store, "south").await,
    );
    for institution in [north, south] {
        let new = || {
            NewStatement::outbox(&statement(
                Uuid::new_v4(),
                "p",
                "http://v.example/v",
                "http://a.example/a",
            ))
        };
        let effects = Effects {
            statements: vec![new(), new(), new()],
            ..Effects::default()
        };
        record(store, institution, effects, now()).await;
    }
    let lease = TimeDelta::seconds(30);
    let mut due = store
        .list_institutions_with_statements(now())
        .await
        .unwrap();
    due.sort();
    let mut expected = [north, south];
    expected.sort();
    assert_eq!(due, expected);

    let batch = store
        .claim_statements(north, now(), lease, 50)
        .await
        .unwrap();
    assert_eq!(batch.statements.len(), 3);
    assert!(batch.statements.is_sorted_by_key(|statement| statement.id));
    assert!(
        store
            .claim_statements(north, now(), lease, 50)
            .await
            .unwrap()
            .statements
            .is_empty()
    );
    assert_eq!(
        store
            .list_institutions_with_statements(now())
            .await
            .unwrap(),
        [south]
    );
    // One is refused for good, the others were taken.
    let failure = Failure::new("http_400", "verb.id");
    assert!(
        store
            .record_dead(batch.lease, batch.statements[1].id, failure)
            .await
            .unwrap()
    );
    assert_eq!(batch.statements.len(), 3);
    for row in [&batch.statements[0], &batch.statements[2]] {
        assert!(
            store
                .record_delivered(batch.lease, row.id, now())
                .await
                .unwrap()
        );
    }
    assert!(
        store
            .list_deliveries(south, DeliveryFilter::default())
            .await
            .unwrap()
            .iter()
            .all(|delivery| delivery.state == DeliveryState::Pending)
    );

    let batch = store
        .claim_statements(south, now(), lease, 2)
        .await
        .unwrap();
    assert_eq!(batch.statements.len(), 2);
    let failure = Failure::new("http_503", "busy");
    assert_eq!(
        store
            .record_all_retry(batch.lease, at(60), failure)
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        store
            .claim_statements(south, at(59), lease, 9)
            .await
            .unwrap()
            .statements
            .len(),
        1
    );
    assert_eq!(
        store
            .claim_statements(south, at(60), lease, 9)
            .await
            .unwrap()
            .statements
            .len(),
        2
    );
}

pub(crate) async fn the_depth_is_counted(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let [scores, statements] = store.outbox_depth().await.unwrap();
    assert_eq!((scores.pending, scores.dead, scores.oldest), (0, 0, None));
    assert_eq!(statements.kind, DeliveryKind::Statement);
    for (number, seconds) in [(1, 5), (2, 3), (3, 4)] {
        let person = PersonId(Uuid::from_u128(number));
        enqueue(store, institution, score("item", person, 1.0), at(seconds)).await;
    }
    let claimed = claim(store, 3, 1).await;
    let failure = Failure::new("http_400", "no");
    let [scores, _] = store.outbox_depth().await.unwrap();
    assert_eq!(
        (scores.pending, scores.dead, scores.oldest),
        (3, 0, Some(at(3)))
    );
    store
        .record_dead(claimed[0].lease, claimed[0].id, failure)
        .await
        .unwrap();
    let [scores, _] = store.outbox_depth().await.unwrap();
    assert_eq!(
        (scores.pending, scores.dead, scores.oldest),
        (2, 1, Some(at(4)))
    );
}

pub(crate) async fn workers_are_woken(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let mut signal = store.outbox_signal();
    let mut other = store.outbox_signal();
    // Whoever starts to listen may look once for nothing.
    while signal.wait(Duration::from_millis(200)).await {}
    while other.wait(Duration::from_millis(200)).await {}

    // What arrives between two waits is not lost, and every worker hears of it.
    enqueue(store, institution, score("item", PERSON, 1.0), now()).await;
    assert!(signal.wait(Duration::from_secs(10)).await);
    assert!(other.wait(Duration::from_secs(10)).await);

    if store.dialect() == mtl_store::Dialect::Postgres {
        while signal.wait(Duration::from_millis(200)).await {}
        let replica = opened.another().await;
        enqueue(&replica, institution, score("item", PERSON, 2.0), now()).await;
        assert!(
            signal.wait(Duration::from_secs(10)).await,
            "another replica is heard"
        );
        replica.close().await;
    }
    assert_eq!(
        count(store, "SELECT count(*) FROM outbox").await,
        if store.dialect() == mtl_store::Dialect::Postgres {
            2
        } else {
            1
        }
    );
}

pub(crate) async fn platforms_are_claimed_apart(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let mut platforms = Vec::new();
    for client in ["one", "two", "three"] {
        let new = crate::sample::new_registration(client);
        platforms.push(store.add_registration(new, now()).await.unwrap());
    }
    // The first has much to do, the second a little and later, the third nothing.
    for (platform, scores, second) in [(0, 30, 0), (1, 2, 5)] {
        for number in 0..scores {
            let mut new = score("item", PersonId(Uuid::from_u128(number)), 1.0);
            new.registration = platforms[platform];
            enqueue(store, institution, new, at(second)).await;
        }
    }
    let due = async |seconds| {
        let mut due = store
            .list_registrations_with_scores(at(seconds))
            .await
            .unwrap();
        due.sort_by_key(|platform| platforms.iter().position(|known| known == platform));
        due
    };
    assert_eq!(due(4).await, platforms[..1]);
    assert_eq!(due(5).await, platforms[..2]);
    let lease = TimeDelta::seconds(30);
    let claimed = store
        .claim_scores(platforms[1], at(5), lease, 10)
        .await
        .unwrap();
    assert_eq!(claimed.len(), 2);
    assert!(claimed.iter().all(|c| c.registration == platforms[1]));
    assert_eq!(due(5).await, platforms[..1]);
    assert_eq!(due(35).await, platforms[..2], "the lease has run out");
}

pub(crate) async fn a_score_that_was_held_back_was_not_tried(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    enqueue(store, institution, score("item", PERSON, 40.0), at(0)).await;
    let held = claim(store, 0, 1).await;
    let (lease, id) = (held[0].lease, held[0].id);
    let failure = || Failure::new("held_back", "the platform is busy");
    assert!(
        store
            .record_unsent(lease, id, at(7), failure())
            .await
            .unwrap()
    );
    assert!(
        !store
            .record_unsent(lease, id, at(7), failure())
            .await
            .unwrap()
    );
    assert!(claim(store, 6, 1).await.is_empty());
    let filter = DeliveryFilter::default();
    let listed = store.list_deliveries(institution, filter).await.unwrap();
    assert_eq!(
        (listed[0].state, listed[0].attempts),
        (DeliveryState::Pending, 0)
    );
    assert_eq!(listed[0].last_error_code.as_deref(), Some("held_back"));
    // So a newer one takes its place.
    enqueue(store, institution, score("item", PERSON, 50.0), at(8)).await;
    let next = claim(store, 8, 10).await;
    assert_eq!((next.len(), next[0].attempt), (1, 1));
    assert_eq!(given(&next[0]).to_string(), "50");
}
