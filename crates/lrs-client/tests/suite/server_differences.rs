//! Each measured difference between servers.

use mtl_lrs_client::{DeliveryLimits, RefusalReason, StatementOutcome};

use crate::fake_lrs::{FakeLrs, Habits, client, client_with, delivered, statement, statements};

#[tokio::test]
async fn batches_keep_order_and_limits() {
    let lrs = FakeLrs::start(Habits::default()).await;
    let delivery = client().deliver(&lrs.target(), statements(120)).await;
    assert_eq!(delivery.halt, None);
    assert_eq!(delivered(&delivery.outcomes), (1..=120).collect::<Vec<_>>());
    assert_eq!(lrs.posts(), [50, 50, 20]);
    assert_eq!(lrs.ids(), (1..=120).collect::<Vec<_>>());
}

#[tokio::test]
async fn nothing_to_send_is_not_sent() {
    let lrs = FakeLrs::start(Habits::default()).await;
    let delivery = client().deliver(&lrs.target(), statements(0)).await;
    assert!(delivery.outcomes.is_empty() && delivery.halt.is_none() && lrs.posts().is_empty());
}

#[tokio::test]
async fn known_statements_are_success_however_it_is_said() {
    for (all_known, only_new_ids) in [(204, true), (200, true), (200, false)] {
        let lrs = FakeLrs::start(Habits {
            all_known,
            only_new_ids,
            ..Habits::default()
        })
        .await;
        for count in [3, 3, 5] {
            let delivery = client().deliver(&lrs.target(), statements(count)).await;
            assert_eq!(
                delivered(&delivery.outcomes).len(),
                usize::try_from(count).unwrap()
            );
        }
        assert_eq!(lrs.posts(), [3, 3, 5]);
    }
}

#[tokio::test]
async fn a_server_that_calls_equal_statements_a_conflict() {
    let lrs = FakeLrs::start(Habits {
        conflict_on_equal: true,
        ..Habits::default()
    })
    .await;
    lrs.know(&statement(2, "did"));
    let delivery = client().deliver(&lrs.target(), statements(4)).await;
    assert_eq!(delivered(&delivery.outcomes), [1, 2, 3, 4]);
    assert_eq!(lrs.memory.lock().unwrap().gets, 1);
}

#[tokio::test]
async fn a_statement_that_was_voided_there_is_delivered() {
    let lrs = FakeLrs::start(Habits {
        conflict_on_equal: true,
        ..Habits::default()
    })
    .await;
    lrs.know(&statement(1, "did"));
    {
        let mut memory = lrs.memory.lock().unwrap();
        memory.voided = std::mem::take(&mut memory.statements);
    }
    let delivery = client().deliver(&lrs.target(), statements(1)).await;
    assert_eq!(delivered(&delivery.outcomes), [1]);
}

#[tokio::test]
async fn bodies_that_are_too_large_are_halved() {
    let most_bytes = statement(1, "did").len() * 3 + 10;
    let lrs = FakeLrs::start(Habits {
        most_bytes,
        ..Habits::default()
    })
    .await;
    let mut rows = statements(8);
    rows[6].1 = rows[6].1.replace(
        "http://example.org/did",
        &"http://example.org/x".repeat(200),
    );
    let delivery = client().deliver(&lrs.target(), rows).await;
    assert_eq!(delivered(&delivery.outcomes), [1, 2, 3, 4, 5, 6, 8]);
    let (_, StatementOutcome::Refused(refusal)) = &delivery.outcomes[6] else {
        panic!("{delivery:?}")
    };
    assert_eq!(
        (refusal.reason, refusal.status),
        (RefusalReason::TooLarge, 413)
    );
}

#[tokio::test]
async fn the_limit_in_bytes_cuts_batches() {
    let lrs = FakeLrs::start(Habits::default()).await;
    let batch_bytes = statement(1, "did").len() * 2 + 10;
    let limits = DeliveryLimits {
        batch_bytes,
        ..DeliveryLimits::default()
    };
    let delivery = client_with(limits)
        .deliver(&lrs.target(), statements(5))
        .await;
    assert_eq!(delivered(&delivery.outcomes), [1, 2, 3, 4, 5]);
    assert_eq!(lrs.posts(), [2, 2, 1]);
}
