//! Invitations, administrators, deployments that wait.

use mtl_programme::{InstitutionId, RegistrationId};
use mtl_store::StoreError;
use mtl_store::launch::NewRegistration;
use mtl_store::registering::{CheckRow, NewInvitation, WaitingDeployment};
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::{at, deployment, institution, launch, new_registration, now, recorded};

fn hash(of: u8) -> Vec<u8> {
    vec![of; 32]
}

async fn invitation(opened: &Opened, institution: InstitutionId, of: u8) -> Uuid {
    let new = NewInvitation {
        token_hash: hash(of),
        institution,
        shared: false,
        allow_new_deployments: true,
        expires_at: at(600),
    };
    opened.store.add_invitation(new, now()).await.unwrap()
}

fn own(institution: InstitutionId, token_url: &str) -> NewRegistration {
    NewRegistration {
        institution: Some(institution),
        token_url: token_url.to_owned(),
        allow_new_deployments: true,
        ..new_registration("client")
    }
}

async fn register(
    opened: &Opened,
    invitation: Uuid,
    new: NewRegistration,
) -> Result<RegistrationId, StoreError> {
    let (scopes, deployment) = (vec!["score".to_owned()], Some("3".to_owned()));
    opened
        .store
        .record_registration(invitation, new, scopes, deployment, now())
        .await
}

pub(crate) async fn an_invitation_is_used_once(opened: &Opened) {
    let store = &opened.store;
    let north = institution(store, "north").await;
    let id = invitation(opened, north, 1).await;
    assert_eq!(
        store
            .list_open_invitations(north, at(599))
            .await
            .unwrap()
            .len(),
        1
    );
    assert!(
        store
            .list_open_invitations(north, at(600))
            .await
            .unwrap()
            .is_empty()
    );

    let (one, other) = tokio::join!(
        register(opened, id, own(north, "https://lms.example/one")),
        register(opened, id, own(north, "https://lms.example/two")),
    );
    let (registration, refused) = match (one, other) {
        (Ok(registration), Err(refused)) | (Err(refused), Ok(registration)) => {
            (registration, refused)
        }
        both => panic!("just one is recorded: {both:?}"),
    };
    assert_eq!(refused.code(), "invitation_used");
    let kept = store.load_registration(registration).await.unwrap();
    assert_eq!(kept.scopes.as_deref(), Some(&["score".to_owned()][..]));
    assert_eq!(store.list_deployments(registration).await.unwrap().len(), 1);
    let used = store.find_invitation(hash(1)).await.unwrap().unwrap();
    assert_eq!(
        (used.used_at, used.registration),
        (Some(now()), Some(registration))
    );
    assert_eq!(store.find_invitation(hash(9)).await.unwrap(), None);

    let trail = store.list_audit(north, None, 9).await.unwrap();
    let actions: Vec<&str> = trail.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["platform.registered", "platform.invited"]);
}

pub(crate) async fn a_registration_is_brought_up_to_date_by_its_owner_only(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = (
        institution(store, "north").await,
        institution(store, "south").await,
    );
    let (first, again) = (
        invitation(opened, north, 1).await,
        invitation(opened, north, 2).await,
    );
    let theirs = invitation(opened, south, 3).await;
    let id = register(opened, first, own(north, "https://lms.example/old"))
        .await
        .unwrap();
    let stolen = register(opened, theirs, own(south, "https://evil.example/")).await;
    assert_eq!(
        stolen.unwrap_err().code(),
        "registration_of_another_institution"
    );
    let shared = NewRegistration {
        allow_new_deployments: false,
        ..new_registration("client")
    };
    let stolen = register(opened, theirs, shared).await;
    assert_eq!(
        stolen.unwrap_err().code(),
        "registration_of_another_institution"
    );
    // What was refused has not used the invitation up.
    assert_eq!(
        store
            .list_open_invitations(south, now())
            .await
            .unwrap()
            .len(),
        1
    );

    let same = register(opened, again, own(north, "https://lms.example/new"))
        .await
        .unwrap();
    assert_eq!(same, id);
    let kept = store.load_registration(id).await.unwrap();
    assert_eq!(kept.token_url, "https://lms.example/new");
    assert_eq!(kept.institution, Some(north));
}

