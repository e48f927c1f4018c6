//! Institutions, registrations, deployments.

use mtl_store::launch::{LrsSettings, NewInstitution};
use mtl_store::sealing::Sealer;

use crate::opened::Opened;
use crate::sample::{deployment, institution, launch, new_registration, now, recorded, sealer};

pub(crate) async fn settings_are_kept_and_secrets_sealed(opened: &Opened) {
    let store = &opened.store;
    let id = institution(store, "north").await;
    assert!(!store.load_institution(id).await.unwrap().has_lrs());
    let lrs = LrsSettings {
        endpoint: "https://lrs.example/xapi".to_owned(),
        auth: "Basic secret".to_owned(),
        version: "1.0.3".to_owned(),
    };
    store
        .set_institution_lrs(id, lrs.clone(), &sealer())
        .await
        .unwrap();
    let south = NewInstitution {
        slug: "south".to_owned(),
        name: "South".to_owned(),
        home_page: "https://south.example".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        actor_naming: mtl_store::launch::ActorNaming::PlatformUser,
        lrs: Some(lrs),
    };
    store
        .add_institution(south, &sealer(), now())
        .await
        .unwrap();

    for row in store.list_institutions().await.unwrap() {
        assert_eq!(
            row.open_lrs_auth(&sealer()).unwrap().as_deref(),
            Some("Basic secret")
        );
        assert_eq!(row, store.load_institution(row.id).await.unwrap());
        let sealed = row.lrs_auth_sealed.clone().unwrap();
        assert!(!sealed.windows(6).any(|bytes| bytes == b"secret"));
        let other = Sealer::new(&[8; 32]).unwrap();
        assert_eq!(
            row.open_lrs_auth(&other).unwrap_err().code(),
            "store_sealed"
        );
    }
    let again = institution_again(opened).await;
    assert_eq!(again, "store_conflict");
}

async fn institution_again(opened: &Opened) -> &'static str {
    let new = NewInstitution {
        slug: "north".to_owned(),
        name: "Another".to_owned(),
        home_page: "https://another.example".to_owned(),
        time_zone: "UTC".to_owned(),
        actor_naming: mtl_store::launch::ActorNaming::Pseudonym,
        lrs: None,
    };
    let added = opened.store.add_institution(new, &sealer(), now()).await;
    added.unwrap_err().code()
}

pub(crate) async fn a_registration_is_unique(opened: &Opened) {
    let store = &opened.store;
    let id = store
        .add_registration(new_registration("one"), now())
        .await
        .unwrap();
    store
        .add_registration(new_registration("two"), now())
        .await
        .unwrap();
    let again = store.add_registration(new_registration("one"), now()).await;
    assert_eq!(again.unwrap_err().code(), "store_conflict");

    let mut greedy = new_registration("three");
    greedy.allow_new_deployments = true;
    let refused = store.add_registration(greedy, now()).await;
    assert_eq!(refused.unwrap_err().code(), "registration_shared");

    let found = store
        .find_registrations("https://lms.example")
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], store.load_registration(id).await.unwrap());
    assert_eq!(found[0].frame_origins, ["https://lms.example"]);
    assert!(
        store
            .find_registrations("https://other.example")
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn a_deployment_belongs_to_one_institution(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = (
        institution(store, "north").await,
        institution(store, "south").await,
    );
    let registration = store
        .add_registration(new_registration("client"), now())
        .await
        .unwrap();
    let add = |institution| store.add_deployment(registration, "1".to_owned(), institution, now());
    let first = add(north).await.unwrap();
    assert_eq!(add(north).await.unwrap(), first);
    assert_eq!(
        add(south).await.unwrap_err().code(),
        "deployment_of_another_institution"
    );
    assert_eq!(store.list_deployments(registration).await.unwrap(), [first]);
}

pub(crate) async fn the_same_subject_is_two_people_in_two_institutions(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = (
        institution(store, "north").await,
        institution(store, "south").await,
    );
    let there = deployment(store, north).await;
    let elsewhere = deployment(store, south).await;
    assert_eq!(there.registration, elsewhere.registration);

    let one = recorded(store, launch(&there, "7")).await;
    let other = recorded(store, launch(&elsewhere, "7")).await;
    assert_ne!(one.person, other.person);
    assert_ne!(one.pseudonym, other.pseudonym);
    assert_ne!(one.resource_link, other.resource_link);

    let link = one.resource_link.unwrap();
    assert!(store.load_context(south, one.context).await.is_err());
    let member = async |institution| {
        store
            .find_membership(institution, one.context, one.person)
            .await
            .unwrap()
    };
    assert!(member(north).await.is_some());
    assert_eq!(member(south).await, None);
    assert!(
        store
            .list_resource_links(south, one.context)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.find_resource_link(south, link).await.unwrap(), None);
    let bound = store
        .bind_resource_link(south, link, "mtl/scenario".to_owned())
        .await;
    assert_eq!(bound.unwrap_err().code(), "store_not_found");
    let recipients = async |institution| {
        store
            .list_recipients(institution, one.person)
            .await
            .unwrap()
    };
    assert_eq!(recipients(north).await.len(), 1);
    assert!(recipients(south).await.is_empty());
}
