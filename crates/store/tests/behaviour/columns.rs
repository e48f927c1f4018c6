//! Who may make a column of a gradebook.

use futures_util::future::join_all;
use mtl_lti::ags::SCOPE_LINE_ITEM;
use mtl_programme::{DeploymentId, InstitutionId, RegistrationId};
use mtl_store::Store;
use mtl_store::launch::LaunchLink;
use mtl_store::outbox::{ColumnClaim, ColumnKey, ScoreTarget};
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::{at, deployment, institution, launch, recorded};

const ACTIVITY: &str = "mtl/first-question";
const URL: &str = "https://lms.example/items/9";

fn target(resource_id: &str, link: Option<&str>) -> ScoreTarget {
    ScoreTarget::Column {
        lineitems_url: "https://lms.example/items".to_owned(),
        resource_id: resource_id.to_owned(),
        tag: "t".to_owned(),
        label: "Column".to_owned(),
        score_maximum: 10_000,
        link: link.map(ToOwned::to_owned),
    }
}

fn key(institution: InstitutionId, resource_id: &str) -> ColumnKey {
    let (registration, deployment) = (
        RegistrationId(Uuid::from_u128(1)),
        DeploymentId(Uuid::from_u128(2)),
    );
    let target = target(resource_id, None);
    ColumnKey::of(institution, registration, deployment, &target).unwrap()
}

async fn claim(store: &Store, column: &ColumnKey, seconds: i64) -> ColumnClaim {
    store
        .claim_column(column.clone(), at(seconds), at(seconds + 30))
        .await
        .unwrap()
}

fn ours(claim: &ColumnClaim) -> Uuid {
    match claim {
        ColumnClaim::Ours(claim) => *claim,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn one_of_many_may_make_a_column(opened: &Opened) {
    let store = &opened.store;
    let replica = opened.another().await;
    let institution = institution(store, "north").await;
    let column = key(institution, "module");
    let claims = (0..40).map(|number| {
        let store = if number % 2 == 0 { store } else { &replica };
        claim(store, &column, 0)
    });
    let claims = join_all(claims).await;
    let mine: Vec<_> = claims
        .iter()
        .filter(|c| **c != ColumnClaim::Taken)
        .collect();
    assert_eq!(mine.len(), 1, "{claims:?}");
    let other = key(institution, "another module");
    assert_ne!(claim(&replica, &other, 0).await, ColumnClaim::Taken);
    assert!(
        store
            .settle_column(column.clone(), ours(mine[0]), URL.to_owned())
            .await
            .unwrap()
    );
    assert_eq!(
        claim(&replica, &column, 1).await,
        ColumnClaim::Known(URL.to_owned())
    );
    replica.close().await;
}

pub(crate) async fn a_worker_that_died_while_making_a_column_is_taken_over(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let column = key(institution, "module");
    let dead = ours(&claim(store, &column, 0).await);
    assert_eq!(claim(store, &column, 29).await, ColumnClaim::Taken);
    let next = ours(&claim(store, &column, 30).await);
    // The first was only slow: it may neither go on nor say where the column is.
    let moved = store.move_column_claim(column.clone(), dead, at(99)).await;
    assert!(!moved.unwrap());
    let settled = store
        .settle_column(column.clone(), dead, "https://lms.example/twin".to_owned())
        .await;
    assert!(!settled.unwrap());
    // A claim that is moved lasts longer, and one that is given back can be taken at once.
    let until = |seconds| store.move_column_claim(column.clone(), next, at(seconds));
    assert!(until(99).await.unwrap());
    assert_eq!(claim(store, &column, 98).await, ColumnClaim::Taken);
    assert!(until(40).await.unwrap());
    let last = ours(&claim(store, &column, 40).await);
    assert!(
        store
            .settle_column(column.clone(), last, URL.to_owned())
            .await
            .unwrap()
    );
    let known = store.find_column_url(column).await.unwrap();
    assert_eq!(known.as_deref(), Some(URL));
}

pub(crate) async fn a_column_that_is_gone_is_looked_for_again(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let column = key(institution, "module");
    let first = ours(&claim(store, &column, 0).await);
    store
        .settle_column(column.clone(), first, URL.to_owned())
        .await
        .unwrap();
    let forget = async |url: &str| {
        store
            .forget_column(column.clone(), url.to_owned())
            .await
            .unwrap();
    };
    // Somebody found another one in the meantime: what is gone is not this one.
    forget("https://lms.example/items/8").await;
    assert_eq!(
        claim(store, &column, 1).await,
        ColumnClaim::Known(URL.to_owned())
    );
    forget(URL).await;
    ours(&claim(store, &column, 1).await);
}

pub(crate) async fn links_without_a_column_are_listed_until_they_have_one(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let deployment = deployment(store, institution).await;
    let scopes = vec![
        "https://purl.imsglobal.org/spec/lti-ags/scope/score".to_owned(),
        SCOPE_LINE_ITEM.to_owned(),
    ];
    let open = async |id: &str, change: fn(&mut LaunchLink)| {
        let mut write = launch(&deployment, "7");
        let mut link = LaunchLink {
            id: id.to_owned(),
            title: Some("Scenario".to_owned()),
            activity: Some(ACTIVITY.to_owned()),
            lineitems_url: Some("https://lms.example/items".to_owned()),
            scopes: scopes.clone(),
            ..LaunchLink::default()
        };
        change(&mut link);
        write.resource_link = Some(link);
        recorded(store, write).await;
    };
    let list = async |seconds| {
        let activities = ["mtl/other".to_owned(), ACTIVITY.to_owned()];
        store
            .list_links_without_column(&activities, SCOPE_LINE_ITEM, at(seconds), 10)
            .await
            .unwrap()
    };
    open("wants", |_| ()).await;
    open("has", |link| link.line_item_url = Some(URL.to_owned())).await;
    open("may-not", |link| {
        link.scopes = vec![format!("{SCOPE_LINE_ITEM}.readonly")];
    })
    .await;
    open("no-service", |link| link.lineitems_url = None).await;
    open("not-marked", |link| {
        link.activity = Some("mtl/where-i-stand".to_owned());
    })
    .await;
    open("not-bound", |link| link.activity = None).await;
    let listed = list(0).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0].lms_resource_link, "wants");
    assert_eq!(listed[0].title.as_deref(), Some("Scenario"));

    let target = target(ACTIVITY, Some("wants"));
    let column = ColumnKey::of(
        institution,
        listed[0].registration,
        listed[0].deployment,
        &target,
    )
    .unwrap();
    let claimed = ours(&claim(store, &column, 0).await);
    assert!(list(29).await.is_empty(), "somebody makes it");
    assert_eq!(list(30).await.len(), 1);
    store
        .settle_column(column, claimed, URL.to_owned())
        .await
        .unwrap();
    assert!(list(1000).await.is_empty());
    // Marks find it although the platform does not name it.
    let person = mtl_store::natural_ids::person_id(deployment.registration, institution, "7");
    let recipients = store.list_recipients(institution, person).await.unwrap();
    let wants = recipients.iter().find(|r| r.lms_resource_link == "wants");
    assert_eq!(wants.unwrap().line_item_url.as_deref(), Some(URL));
    assert_eq!(recipients.len(), 6);
}
