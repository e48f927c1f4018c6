//! Attempts: begun once, saved over a known revision, frozen for ever.

use chrono::TimeDelta;
use futures_util::future::join_all;
use mtl_programme::{ActivityKey, AttemptId, EvidenceId};
use mtl_store::outbox::Effects;
use mtl_store::work::{AttemptRow, DraftSave, EVIDENCE_CHANGED, NewEvidence, Submission};
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::{at, count};
use crate::work_sample::{
    course, effects_so_far, new_attempt, new_decision, north_and_south, one_of_each,
    opened_attempt, person, submission,
};

fn save(attempt: AttemptId, expected_revision: i64, seconds: i64) -> DraftSave {
    let revision = expected_revision + 1;
    DraftSave {
        attempt,
        expected_revision,
        revision,
        draft: format!(r#"{{"revision":{revision}}}"#),
        words: revision * 10,
        saved_at: at(seconds),
        version_since: at(seconds) - TimeDelta::minutes(5),
    }
}

async fn versions(opened: &Opened, row: &AttemptRow) -> Vec<i64> {
    let institution = opened.store.list_institutions().await.unwrap()[0].id;
    let versions = opened
        .store
        .list_draft_versions(institution, row.id)
        .await
        .unwrap();
    versions.iter().map(|version| version.revision).collect()
}

pub(crate) async fn an_attempt_is_begun_once(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let (whose, here) = (person(), course());
    let before = effects_so_far(store).await;
    let replica = opened.another().await;
    // Two tabs, on two replicas, all at once.
    let begun = join_all((0..20).map(|number| {
        let store = if number % 2 == 0 { store } else { &replica };
        store.open_attempt(north, new_attempt(whose, here), one_of_each())
    }))
    .await;
    let begun: Vec<_> = begun.into_iter().map(Result::unwrap).collect();
    assert_eq!(begun.iter().filter(|(_, new)| *new).count(), 1);
    let first = &begun[0].0;
    assert!(begun.iter().all(|(row, _)| row == first));
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 1));
    replica.close().await;

    let mut second = new_attempt(whose, here);
    second.number = 2;
    second.due_at = Some(at(60));
    let (second, new) = store
        .open_attempt(north, second, Effects::default())
        .await
        .unwrap();
    assert!(new && second.due_at == Some(at(60)));
    let all = store.list_attempts(north, whose).await.unwrap();
    assert_eq!(all, [first.clone(), second.clone()]);
    let mut of_course = store.list_attempts_of_context(north, here).await.unwrap();
    of_course.sort_by_key(|row| row.number);
    assert_eq!(of_course, all);
    assert_eq!(
        store.find_attempt(north, second.id).await.unwrap(),
        Some(second)
    );

    // The same person, as far as numbers go, in another institution begins their own.
    assert_eq!(store.find_attempt(south, first.id).await.unwrap(), None);
    assert_eq!(store.list_attempts(south, whose).await.unwrap(), []);
    assert_eq!(
        store.list_attempts_of_context(south, here).await.unwrap(),
        []
    );
    let (theirs, new) = store
        .open_attempt(south, new_attempt(whose, here), Effects::default())
        .await
        .unwrap();
    assert!(new && theirs.id != first.id);
}

pub(crate) async fn a_draft_is_saved_over_its_own_revision_only(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let row = opened_attempt(store, north).await;
    let before = effects_so_far(store).await;
    let replica = opened.another().await;
    let racing = join_all((0..10).map(|number| {
        let store = if number % 2 == 0 { store } else { &replica };
        store.save_draft(north, save(row.id, 0, 1), one_of_each())
    }))
    .await;
    let saved = racing.into_iter().filter(|saved| *saved.as_ref().unwrap());
    assert_eq!(saved.count(), 1);
    replica.close().await;
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 1));

    let elsewhere = store
        .save_draft(south, save(row.id, 1, 2), one_of_each())
        .await
        .unwrap();
    assert!(!elsewhere);
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 1));
    let stored = store.find_attempt(north, row.id).await.unwrap().unwrap();
    assert_eq!(
        (stored.revision, stored.words, stored.saved_at),
        (1, 10, at(1))
    );
    assert_eq!(stored.draft, r#"{"revision":1}"#);
    assert_eq!(store.list_draft_versions(south, row.id).await.unwrap(), []);
}

