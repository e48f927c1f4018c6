//! Visits, the people of a course, where marks can go, and values that are used once.

use mtl_programme::{InstitutionId, LaunchId, PersonId, RegistrationId};
use mtl_store::Store;
use mtl_store::launch::LaunchWrite;
use mtl_store::outbox::Effects;
use mtl_store::work::VisitRow;
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::{at, deployment, launch, now, recorded};
use crate::work_sample::{north_and_south, person};

fn hash(write: &LaunchWrite) -> [u8; 32] {
    write.session.token_hash.clone().try_into().unwrap()
}

async fn visit(store: &Store, hash: [u8; 32], launch: LaunchId) -> VisitRow {
    store.find_visit(hash, launch).await.unwrap().unwrap()
}

pub(crate) async fn a_visit_is_a_launch_with_its_session(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let there = deployment(store, north).await;
    let elsewhere = deployment(store, south).await;
    let mut own = launch(&there, "7");
    own.return_url = Some("https://lms.example/return".to_owned());
    let (other, foreign) = (launch(&there, "8"), launch(&elsewhere, "7"));
    let (own_id, own_hash) = (own.launch, hash(&own));
    let (other_hash, foreign_hash) = (hash(&other), hash(&foreign));
    let own = recorded(store, own).await;
    let other = recorded(store, other).await;
    recorded(store, foreign).await;

    let row = visit(store, own_hash, own_id).await;
    assert_eq!((row.institution, row.person), (north, own.person));
    assert_eq!(row.home_page, "https://north.example");
    assert_eq!(row.pseudonym, own.pseudonym);
    assert_eq!(row.subject.as_deref(), Some("7"));
    assert_eq!(row.name.as_deref(), Some("Person 7"));
    assert_eq!(row.context, Some(own.context));
    assert_eq!(row.context_created_at, Some(now()));
    assert_eq!(row.resource_link, own.resource_link);
    assert_eq!(row.roles, ["Learner"]);
    assert!(row.has_line_item && !row.is_coach);
    assert_eq!(
        (row.session_person, row.session_expires_at),
        (Some(own.person), Some(at(3600)))
    );
    assert_eq!(
        row.return_url.as_deref(),
        Some("https://lms.example/return")
    );

    // Another person's session is named as theirs; one of another institution, or none, is none.
    let row = visit(store, other_hash, own_id).await;
    assert_eq!(
        (row.person, row.session_person),
        (own.person, Some(other.person))
    );
    for hash in [foreign_hash, [0; 32]] {
        let row = visit(store, hash, own_id).await;
        assert_eq!((row.session_person, row.session_expires_at), (None, None));
    }
    let unknown = LaunchId(Uuid::new_v4());
    assert_eq!(store.find_visit(own_hash, unknown).await.unwrap(), None);
}

pub(crate) async fn a_visit_says_who_is_a_coach(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let there = deployment(store, north).await;
    let write = launch(&there, "7");
    let (id, hash) = (write.launch, hash(&write));
    let coach = recorded(store, write).await;
    let is_coach = async || visit(store, hash, id).await.is_coach;
    let pair = async |institution: InstitutionId, context, participant: PersonId, coach| {
        store
            .pair(
                institution,
                context,
                participant,
                coach,
                "tutor",
                coach,
                now(),
                Effects::default(),
            )
            .await
            .unwrap();
    };
    let participant = person();
    // As a participant, in another course, or in another institution: no coach here.
    pair(north, coach.context, coach.person, participant).await;
    let other_course = crate::work_sample::course();
    pair(north, other_course, participant, coach.person).await;
    pair(south, coach.context, participant, coach.person).await;
    assert!(!is_coach().await);
    pair(north, coach.context, participant, coach.person).await;
    assert!(is_coach().await);
    store
        .unpair(
            north,
            coach.context,
            participant,
            coach.person,
            at(1),
            Effects::default(),
        )
        .await
        .unwrap();
    assert!(!is_coach().await);
}

pub(crate) async fn members_and_recipients_are_of_one_institution(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let there = deployment(store, north).await;
    let elsewhere = deployment(store, south).await;
    let own = recorded(store, launch(&there, "7")).await;
    let other = recorded(store, launch(&there, "8")).await;
    let foreign = recorded(store, launch(&elsewhere, "7")).await;
    let mut second = launch(&there, "7");
    "another course".clone_into(&mut second.context.id);
    if let Some(link) = &mut second.resource_link {
        "another link".clone_into(&mut link.id);
        link.line_item_url = None;
        link.lineitems_url = Some("https://lms.example/items".to_owned());
    }
    second.now = at(1);
    let second = recorded(store, second).await;

    let members = store.list_members(north, own.context).await.unwrap();
    let people: Vec<_> = members.iter().map(|member| member.person).collect();
    assert_eq!(people, [own.person, other.person]);
    assert_eq!(members[0].name.as_deref(), Some("Person 7"));
    assert_eq!(members[0].roles, ["Learner"]);
    assert_eq!(store.list_members(south, own.context).await.unwrap(), []);

    let recipients = store.list_recipients(north, own.person).await.unwrap();
    let links: Vec<_> = recipients
        .iter()
        .map(|recipient| (recipient.context, Some(recipient.resource_link)))
        .collect();
    assert_eq!(
        links,
        [
            (own.context, own.resource_link),
            (second.context, second.resource_link)
        ]
    );
    let first = &recipients[0];
    assert_eq!((first.deployment, first.subject.as_str()), (there.id, "7"));
    assert_eq!(
        first.line_item_url.as_deref(),
        Some("https://lms.example/items/1?type_id=1")
    );
    assert_eq!(
        (&first.product, &first.lineitems_url),
        (&Some("moodle".to_owned()), &None)
    );
    assert_eq!(recipients[1].line_item_url, None);
    assert!(recipients[1].lineitems_url.is_some());
    assert_eq!(store.list_recipients(south, own.person).await.unwrap(), []);
    let theirs = store.list_recipients(south, foreign.person).await.unwrap();
    assert_eq!(theirs.len(), 1);
    assert_eq!(theirs[0].deployment, elsewhere.id);

    let names = store.load_statement_names(north, own.person).await.unwrap();
    assert_eq!(
        (names.pseudonym, names.subject.as_deref()),
        (own.pseudonym, Some("7"))
    );
    assert!(store.load_statement_names(south, own.person).await.is_err());
}

pub(crate) async fn a_value_is_used_once(opened: &Opened) {
    let store = &opened.store;
    let registration = RegistrationId(Uuid::new_v4());
    let other = RegistrationId(Uuid::new_v4());
    let launch = LaunchId(Uuid::new_v4());
    let spend = |registration, nonce: &str, launch| {
        store.spend_nonce(registration, nonce.to_owned(), launch, at(60))
    };
    let user = |registration, nonce: &str| store.find_nonce(registration, nonce.to_owned());
    let later = LaunchId(Uuid::new_v4());
    assert_eq!(user(registration, "one").await.unwrap(), None);
    assert!(spend(registration, "one", launch).await.unwrap());
    assert!(!spend(registration, "one", later).await.unwrap());
    assert_eq!(user(registration, "one").await.unwrap(), Some(launch));
    assert_eq!(user(other, "one").await.unwrap(), None);
    assert!(spend(other, "one", later).await.unwrap());
    assert!(spend(registration, "two", later).await.unwrap());
    // It is forgotten when nothing could be presented with it any more.
    store.purge_expired(at(60)).await.unwrap();
    assert_eq!(user(registration, "one").await.unwrap(), None);
}
