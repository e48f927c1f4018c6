//! The bridge's own keys over time: nothing that is signed meets a platform that cannot verify it.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_bridge_core::Bridge;
use mtl_bridge_core::keys::{KeyError, KeyState, Rotation};
use mtl_bridge_core::secret::MasterSecret;

use super::app::TestApp;

const DAY: TimeDelta = TimeDelta::days(1);
const QUARTER: TimeDelta = TimeDelta::days(90);

/// Which key signs, and which are published, for a replica that looks now.
async fn look(app: &TestApp) -> (String, Vec<String>) {
    let keys = app.replica().own_keys().await.unwrap();
    let published = keys.published.keys.iter().map(|key| key.kid.clone());
    (keys.signing.kid().to_owned(), published.collect())
}

async fn states(bridge: &Bridge) -> Vec<(KeyState, Option<DateTime<Utc>>)> {
    let rows = bridge.list_keys().await.unwrap();
    rows.iter().map(|row| (row.state, row.leaves_at)).collect()
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_the_old_one_after() {
    let app = TestApp::start().await;
    let (old, published) = look(&app).await;
    assert_eq!(published, std::slice::from_ref(&old));

    let begun = app.clock.now();
    app.bridge.rotate_keys(Rotation::Planned).await.unwrap();
    let (signing, both) = look(&app).await;
    assert_eq!((&signing, both.len()), (&old, 2));
    let new = both[1].clone();
    assert_eq!(
        states(&app.bridge).await,
        [
            (KeyState::Signing, Some(begun + DAY * 2)),
            (KeyState::Waiting, None)
        ]
    );

    app.clock.advance(DAY - TimeDelta::seconds(1));
    assert_eq!(look(&app).await, (old.clone(), both.clone()));
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(look(&app).await, (new.clone(), both));
    assert_eq!(
        states(&app.bridge).await,
        [
            (KeyState::Leaving, Some(begun + DAY * 2)),
            (KeyState::Signing, None)
        ]
    );
    app.clock.advance(DAY);
    assert_eq!(look(&app).await, (new.clone(), vec![new]));
}

#[tokio::test]
async fn a_second_rotation_waits_for_the_first_but_an_emergency_does_not() {
    let app = TestApp::start().await;
    app.bridge.rotate_keys(Rotation::Planned).await.unwrap();
    let again = app.bridge.rotate_keys(Rotation::Planned).await.unwrap_err();
    assert_eq!(again.code(), "keys_rotation_under_way");
    let (old, both) = look(&app).await;
    app.bridge.rotate_keys(Rotation::Now).await.unwrap();
    let (signing, published) = look(&app).await;
    assert_eq!(published, std::slice::from_ref(&signing));
    assert!(!both.contains(&signing), "it is neither of them");
    assert_ne!(signing, old);
}

#[tokio::test]
async fn keys_rotate_on_schedule_once_for_all_replicas() {
    let app = TestApp::start().await;
    app.clock.advance(QUARTER - TimeDelta::seconds(1));
    assert!(!app.bridge.rotate_keys_if_due(QUARTER).await.unwrap());
    app.clock.advance(TimeDelta::seconds(1));
    let (one, two) = (app.replica(), app.replica());
    let (one, two) = tokio::join!(
        one.rotate_keys_if_due(QUARTER),
        two.rotate_keys_if_due(QUARTER)
    );
    assert!(one.unwrap() != two.unwrap(), "just one of them rotated");
    assert_eq!(look(&app).await.1.len(), 2);
    app.clock.advance(DAY * 3);
    assert!(!app.bridge.rotate_keys_if_due(QUARTER).await.unwrap());
    app.clock.advance(QUARTER - DAY * 3);
    assert!(app.bridge.rotate_keys_if_due(QUARTER).await.unwrap());
}

#[tokio::test]
async fn only_a_key_that_signs_no_more_can_be_taken_away() {
    let app = TestApp::start().await;
    let (old, _) = look(&app).await;
    let refused = app.bridge.retire_key(&old).await.unwrap_err();
    assert!(matches!(refused, KeyError::NotLeaving(_)), "{refused}");
    app.bridge.rotate_keys(Rotation::Planned).await.unwrap();
    assert!(app.bridge.retire_key(&old).await.is_err());
    app.clock.advance(DAY);
    app.bridge.retire_key(&old).await.unwrap();
    assert!(!look(&app).await.1.contains(&old));
}

#[tokio::test]
async fn a_changed_secret_is_explained_and_mended() {
    let app = TestApp::start().await;
    let (kid, _) = look(&app).await;
    let changed = app.replica_with_secret([8; 32]);
    let Err(refused) = changed.own_keys().await else {
        panic!("the keys opened with another secret");
    };
    assert_eq!(refused.code(), "keys_other_secret");
    assert!(refused.to_string().contains("keys reseal"), "{refused}");

    let wrong = changed.reseal_secrets(&MasterSecret::new([9; 32])).await;
    assert_eq!(wrong.unwrap_err().code(), "keys_not_the_old_secret");
    let done = changed.reseal_secrets(&MasterSecret::new([7; 32])).await;
    assert_eq!(done.unwrap().signing_keys, 1);
    assert_eq!(changed.own_keys().await.unwrap().signing.kid(), kid);
    assert!(app.replica().own_keys().await.is_err(), "the old one");
}
