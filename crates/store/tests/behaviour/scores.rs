//! The second that a score carries.

use chrono::TimeDelta;
use futures_util::future::join_all;
use mtl_lti::ags::Score;
use mtl_programme::PersonId;
use mtl_store::Store;
use mtl_store::outbox::{ClaimedScore, DeliveryFilter, DeliveryState, Failure, ScoreTarget};
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::{PLATFORM, at, enqueue, institution, score};

const PERSON: PersonId = PersonId(Uuid::from_u128(70));

async fn claim(store: &Store, seconds: i64) -> Vec<ClaimedScore> {
    store
        .claim_scores(PLATFORM, at(seconds), TimeDelta::seconds(30), 100)
        .await
        .unwrap()
}

fn sent(claimed: &ClaimedScore) -> (i64, Option<f64>) {
    let body: Score = serde_json::from_str(&claimed.body).unwrap();
    (
        body.timestamp.timestamp() - at(0).timestamp(),
        body.score_given,
    )
}

pub(crate) async fn the_second_is_given_once_and_grows(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    enqueue(store, institution, score("item", PERSON, 40.0), at(0)).await;
    let first = claim(store, 0).await;
    assert_eq!(sent(&first[0]), (0, Some(40.0)));
    // Within the same second, while the first is on its way: it has to wait for the next second.
    enqueue(store, institution, score("item", PERSON, 50.0), at(0)).await;
    store
        .record_delivered(first[0].lease, first[0].id, at(0))
        .await
        .unwrap();
    assert!(claim(store, 0).await.is_empty(), "never ahead of the time");
    let second = claim(store, 1).await;
    assert_eq!(sent(&second[0]), (1, Some(50.0)));
    // A retry has the same bytes.
    store
        .record_retry(
            second[0].lease,
            second[0].id,
            at(5),
            Failure::new("http_503", "busy"),
        )
        .await
        .unwrap();
    assert!(claim(store, 4).await.is_empty());
    let again = claim(store, 5).await;
    assert_eq!(
        (again[0].body.as_str(), again[0].attempt),
        (second[0].body.as_str(), 2)
    );
    store
        .record_delivered(again[0].lease, again[0].id, at(5))
        .await
        .unwrap();
    // The clock goes on from the last second, also when the machine's clock has gone back.
    enqueue(store, institution, score("item", PERSON, 60.0), at(-10)).await;
    assert_eq!(sent(&claim(store, 60).await[0]), (2, Some(60.0)));
}

pub(crate) async fn two_in_one_second_are_one(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    for given in [40.0, 50.0, 60.0] {
        enqueue(store, institution, score("item", PERSON, given), at(0)).await;
    }
    let claimed = claim(store, 0).await;
    assert_eq!(claimed.len(), 1);
    assert_eq!(sent(&claimed[0]), (0, Some(60.0)));
    let filter = DeliveryFilter {
        state: Some(DeliveryState::Superseded),
        ..DeliveryFilter::default()
    };
    let superseded = store.list_deliveries(institution, filter).await.unwrap();
    assert_eq!(superseded.len(), 2);
}

pub(crate) async fn a_score_that_was_tried_is_not_replaced(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    enqueue(store, institution, score("item", PERSON, 40.0), at(0)).await;
    let first = claim(store, 0).await;
    store
        .record_retry(
            first[0].lease,
            first[0].id,
            at(10),
            Failure::new("timeout", ""),
        )
        .await
        .unwrap();
    // The platform may have the first, so the second needs a later second and goes after it.
    enqueue(store, institution, score("item", PERSON, 50.0), at(0)).await;
    assert!(claim(store, 5).await.is_empty());
    let again = claim(store, 10).await;
    assert_eq!(again.len(), 1);
    assert_eq!(sent(&again[0]), (0, Some(40.0)));
    store
        .record_delivered(again[0].lease, again[0].id, at(10))
        .await
        .unwrap();
    assert_eq!(sent(&claim(store, 10).await[0]), (1, Some(50.0)));
}

pub(crate) async fn concurrent_scores_never_share_a_second(opened: &Opened) {
    let store = &opened.store;
    let replica = opened.another().await;
    let institution = institution(store, "north").await;
    let mut seconds = Vec::new();
    for round in 0..5_i64 {
        let scores = (0..10_i32).map(|number| {
            let store = if number % 2 == 0 { store } else { &replica };
            enqueue(
                store,
                institution,
                score("item", PERSON, f64::from(number)),
                at(0),
            )
        });
        join_all(scores).await;
        let claimed = claim(store, 1000).await;
        assert_eq!(claimed.len(), 1, "round {round}");
        seconds.push(sent(&claimed[0]).0);
        store
            .record_delivered(claimed[0].lease, claimed[0].id, at(1000))
            .await
            .unwrap();
    }
    assert!(
        seconds.is_sorted_by(|one, other| one < other),
        "{seconds:?}"
    );
    replica.close().await;
}

