//! Evidence: only so much of it, and only while the work is a draft.

use futures_util::future::join_all;
use mtl_programme::{AttemptId, EvidenceId};
use mtl_store::work::NewEvidence;
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::at;
use crate::work_sample::{north_and_south, opened_attempt};

const MOST: i64 = 3;

fn piece(attempt: AttemptId, seconds: i64) -> NewEvidence {
    NewEvidence {
        id: EvidenceId(Uuid::new_v4()),
        attempt,
        item: format!(r#"{{"at":{seconds}}}"#),
        added_at: at(seconds),
    }
}

pub(crate) async fn a_draft_takes_so_much_evidence_and_no_more(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let row = opened_attempt(store, north).await;
    let replica = opened.another().await;
    // The last place is taken once, however many uploads end at the same moment.
    let added = join_all((0..12).map(|number| {
        let store = if number % 2 == 0 { store } else { &replica };
        store.add_evidence(north, piece(row.id, number), MOST)
    }))
    .await;
    let added = added.into_iter().filter(|added| *added.as_ref().unwrap());
    assert_eq!(added.count(), 3);
    replica.close().await;

    let kept = store.list_evidence(north, row.id).await.unwrap();
    assert_eq!(kept.len(), 3);
    assert!(kept.is_sorted_by_key(|piece| piece.added_at));
    let gone = kept[0].id;
    let other = opened_attempt(store, north).await;
    for (institution, attempt) in [(south, row.id), (north, other.id)] {
        let removed = store
            .remove_evidence(institution, attempt, gone, at(20))
            .await
            .unwrap();
        assert!(!removed);
    }
    for expected in [true, false] {
        let removed = store
            .remove_evidence(north, row.id, gone, at(20))
            .await
            .unwrap();
        assert_eq!(removed, expected);
    }
    let left = store.list_evidence(north, row.id).await.unwrap();
    assert_eq!(left, kept[1..]);
    // It is still known, as taken away.
    let removed = store.find_evidence(north, gone).await.unwrap().unwrap();
    assert_eq!(removed.removed_at, Some(at(20)));
    let more = piece(row.id, 30);
    assert!(store.add_evidence(north, more, MOST).await.unwrap());
    let more = piece(row.id, 31);
    assert!(!store.add_evidence(north, more, MOST).await.unwrap());
}

pub(crate) async fn evidence_stays_in_its_institution(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let row = opened_attempt(store, north).await;
    let refused = store.add_evidence(south, piece(row.id, 1), MOST).await;
    assert!(!refused.unwrap());
    let one = piece(row.id, 1);
    assert!(store.add_evidence(north, one.clone(), MOST).await.unwrap());
    assert_eq!(store.find_evidence(south, one.id).await.unwrap(), None);
    assert_eq!(store.list_evidence(south, row.id).await.unwrap(), []);
    let nowhere = piece(AttemptId(Uuid::new_v4()), 1);
    assert!(!store.add_evidence(north, nowhere, MOST).await.unwrap());
}