pub(crate) async fn a_sign_in_link_opens_one_session(opened: &Opened) {
    let store = &opened.store;
    let north = institution(store, "north").await;
    for link in [1, 2] {
        store
            .add_admin_link(north, hash(link), at(60), now())
            .await
            .unwrap();
    }
    let exchange = |link, session, seconds| {
        store.exchange_admin_link(hash(link), hash(session), at(3600), at(seconds))
    };
    let (one, other) = tokio::join!(exchange(1, 11, 0), exchange(1, 12, 0));
    let mut opened_for = [one.unwrap(), other.unwrap()];
    opened_for.sort_by_key(Option::is_none);
    assert_eq!(opened_for, [Some(north), None]);
    assert_eq!(exchange(2, 13, 60).await.unwrap(), None, "it has run out");
    // A link is no session, and a session no link.
    assert_eq!(
        store.find_admin_session(hash(2), now()).await.unwrap(),
        None
    );
    assert_eq!(exchange(11, 14, 0).await.unwrap(), None);

    let mut sessions = 0;
    for session in [11, 12] {
        let found = store
            .find_admin_session(hash(session), at(3599))
            .await
            .unwrap();
        assert_eq!(
            store
                .find_admin_session(hash(session), at(3600))
                .await
                .unwrap(),
            None
        );
        if let Some(grant) = found {
            assert_eq!(grant.institution, north);
            sessions += 1;
            store.end_admin_session(hash(session)).await.unwrap();
            assert_eq!(
                store
                    .find_admin_session(hash(session), now())
                    .await
                    .unwrap(),
                None
            );
        }
    }
    assert_eq!(sessions, 1);
}

pub(crate) async fn a_deployment_waits_until_it_is_accepted(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = (
        institution(store, "north").await,
        institution(store, "south").await,
    );
    let mut new = own(north, "https://lms.example/token");
    new.allow_new_deployments = false;
    let registration = store.add_registration(new, now()).await.unwrap();
    let waiting = |seconds| WaitingDeployment {
        registration,
        lms_deployment: "7".to_owned(),
        platform_name: Some("Moodle".to_owned()),
        context_title: Some("Teaching".to_owned()),
        first_seen_at: at(seconds),
        last_seen_at: at(seconds),
    };
    for seconds in [0, 30] {
        store
            .record_waiting_deployment(waiting(seconds))
            .await
            .unwrap();
    }
    let listed = store.list_waiting_deployments(Some(north)).await.unwrap();
    let expected = WaitingDeployment {
        last_seen_at: at(30),
        ..waiting(0)
    };
    assert_eq!(listed, [expected]);
    assert!(
        store
            .list_waiting_deployments(Some(south))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .list_waiting_deployments(None)
            .await
            .unwrap()
            .is_empty()
    );

    let accept = || store.accept_deployment(registration, "7".to_owned(), north, now());
    accept().await.unwrap();
    assert_eq!(accept().await.unwrap_err().code(), "store_not_found");
    assert!(
        store
            .list_waiting_deployments(Some(north))
            .await
            .unwrap()
            .is_empty()
    );
    let accepted = store.list_deployments(registration).await.unwrap();
    assert_eq!(
        (accepted[0].lms_deployment.as_str(), accepted[0].institution),
        ("7", north)
    );
}

pub(crate) async fn the_state_of_a_platform_is_what_happened(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = (
        institution(store, "north").await,
        institution(store, "south").await,
    );
    let there = deployment(store, north).await;
    recorded(store, launch(&there, "7")).await;
    let used = store
        .load_platform_use(north, there.registration)
        .await
        .unwrap();
    assert_eq!(used.launches.len(), 1);
    assert_eq!(used.launches[0].deployment, there.id);
    assert_eq!(used.launches[0].last_launch_at, now());
    assert_eq!((used.last_score_at, used.waiting, used.dead), (None, 0, 0));
    let others = store
        .load_platform_use(south, there.registration)
        .await
        .unwrap();
    assert!(others.launches.is_empty());
    assert_eq!(store.list_registrations_of(north).await.unwrap().len(), 1);
    assert!(store.list_registrations_of(south).await.unwrap().is_empty());

    let check = |service: &str, passed| CheckRow {
        service: service.to_owned(),
        passed,
        words: "words".to_owned(),
        checked_at: now(),
    };
    let record = |checks| store.record_checks(there.registration, checks);
    record(vec![check("keys", true), check("old", true)])
        .await
        .unwrap();
    record(vec![check("keys", false)]).await.unwrap();
    let kept = store.list_checks(there.registration).await.unwrap();
    assert_eq!(kept, [check("keys", false)]);
}
