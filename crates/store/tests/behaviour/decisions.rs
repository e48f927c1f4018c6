//! Decisions: kept whatever came out, released once, the newest alone.

use futures_util::future::join_all;
use mtl_programme::DecisionId;
use mtl_store::outbox::Effects;
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::at;
use crate::work_sample::{
    course, effects_so_far, new_decision, north_and_south, one_of_each, person,
};

pub(crate) async fn a_decision_is_released_once(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let (whose, here, tutor) = (person(), course(), person());
    let new = new_decision(whose, here, at(1));
    let before = effects_so_far(store).await;
    store
        .record_decision(north, new.clone(), one_of_each())
        .await
        .unwrap();
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 1));

    for (institution, decision) in [(south, new.id), (north, DecisionId(Uuid::new_v4()))] {
        let released = store
            .release_decision(institution, decision, tutor, at(2), one_of_each())
            .await;
        assert!(!released.unwrap());
    }
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 1));
    let replica = opened.another().await;
    let released = join_all((0..10).map(|number| {
        let store = if number % 2 == 0 { store } else { &replica };
        store.release_decision(north, new.id, tutor, at(2), one_of_each())
    }))
    .await;
    let released = released.into_iter().filter(|done| *done.as_ref().unwrap());
    assert_eq!(released.count(), 1);
    replica.close().await;
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 2));

    let row = store.find_decision(north, new.id).await.unwrap().unwrap();
    assert_eq!(
        (row.released_by, row.released_at),
        (Some(tutor), Some(at(2)))
    );
    assert_eq!((row.decision, row.receipt), (new.decision, new.receipt));
    assert_eq!(store.find_decision(south, new.id).await.unwrap(), None);
    assert_eq!(store.list_decisions(south, whose).await.unwrap(), []);
    assert_eq!(
        store.list_decisions_of_context(south, here).await.unwrap(),
        []
    );
}

pub(crate) async fn a_newer_decision_keeps_the_older_back(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let (whose, here, tutor) = (person(), course(), person());
    let record = async |institution, decision| {
        store
            .record_decision(institution, decision, Effects::default())
            .await
            .unwrap();
    };
    let older = new_decision(whose, here, at(1));
    // Newer ones of another module, person or institution do not matter.
    let mut module = new_decision(whose, here, at(5));
    "another".clone_into(&mut module.module);
    let mut programme = new_decision(whose, here, at(5));
    "another".clone_into(&mut programme.programme);
    let stranger = new_decision(person(), here, at(5));
    let elsewhere = new_decision(whose, here, at(5));
    for decision in [older.clone(), module, programme, stranger] {
        record(north, decision).await;
    }
    record(south, elsewhere).await;

    let newer = new_decision(whose, here, at(2));
    let same_moment = new_decision(whose, here, at(2));
    record(north, newer.clone()).await;
    record(north, same_moment.clone()).await;
    let before = effects_so_far(store).await;
    for (decision, expected) in [(&older, false), (&newer, false), (&same_moment, true)] {
        let released = store
            .release_decision(north, decision.id, tutor, at(3), one_of_each())
            .await;
        assert_eq!(released.unwrap(), expected);
    }
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 1));
    let listed = store.list_decisions(north, whose).await.unwrap();
    let of_module: Vec<_> = listed
        .iter()
        .filter(|row| row.programme == "mtl" && row.module == "looking-closely")
        .map(|row| row.id)
        .collect();
    assert_eq!(of_module, [same_moment.id, newer.id, older.id]);
    let of_course = store.list_decisions_of_context(north, here).await.unwrap();
    assert_eq!(of_course.len(), 6);
}

pub(crate) async fn what_could_not_be_decided_is_kept_and_never_released(opened: &Opened) {
    let store = &opened.store;
    let (north, _) = north_and_south(store).await;
    let whose = person();
    let good = new_decision(whose, course(), at(1));
    let mut failed = new_decision(whose, good.context, at(2));
    failed.decision = None;
    failed.failure = Some("it ran for too long".to_owned());
    for decision in [good.clone(), failed.clone()] {
        store
            .record_decision(north, decision, Effects::default())
            .await
            .unwrap();
    }
    let before = effects_so_far(store).await;
    for decision in [failed.id, good.id] {
        let released = store
            .release_decision(north, decision, person(), at(3), one_of_each())
            .await;
        assert!(!released.unwrap());
    }
    assert_eq!(effects_so_far(store).await, before);
    let listed = store.list_decisions(north, whose).await.unwrap();
    assert_eq!(listed[0].failure.as_deref(), Some("it ran for too long"));
}
