//! Judgements: of submitted work only, one in force for each assessor.

use futures_util::future::join_all;
use mtl_programme::{AttemptId, JudgementId, PersonId};
use mtl_store::work::NewJudgement;
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::{at, count};
use crate::work_sample::{
    effects_so_far, north_and_south, one_of_each, opened_attempt, person, submitted_attempt,
};

fn judgement(attempt: AttemptId, assessor: PersonId, mark: i64, seconds: i64) -> NewJudgement {
    NewJudgement {
        id: JudgementId(Uuid::now_v7()),
        attempt,
        assessor,
        role: "tutor".to_owned(),
        mark: Some(mark),
        satisfied: None,
        criteria: "[]".to_owned(),
        comment: format!("Worth {mark}."),
        judged_at: at(seconds),
    }
}

pub(crate) async fn a_judgement_replaces_the_assessors_own(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let row = submitted_attempt(store, north).await;
    let before = effects_so_far(store).await;
    let (tutor, coach) = (person(), person());
    let mut coachs = judgement(row.id, coach, 0, 2);
    "coach".clone_into(&mut coachs.role);
    (coachs.mark, coachs.satisfied) = (None, Some(true));
    for given in [
        judgement(row.id, tutor, 5_800, 1),
        coachs,
        judgement(row.id, tutor, 6_200, 3),
    ] {
        let recorded = store.record_judgement(north, given, one_of_each()).await;
        assert!(recorded.unwrap());
    }
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 3));
    let in_force = store.list_judgements(north, row.person).await.unwrap();
    let marks: Vec<_> = in_force
        .iter()
        .map(|judgement| (judgement.assessor, judgement.mark, judgement.satisfied))
        .collect();
    assert_eq!(
        marks,
        [(coach, None, Some(true)), (tutor, Some(6_200), None)]
    );
    assert_eq!(
        store
            .list_judgements_of_context(north, row.context)
            .await
            .unwrap(),
        in_force
    );
    // What was replaced is kept.
    let replaced = "SELECT count(*) FROM judgement WHERE replaced_at IS NOT NULL AND mark = 5800";
    assert_eq!(count(store, replaced).await, 1);

    let foreign = judgement(row.id, tutor, 10_000, 4);
    let recorded = store.record_judgement(south, foreign, one_of_each()).await;
    assert!(!recorded.unwrap());
    assert_eq!(store.list_judgements(south, row.person).await.unwrap(), []);
    assert_eq!(
        store
            .list_judgements_of_context(south, row.context)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        store.list_judgements(north, row.person).await.unwrap(),
        in_force
    );
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 3));
}

pub(crate) async fn a_draft_is_not_judged(opened: &Opened) {
    let store = &opened.store;
    let (north, _) = north_and_south(store).await;
    let row = opened_attempt(store, north).await;
    let before = effects_so_far(store).await;
    let early = judgement(row.id, person(), 6_000, 1);
    let recorded = store.record_judgement(north, early, one_of_each()).await;
    assert!(!recorded.unwrap());
    assert_eq!(effects_so_far(store).await, before);
}

pub(crate) async fn judgements_at_once_leave_one_in_force(opened: &Opened) {
    let store = &opened.store;
    let (north, _) = north_and_south(store).await;
    let row = submitted_attempt(store, north).await;
    let tutor = person();
    let replica = opened.another().await;
    let recorded = join_all((0..10).map(|number| {
        let store = if number % 2 == 0 { store } else { &replica };
        let given = judgement(row.id, tutor, 5_000 + number, 1);
        store.record_judgement(north, given, one_of_each())
    }))
    .await;
    assert!(recorded.into_iter().all(Result::unwrap));
    replica.close().await;
    let in_force = store.list_judgements(north, row.person).await.unwrap();
    assert_eq!(in_force.len(), 1);
    assert_eq!(count(store, "SELECT count(*) FROM judgement").await, 10);
}
