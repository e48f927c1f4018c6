//! The bridge's own keys: made once, replaced one by one, sealed anew.

use mtl_store::Store;
use mtl_store::launch::{KeyRotation, LrsSettings, NewSigningKey};
use mtl_store::outbox::INSTALLATION;
use mtl_store::sealing::Sealer;

use crate::opened::Opened;
use crate::sample::{at, institution, now, sealer};

fn key(kid: &str, signs_from: i64) -> NewSigningKey {
    NewSigningKey {
        kid: kid.to_owned(),
        public_jwk: format!(r#"{{"kid":"{kid}"}}"#),
        private: kid.as_bytes().to_vec(),
        active_at: at(signs_from),
    }
}

async fn add_first(store: &Store, kid: &str) -> bool {
    store
        .add_first_signing_key(key(kid, 0), &sealer(), now())
        .await
        .unwrap()
}

/// At second 10 a new key is published that signs from 20; the others leave at 30.
async fn rotate(store: &Store, replaces: &str, kid: &str) -> bool {
    let rotation = KeyRotation {
        new: key(kid, 20),
        replaces: replaces.to_owned(),
        others_leave_at: at(30),
    };
    store
        .rotate_signing_keys(rotation, &sealer(), at(10))
        .await
        .unwrap()
}

async fn listed(store: &Store, seconds: i64) -> Vec<String> {
    let keys = store.list_signing_keys(at(seconds)).await.unwrap();
    keys.into_iter().map(|key| key.kid).collect()
}

pub(crate) async fn replicas_agree_on_the_first_key(opened: &Opened) {
    let other = opened.another().await;
    let (one, two) = tokio::join!(add_first(&opened.store, "one"), add_first(&other, "two"));
    assert!(one != two, "just one was added");
    let keys = other.list_signing_keys(now()).await.unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys, opened.store.list_signing_keys(now()).await.unwrap());
    other.close().await;
}

pub(crate) async fn a_new_key_replaces_the_newest(opened: &Opened) {
    let store = &opened.store;
    assert!(add_first(store, "a").await);
    assert!(rotate(store, "a", "b").await);
    assert!(!rotate(store, "a", "c").await, "a is not the newest");
    assert!(!rotate(store, "nobody", "c").await);
    assert!(!add_first(store, "c").await, "there is a key that stays");
    assert_eq!(listed(store, 29).await, ["a", "b"]);
    assert_eq!(listed(store, 30).await, ["b"]);
    let kept = store.list_signing_keys(at(10)).await.unwrap();
    let times = |at: usize| (kept[at].created_at, kept[at].active_at, kept[at].retired_at);
    assert_eq!(times(0), (now(), now(), Some(at(30))));
    assert_eq!(times(1), (at(10), at(20), None));
    assert_eq!(kept[1].open_private(&sealer()).unwrap(), b"b");
    let other = Sealer::new(&[8; 32]).unwrap();
    assert!(kept[1].open_private(&other).is_err());

    let trail = store.list_audit(INSTALLATION, None, 10).await.unwrap();
    assert_eq!(trail.len(), 1);
    assert_eq!(
        (trail[0].action.as_str(), trail[0].object.as_str()),
        ("signing_key.rotated", "b")
    );
    assert!(trail[0].details.contains(r#""replaces":"a""#));

    let purged = store.purge_expired(at(30)).await.unwrap();
    assert_eq!(purged.signing_keys, 1, "its private half is gone too");
    assert_eq!(listed(store, 0).await, ["b"]);
}

pub(crate) async fn replicas_that_rotate_at_once_make_one_key(opened: &Opened) {
    assert!(add_first(&opened.store, "a").await);
    let other = opened.another().await;
    let (one, two) = tokio::join!(
        rotate(&opened.store, "a", "one"),
        rotate(&other, "a", "two")
    );
    assert!(one != two, "just one rotated");
    assert_eq!(listed(&other, 10).await.len(), 2);
    other.close().await;
}

pub(crate) async fn a_key_that_is_needed_is_not_withdrawn(opened: &Opened) {
    let store = &opened.store;
    let withdraw = async |kid: &str, seconds| {
        store
            .withdraw_signing_key(kid.to_owned(), at(seconds))
            .await
            .unwrap()
    };
    assert!(add_first(store, "a").await);
    assert!(!withdraw("a", 5).await, "the only one");
    assert!(rotate(store, "a", "b").await);
    assert!(!withdraw("b", 15).await, "the newest");
    assert!(!withdraw("a", 15).await, "it signs until the newest does");
    assert!(withdraw("a", 25).await);
    assert_eq!(listed(store, 25).await, ["b"]);
    assert!(!withdraw("a", 26).await, "it is gone already");
    let trail = store
        .list_audit(INSTALLATION, Some("a".to_owned()), 10)
        .await
        .unwrap();
    assert_eq!(trail.len(), 1);
    assert_eq!(trail[0].action, "signing_key.withdrawn");
}

pub(crate) async fn secrets_are_sealed_anew(opened: &Opened) {
    let store = &opened.store;
    assert!(add_first(store, "a").await);
    let north = institution(store, "north").await;
    let lrs = LrsSettings {
        endpoint: "https://lrs.example/xapi".to_owned(),
        auth: "basic:key:secret".to_owned(),
        version: "2.0.0".to_owned(),
    };
    store
        .set_institution_lrs(north, lrs, &sealer())
        .await
        .unwrap();
    let next = || Sealer::new(&[8; 32]).unwrap();

    let wrong = store
        .reseal(Sealer::new(&[9; 32]).unwrap(), next(), at(1))
        .await;
    assert_eq!(wrong.unwrap_err().code(), "store_sealed");
    let done = store.reseal(sealer(), next(), at(2)).await.unwrap();
    assert_eq!((done.signing_keys, done.lrs_credentials), (1, 1));
    let key = &store.list_signing_keys(now()).await.unwrap()[0];
    assert_eq!(key.open_private(&next()).unwrap(), b"a");
    assert!(key.open_private(&sealer()).is_err());
    let kept = store.load_institution(north).await.unwrap();
    assert_eq!(
        kept.open_lrs_auth(&next()).unwrap().unwrap(),
        "basic:key:secret"
    );

    let again = store.reseal(sealer(), next(), at(3)).await.unwrap();
    assert_eq!((again.signing_keys, again.lrs_credentials), (0, 0));
    let trail = store.list_audit(INSTALLATION, None, 10).await.unwrap();
    assert_eq!(trail.len(), 2, "what failed left no line");
}
