//! What people complain of in other bridges, each as a test.

use mtl_lrs_client::{Delivery, RefusalReason, StatementOutcome};

use crate::fake_lrs::{FakeLrs, Habits, client, delivered, statement, statements};

fn reason(delivery: &Delivery<u128>, row: u128) -> (RefusalReason, u16, String) {
    let outcome = delivery
        .outcomes
        .iter()
        .find(|(found, _)| *found == row)
        .map(|(_, o)| o);
    match outcome {
        Some(StatementOutcome::Refused(refusal) | StatementOutcome::Failed(refusal)) => {
            (refusal.reason, refusal.status, refusal.message.clone())
        }
        other => panic!("{other:?}"),
    }
}

/// `logstore_xapi` 359 and 367, `event-routing-backends` 388; `logstore` 522: the reason is shown.
#[tokio::test]
async fn one_bad_statement_does_not_block_the_queue() {
    let refused_verb = Some("http://example.org/unknown".to_owned());
    let lrs = FakeLrs::start(Habits {
        refused_verb,
        ..Habits::default()
    })
    .await;
    for bad in [1, 25, 50] {
        let mut rows = statements(50);
        rows[bad - 1].1 = statement(bad as u128, "unknown");
        let delivery = client().deliver(&lrs.target(), rows).await;
        assert_eq!(delivery.halt, None);
        assert_eq!(delivered(&delivery.outcomes).len(), 49);
        let words = "the verb is not known".to_owned();
        assert_eq!(
            reason(&delivery, bad as u128),
            (RefusalReason::Rejected, 400, words)
        );
        // To find one among fifty takes a few requests, not fifty.
        assert!(lrs.posts().len() <= 14, "{:?}", lrs.posts());
        lrs.memory.lock().unwrap().posts.clear();
    }
}

/// `event-routing-backends` 298.
#[tokio::test]
async fn a_conflict_ends() {
    let lrs = FakeLrs::start(Habits::default()).await;
    lrs.know(&statement(3, "did-otherwise"));
    let delivery = client().deliver(&lrs.target(), statements(5)).await;
    assert_eq!(delivery.halt, None);
    assert_eq!(delivered(&delivery.outcomes), [1, 2, 4, 5]);
    assert_eq!(
        reason(&delivery, 3),
        (RefusalReason::Conflict, 409, "conflict".to_owned())
    );
}

/// The same with credentials that may not read, or a store that does not show the statement.
#[tokio::test]
async fn a_conflict_ends_unseen() {
    for get_status in [403, 404, 400] {
        let habits = Habits {
            get_status: Some(get_status),
            ..Habits::default()
        };
        let lrs = FakeLrs::start(habits).await;
        lrs.know(&statement(1, "did-otherwise"));
        let delivery = client().deliver(&lrs.target(), statements(2)).await;
        assert_eq!(delivery.halt, None);
        assert_eq!(delivered(&delivery.outcomes), [2]);
        assert_eq!(reason(&delivery, 1).0, RefusalReason::ConflictUnseen);
    }
    let lrs = FakeLrs::start(Habits {
        get_status: Some(503),
        ..Habits::default()
    })
    .await;
    lrs.know(&statement(1, "did-otherwise"));
    let delivery = client().deliver(&lrs.target(), statements(2)).await;
    assert_eq!(delivery.halt.map(|halt| halt.code()), Some("retry-later"));
    assert!(
        delivery
            .outcomes
            .iter()
            .all(|(_, o)| *o == StatementOutcome::Pending)
    );
}

/// `ralph` 345.
#[tokio::test]
async fn duplicates_in_a_batch() {
    let lrs = FakeLrs::start(Habits::default()).await;
    let rows = vec![
        (1, statement(7, "did")),
        (2, statement(8, "did")),
        (3, statement(7, "did")),
        (4, statement(8, "did-otherwise")),
    ];
    let delivery = client().deliver(&lrs.target(), rows).await;
    assert_eq!(delivered(&delivery.outcomes), [1, 2, 3]);
    assert_eq!(reason(&delivery, 4).0, RefusalReason::Conflict);
    assert_eq!(lrs.ids(), [7, 8]);
}

/// `learninglocker` 1610: whatever is sent again is known by its id.
#[tokio::test]
async fn no_duplicates_after_sending_again() {
    let lrs = FakeLrs::start(Habits::default()).await;
    for _ in 0..3 {
        let delivery = client().deliver(&lrs.target(), statements(7)).await;
        assert_eq!(delivered(&delivery.outcomes).len(), 7);
    }
    assert_eq!(lrs.ids().len(), 7);
}

/// `adapt-contrib-xapi` 108.
#[tokio::test]
async fn the_last_statement_is_sent() {
    let lrs = FakeLrs::start(Habits::default()).await;
    let delivery = client().deliver(&lrs.target(), statements(51)).await;
    assert_eq!(delivered(&delivery.outcomes).last(), Some(&51));
    assert_eq!(lrs.posts(), [50, 1]);
}

#[tokio::test]
async fn a_statement_that_breaks_the_server_stands_alone() {
    let breaking_verb = Some("http://example.org/breaks".to_owned());
    let lrs = FakeLrs::start(Habits {
        breaking_verb,
        ..Habits::default()
    })
    .await;
    let mut rows = statements(8);
    rows[4].1 = statement(5, "breaks");
    let delivery = client().deliver(&lrs.target(), rows).await;
    assert_eq!(delivery.halt, None);
    assert_eq!(delivered(&delivery.outcomes), [1, 2, 3, 4, 6, 7, 8]);
    assert_eq!(reason(&delivery, 5).0, RefusalReason::ServerError);

    let rows = (1..=50).map(|id| (id, statement(id, "breaks"))).collect();
    lrs.memory.lock().unwrap().posts.clear();
    let delivery = client().deliver(&lrs.target(), rows).await;
    assert_eq!(
        delivery.halt.as_ref().map(mtl_lrs_client::Halt::code),
        Some("retry-later")
    );
    assert!(
        lrs.posts().len() < 12,
        "a server that is down is left in peace: {:?}",
        lrs.posts()
    );
    assert!(delivered(&delivery.outcomes).is_empty());
}

#[tokio::test]
async fn what_is_no_statement_is_not_sent() {
    let lrs = FakeLrs::start(Habits::default()).await;
    let rows = vec![
        (1, "{}".to_owned()),
        (2, statement(2, "did")),
        (3, "{".to_owned()),
    ];
    let delivery = client().deliver(&lrs.target(), rows).await;
    assert_eq!(delivered(&delivery.outcomes), [2]);
    assert_eq!(reason(&delivery, 1).0, RefusalReason::NotAStatement);
    assert_eq!(reason(&delivery, 3).0, RefusalReason::NotAStatement);
}
