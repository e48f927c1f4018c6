//! Policies: the narrowest binding decides, a new one takes the old one's place.

use futures_util::future::join_all;
use mtl_programme::InstitutionId;
use mtl_store::Store;
use mtl_store::work::NewPolicy;

use crate::opened::Opened;
use crate::sample::{at, count};
use crate::work_sample::{effects_so_far, north_and_south, one_of_each};

fn policy(digest: &str, programme: Option<&str>, module: Option<&str>, seconds: i64) -> NewPolicy {
    NewPolicy {
        digest: digest.repeat(32),
        name: "uk-masters".to_owned(),
        version: "1".to_owned(),
        contract: "mtl:assessment@1.0.0".to_owned(),
        component: digest.as_bytes().to_vec(),
        settings: format!(r#"{{"at":{seconds}}}"#),
        programme: programme.map(ToOwned::to_owned),
        module: module.map(ToOwned::to_owned),
        installed_at: at(seconds),
    }
}

async fn bound(store: &Store, institution: InstitutionId, place: [&str; 2]) -> Option<String> {
    let [programme, module] = place;
    let bound = store
        .find_bound_policy(institution, programme, module)
        .await
        .unwrap()?;
    Some(bound.digest[..2].to_owned())
}

pub(crate) async fn the_narrowest_binding_decides(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let before = effects_so_far(store).await;
    // The widest last, so that the order of installing cannot be what decides.
    for policy in [
        policy("aa", Some("mtl"), Some("enquiry"), 1),
        policy("bb", Some("mtl"), None, 2),
        policy("cc", None, None, 3),
    ] {
        let digest = policy.digest.clone();
        assert_eq!(
            store.find_policy_component(north, &digest).await.unwrap(),
            None
        );
        store
            .install_policy(north, policy, one_of_each())
            .await
            .unwrap();
    }
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 3));
    for (place, expected) in [
        (["mtl", "enquiry"], "aa"),
        (["mtl", "looking-closely"], "bb"),
        (["pgce", "enquiry"], "cc"),
        (["pgce", "anything"], "cc"),
    ] {
        assert_eq!(
            bound(store, north, place).await.as_deref(),
            Some(expected),
            "{place:?}"
        );
        assert_eq!(bound(store, south, place).await, None);
    }
    assert_eq!(store.list_policy_bindings(south).await.unwrap(), []);
    let digest = "aa".repeat(32);
    let component = store.find_policy_component(north, &digest).await.unwrap();
    assert_eq!(component.as_deref(), Some(&b"aa"[..]));
    let component = store.find_policy_component(south, &digest).await.unwrap();
    assert_eq!(component, None);
}

pub(crate) async fn a_binding_takes_the_place_of_its_scope_only(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    for (institution, policy) in [
        (north, policy("aa", None, None, 1)),
        (north, policy("bb", Some("mtl"), None, 2)),
        (south, policy("aa", None, None, 3)),
        (north, policy("dd", None, None, 4)),
        // The same component again, with other settings.
        (north, policy("bb", Some("mtl"), None, 5)),
    ] {
        store
            .install_policy(institution, policy, one_of_each())
            .await
            .unwrap();
    }
    let listed = store.list_policy_bindings(north).await.unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|row| (&row.digest[..2], row.settings.as_str(), row.bound_at))
        .collect();
    assert_eq!(
        listed,
        [("dd", r#"{"at":4}"#, at(4)), ("bb", r#"{"at":5}"#, at(5))]
    );
    assert_eq!(bound(store, south, ["x", "y"]).await.as_deref(), Some("aa"));
    // Components are kept for replays, though nothing is bound to them any more.
    let kept = store.find_policy_component(north, &"aa".repeat(32)).await;
    assert!(kept.unwrap().is_some());
}

pub(crate) async fn installations_at_once_leave_one_in_force(opened: &Opened) {
    let store = &opened.store;
    let (north, _) = north_and_south(store).await;
    let replica = opened.another().await;
    let installed = join_all((0..10).map(|number| {
        let store = if number % 2 == 0 { store } else { &replica };
        store.install_policy(north, policy("aa", None, None, number), one_of_each())
    }))
    .await;
    assert!(installed.iter().all(Result::is_ok), "{installed:?}");
    replica.close().await;
    assert_eq!(store.list_policy_bindings(north).await.unwrap().len(), 1);
    let all = "SELECT count(*) FROM policy_binding";
    assert_eq!(count(store, all).await, 10);
}