pub(crate) async fn columns_and_people_have_their_own_clocks(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let other = PersonId(Uuid::from_u128(71));
    let mut column = score("item", PERSON, 4.0);
    column.target = ScoreTarget::Column {
        lineitems_url: "https://lms.example/items".to_owned(),
        resource_id: "module".to_owned(),
        tag: "mtl-module".to_owned(),
        label: "Module".to_owned(),
        score_maximum: 10_000,
        link: None,
    };
    for new in [
        score("item", PERSON, 1.0),
        score("item", other, 2.0),
        score("another", PERSON, 3.0),
        column.clone(),
    ] {
        enqueue(store, institution, new, at(0)).await;
    }
    let claimed = claim(store, 0).await;
    let mut given: Vec<_> = claimed.iter().map(sent).collect();
    given.sort_by(|one, other| one.1.partial_cmp(&other.1).unwrap());
    assert_eq!(
        given,
        [
            (0, Some(1.0)),
            (0, Some(2.0)),
            (0, Some(3.0)),
            (0, Some(4.0))
        ]
    );
    assert!(
        claimed
            .iter()
            .any(|claimed| claimed.target == column.target)
    );
}

pub(crate) async fn a_links_column_keeps_its_order_when_its_address_becomes_known(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let link = || Some("link-1".to_owned());
    let targets = [
        ScoreTarget::Column {
            lineitems_url: "https://lms.example/items".to_owned(),
            resource_id: "mtl/first-question".to_owned(),
            tag: "mtl-activity".to_owned(),
            label: "Scenario".to_owned(),
            score_maximum: 10_000,
            link: link(),
        },
        ScoreTarget::LineItem {
            url: "https://lms.example/items/5".to_owned(),
            link: link(),
        },
        ScoreTarget::LineItem {
            url: "https://lms.example/items/6".to_owned(),
            link: link(),
        },
    ];
    let mut seconds = Vec::new();
    for target in targets {
        let mut new = score("", PERSON, 50.0);
        new.target = target;
        enqueue(store, institution, new, at(0)).await;
        let claimed = claim(store, 100).await;
        assert_eq!(claimed.len(), 1);
        store
            .record_delivered(claimed[0].lease, claimed[0].id, at(100))
            .await
            .unwrap();
        seconds.push(sent(&claimed[0]).0);
    }
    assert_eq!(seconds, [0, 1, 2]);
}

/// Enqueues a score with a comment and answers the comment with which it is sent.
async fn commented(
    store: &Store,
    institution: mtl_programme::InstitutionId,
    comment: &str,
    repeats_comment: bool,
    arrives: bool,
) -> Option<String> {
    let mut new = score("item", PERSON, 50.0);
    new.score.comment = Some(comment.to_owned());
    new.repeats_comment = repeats_comment;
    enqueue(store, institution, new, at(0)).await;
    let claimed = claim(store, 1000).await;
    let (lease, id) = (claimed[0].lease, claimed[0].id);
    if arrives {
        store.record_delivered(lease, id, at(1000)).await.unwrap();
    } else {
        let failure = Failure::new("http_400", "no");
        store.record_dead(lease, id, failure).await.unwrap();
    }
    let body: Score = serde_json::from_str(&claimed[0].body).unwrap();
    body.comment
}

pub(crate) async fn a_comment_goes_along_where_it_must_and_where_it_changed(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let table = [
        ("A", true, true, Some("A")),
        ("A", true, true, Some("A")),
        ("A", false, true, None),
        // What did not arrive is not known there.
        ("B", false, false, Some("B")),
        ("B", false, true, Some("B")),
        ("B", false, true, None),
        ("B", false, true, None),
        ("A", false, true, Some("A")),
    ];
    for (step, (comment, repeats, arrives, expected)) in table.into_iter().enumerate() {
        let sent = commented(store, institution, comment, repeats, arrives).await;
        assert_eq!(sent.as_deref(), expected, "step {step}");
    }
    // One that was never sent takes its comment with it.
    for given in [60.0, 61.0] {
        let mut new = score("item", PERSON, given);
        new.score.comment = Some("C".to_owned());
        new.repeats_comment = false;
        enqueue(store, institution, new, at(2000)).await;
    }
    let body: Score = serde_json::from_str(&claim(store, 2000).await[0].body).unwrap();
    assert_eq!(
        (body.score_given, body.comment.as_deref()),
        (Some(61.0), Some("C"))
    );
}

pub(crate) async fn a_hand_in_never_follows_a_mark(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let hand_in = || {
        let mut new = score("item", PERSON, 0.0);
        new.score.score_given = None;
        new.score.score_maximum = None;
        new
    };
    enqueue(store, institution, hand_in(), at(0)).await;
    let claimed = claim(store, 0).await;
    assert_eq!(sent(&claimed[0]), (0, None));
    store
        .record_delivered(claimed[0].lease, claimed[0].id, at(0))
        .await
        .unwrap();
    // Before the mark is sent, while it is, and after it.
    enqueue(store, institution, score("item", PERSON, 50.0), at(1)).await;
    enqueue(store, institution, hand_in(), at(2)).await;
    let mark = claim(store, 9).await;
    assert_eq!(sent(&mark[0]), (1, Some(50.0)));
    enqueue(store, institution, hand_in(), at(3)).await;
    store
        .record_delivered(mark[0].lease, mark[0].id, at(9))
        .await
        .unwrap();
    enqueue(store, institution, hand_in(), at(4)).await;
    assert!(claim(store, 1000).await.is_empty());
    let all = store
        .list_deliveries(institution, DeliveryFilter::default())
        .await
        .unwrap();
    assert_eq!(all.len(), 2);
}
