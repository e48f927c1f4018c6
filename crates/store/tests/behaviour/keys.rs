//! The bridge's own keys.

use mtl_store::Store;
use mtl_store::launch::NewSigningKey;
use mtl_store::sealing::Sealer;

use crate::opened::Opened;
use crate::sample::{at, now, sealer};

fn key(kid: &str) -> NewSigningKey {
    NewSigningKey {
        kid: kid.to_owned(),
        public_jwk: format!(r#"{{"kid":"{kid}"}}"#),
        private: kid.as_bytes().to_vec(),
        active_at: at(60),
    }
}

async fn add_first(store: &Store, kid: &str) -> bool {
    store
        .add_first_signing_key(key(kid), &sealer(), now())
        .await
        .unwrap()
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

pub(crate) async fn keys_are_listed_until_they_retire(opened: &Opened) {
    let store = &opened.store;
    for kid in ["a", "b"] {
        store
            .add_signing_key(key(kid), &sealer(), now())
            .await
            .unwrap();
    }
    store
        .retire_signing_key("a".to_owned(), at(10))
        .await
        .unwrap();
    let listed = async |seconds| -> Vec<String> {
        let keys = store.list_signing_keys(at(seconds)).await.unwrap();
        keys.into_iter().map(|key| key.kid).collect()
    };
    assert_eq!(listed(9).await, ["a", "b"]);
    assert_eq!(listed(10).await, ["b"]);
    let kept = &store.list_signing_keys(at(10)).await.unwrap()[0];
    assert_eq!(kept.open_private(&sealer()).unwrap(), b"b");
    let other = Sealer::new(&[8; 32]).unwrap();
    assert!(kept.open_private(&other).is_err());
    let unknown = store.retire_signing_key("c".to_owned(), now()).await;
    assert_eq!(unknown.unwrap_err().code(), "store_not_found");
}