pub(crate) async fn a_stretch_of_typing_is_one_version(opened: &Opened) {
    let store = &opened.store;
    let (north, _) = north_and_south(store).await;
    let row = opened_attempt(store, north).await;
    let other = opened_attempt(store, north).await;
    for attempt in [row.id, other.id] {
        assert!(
            store
                .save_draft(north, save(attempt, 0, 0), Effects::default())
                .await
                .unwrap()
        );
    }
    // Each within five minutes of the one before, then one after exactly five minutes.
    for (revision, seconds) in [(1, 60), (2, 120), (3, 419), (4, 719), (5, 720), (6, 2_000)] {
        let saved = store
            .save_draft(north, save(row.id, revision, seconds), Effects::default())
            .await
            .unwrap();
        assert!(saved, "revision {revision}");
    }
    assert_eq!(versions(opened, &row).await, [7, 6, 4]);
    assert_eq!(versions(opened, &other).await, [1]);
    let kept = store.list_draft_versions(north, row.id).await.unwrap();
    assert_eq!(
        (kept[0].content.as_str(), kept[0].words, kept[0].saved_at),
        (r#"{"revision":7}"#, 70, at(2_000))
    );
}

pub(crate) async fn a_submission_is_final(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let row = opened_attempt(store, north).await;
    let before = effects_so_far(store).await;
    let submit = |institution, revision, seconds| {
        store.submit_attempt(
            institution,
            submission(row.id, revision, at(seconds)),
            one_of_each(),
        )
    };
    assert!(!submit(north, 1, 1).await.unwrap(), "another revision");
    assert!(!submit(south, 0, 1).await.unwrap(), "another institution");
    assert_eq!(effects_so_far(store).await, before);
    let mut evidence = NewEvidence {
        id: EvidenceId(Uuid::new_v4()),
        attempt: row.id,
        item: "{}".to_owned(),
        added_at: at(1),
    };
    assert!(
        store
            .add_evidence(north, evidence.clone(), 5)
            .await
            .unwrap()
    );

    // Evidence that came after the work was read is not in its snapshot.
    let unseen = submit(north, 0, 2).await.unwrap_err();
    assert_eq!(unseen.code(), EVIDENCE_CHANGED);
    assert_eq!(effects_so_far(store).await, before);
    let whole = Submission {
        evidence: vec![evidence.id],
        ..submission(row.id, 0, at(2))
    };
    assert!(
        store
            .submit_attempt(north, whole, one_of_each())
            .await
            .unwrap()
    );
    assert!(!submit(north, 0, 3).await.unwrap(), "a second time");
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 1));
    let saved = store
        .save_draft(north, save(row.id, 0, 4), one_of_each())
        .await
        .unwrap();
    assert!(!saved);
    let removed = store
        .remove_evidence(north, row.id, evidence.id, at(4))
        .await
        .unwrap();
    assert!(!removed);
    evidence.id = EvidenceId(Uuid::new_v4());
    assert!(!store.add_evidence(north, evidence, 5).await.unwrap());
    assert_eq!(store.list_evidence(north, row.id).await.unwrap().len(), 1);
    let frozen = store.find_attempt(north, row.id).await.unwrap().unwrap();
    assert_eq!(
        (frozen.submitted_at, frozen.snapshot.as_deref()),
        (Some(at(2)), Some(r#"{"revision":0}"#))
    );
    assert_eq!(frozen.draft, row.draft);
    assert_eq!(versions(opened, &row).await, [0; 0]);
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 1));
}

pub(crate) async fn more_time_is_granted_to_what_is_there(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let row = opened_attempt(store, north).await;
    store
        .extend_attempt(north, row.id, at(600), true, one_of_each(), at(1))
        .await
        .unwrap();
    let before = effects_so_far(store).await;
    for (institution, attempt) in [(south, row.id), (north, AttemptId(Uuid::new_v4()))] {
        let refused = store
            .extend_attempt(institution, attempt, at(900), false, one_of_each(), at(2))
            .await;
        assert_eq!(refused.unwrap_err().code(), "store_not_found");
    }
    assert_eq!(effects_so_far(store).await, before);
    let row = store.find_attempt(north, row.id).await.unwrap().unwrap();
    assert_eq!((row.extended_to, row.mitigation), (Some(at(600)), true));
    assert_eq!(count(store, "SELECT count(*) FROM attempt").await, 1);
}

pub(crate) async fn a_page_of_work_is_read_at_once(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let row = opened_attempt(store, north).await;
    let key: ActivityKey = format!("{}/{}", row.programme, row.activity)
        .parse()
        .unwrap();
    let own = || store.list_own_work(north, row.person, key.clone());
    let [bare] = &own().await.unwrap()[..] else {
        panic!("one attempt");
    };
    assert_eq!(bare.attempt, row);
    assert_eq!((bare.evidence.as_str(), bare.versions), ("[]", 0));
    assert!(!bare.has_release);

    for (number, seconds) in [(2, 9), (1, 8), (3, 10)] {
        let piece = NewEvidence {
            id: EvidenceId(Uuid::new_v4()),
            attempt: row.id,
            item: format!(r#"{{"number":{number}}}"#),
            added_at: at(seconds),
        };
        assert!(store.add_evidence(north, piece.clone(), 9).await.unwrap());
        if number == 3 {
            let gone = store.remove_evidence(north, row.id, piece.id, at(11));
            assert!(gone.await.unwrap());
        }
    }
    assert!(
        store
            .save_draft(north, save(row.id, 0, 600), Effects::default())
            .await
            .unwrap()
    );
    assert!(
        store
            .save_draft(north, save(row.id, 1, 1200), Effects::default())
            .await
            .unwrap()
    );
    let decision = new_decision(row.person, row.context, at(1300));
    let (id, judge) = (decision.id, person());
    store
        .record_decision(north, decision, Effects::default())
        .await
        .unwrap();
    let full = own().await.unwrap().remove(0);
    assert_eq!(full.evidence, r#"[{"number":1},{"number":2}]"#);
    assert_eq!(
        full.versions,
        i64::try_from(versions(opened, &row).await.len()).unwrap()
    );
    assert!(!full.has_release, "a decision is not a release");
    let released = store.release_decision(north, id, judge, at(1400), Effects::default());
    assert!(released.await.unwrap());
    assert!(own().await.unwrap()[0].has_release);

    assert_eq!(
        store
            .list_own_work(south, row.person, key.clone())
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        store
            .list_own_work(north, person(), key.clone())
            .await
            .unwrap(),
        []
    );
}
