//! Deliveries that failed for good, and those who send them again.

use mtl_programme::{ContextId, InstitutionId, PersonId};
use mtl_store::Store;
use mtl_store::outbox::{
    DeliveryFilter, DeliveryKind, DeliveryState, Failure, NewScore, Retry, RetryOutcome,
};
use uuid::Uuid;

use crate::deliveries::{PERSON, claim, given, three};
use crate::opened::Opened;
use crate::sample::{at, enqueue, institution, score};

pub(crate) async fn a_dead_letter_lets_the_next_pass(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    three(store, institution).await;
    let first = claim(store, 100, 10).await;
    let failure = Failure::new("not_a_student", "400 this user cannot be graded");
    assert!(
        store
            .record_dead(first[0].lease, first[0].id, failure)
            .await
            .unwrap()
    );
    let dead = DeliveryFilter {
        kind: Some(DeliveryKind::Score),
        state: Some(DeliveryState::Dead),
        person: Some(PERSON),
        ..DeliveryFilter::default()
    };
    let listed = store.list_deliveries(institution, dead).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].last_error_code.as_deref(), Some("not_a_student"));
    assert_eq!(
        listed[0].last_error.as_deref(),
        Some("400 this user cannot be graded")
    );
    assert_eq!(given(&claim(store, 100, 10).await[0]).to_string(), "2");
}

pub(crate) async fn a_dead_letter_goes_back_only_while_it_is_the_newest(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    three(store, institution).await;
    let failure = || Failure::new("http_400", "no");
    let first = claim(store, 100, 10).await;
    let id = first[0].id;
    let retry = async |institution| {
        let wanted = Retry::by_operator(id);
        store.retry_delivery(institution, wanted, at(100)).await
    };
    assert_eq!(
        retry(institution).await.unwrap(),
        RetryOutcome::NotDead(DeliveryState::Leased)
    );
    store
        .record_dead(first[0].lease, id, failure())
        .await
        .unwrap();
    let foreign = InstitutionId(Uuid::from_u128(9));
    assert_eq!(retry(foreign).await.unwrap_err().code(), "store_not_found");

    // A newer one waits: the older goes first again.
    assert_eq!(retry(institution).await.unwrap(), RetryOutcome::Pending);
    let again = claim(store, 100, 10).await;
    assert_eq!((again.len(), again[0].id, again[0].attempt), (1, id, 3));
    store
        .record_dead(again[0].lease, id, failure())
        .await
        .unwrap();

    // The newer one is being sent, then delivered: the older would undo it.
    let newer = claim(store, 100, 10).await;
    assert_eq!(retry(institution).await.unwrap(), RetryOutcome::Outdated);
    store
        .record_delivered(newer[0].lease, newer[0].id, at(100))
        .await
        .unwrap();
    assert_eq!(retry(institution).await.unwrap(), RetryOutcome::Outdated);
}

/// A score that failed for good; answers its row.
async fn dead(store: &Store, institution: InstitutionId, score: NewScore, second: i64) -> Uuid {
    enqueue(store, institution, score, at(second)).await;
    let claimed = claim(store, second, 1).await;
    let failure = Failure::new("not_a_student", "no place in the gradebook");
    let (lease, id) = (claimed[0].lease, claimed[0].id);
    assert!(store.record_dead(lease, id, failure).await.unwrap());
    id
}

pub(crate) async fn what_could_not_be_sent_is_listed_for_its_course(opened: &Opened) {
    let store = &opened.store;
    let north = institution(store, "north").await;
    let south = institution(store, "south").await;
    let other_course = ContextId(Uuid::from_u128(5));
    let first = dead(store, north, score("item", PERSON, 40.0), 0).await;
    let elsewhere = NewScore {
        context: other_course,
        ..score("elsewhere", PERSON, 50.0)
    };
    let second = dead(store, north, elsewhere, 1).await;
    dead(store, south, score("item", PERSON, 60.0), 2).await;
    let course = score("item", PERSON, 0.0).context;
    let listed = async |institution, course| -> Vec<Uuid> {
        let rows = store.list_unsent_scores(institution, course, 9).await;
        rows.unwrap().into_iter().map(|row| row.id).collect()
    };
    assert_eq!(listed(north, course).await, [first]);
    assert_eq!(listed(north, other_course).await, [second]);
    assert!(listed(south, other_course).await.is_empty());

    // A newer mark of the same person and column takes its place in the list, whatever becomes of it.
    let newer = dead(store, north, score("item", PERSON, 45.0), 3).await;
    assert_eq!(listed(north, course).await, [newer]);
    enqueue(store, north, score("item", PERSON, 48.0), at(4)).await;
    assert!(listed(north, course).await.is_empty());
}

pub(crate) async fn a_person_of_the_course_sends_a_dead_letter_again_once(opened: &Opened) {
    let store = &opened.store;
    let replica = opened.another().await;
    let north = institution(store, "north").await;
    let south = institution(store, "south").await;
    let id = dead(store, north, score("item", PERSON, 40.0), 0).await;
    let course = score("item", PERSON, 0.0).context;
    let tutor = PersonId(Uuid::from_u128(71));
    let retry = async |store: &Store, institution, course, person| {
        let by = Some((course, person));
        store
            .retry_delivery(institution, Retry { id, by }, at(10))
            .await
    };
    let other_course = ContextId(Uuid::from_u128(5));
    for refused in [
        retry(store, south, course, tutor).await,
        retry(store, north, other_course, tutor).await,
        retry(store, north, course, PERSON).await,
    ] {
        assert_eq!(refused.unwrap_err().code(), "store_not_found");
    }

    // Two clicks at once, at two replicas: one of them does it, and the trail has one line.
    let (one, two) = tokio::join!(
        retry(store, north, course, tutor),
        retry(&replica, north, course, tutor)
    );
    let outcomes = [one.unwrap(), two.unwrap()];
    assert!(outcomes.contains(&RetryOutcome::Pending), "{outcomes:?}");
    assert!(
        outcomes.contains(&RetryOutcome::NotDead(DeliveryState::Pending)),
        "{outcomes:?}"
    );
    let trail = store.list_audit(north, Some(id.to_string()), 9).await;
    let trail = trail.unwrap();
    assert_eq!(trail.len(), 1);
    assert_eq!(
        (trail[0].actor, trail[0].action.as_str()),
        (Some(tutor), "delivery.retried")
    );
    assert_eq!(claim(store, 10, 9).await.len(), 1);
    replica.close().await;
}
