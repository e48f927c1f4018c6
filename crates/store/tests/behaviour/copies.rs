//! Links that were copied: what they open, by the history of their ids.

use mtl_store::Store;
use mtl_store::launch::Deployment;

use crate::opened::Opened;
use crate::sample::{deployment, launch, recorded};
use crate::work_sample::north_and_south;

const OLDEST: &str = "mtl/first-question";
const NEWER: &str = "mtl/small-change";

/// Opens a link, with what it says itself about its activity.
async fn opened_link(store: &Store, there: &Deployment, id: &str, activity: Option<&str>) {
    let mut write = launch(there, "7");
    if let Some(link) = &mut write.resource_link {
        id.clone_into(&mut link.id);
        link.activity = activity.map(ToOwned::to_owned);
    }
    recorded(store, write).await;
}

async fn found(store: &Store, there: &Deployment, history: &[&str]) -> Option<String> {
    let history = history.iter().map(|&id| id.to_owned()).collect();
    store
        .find_activity_in_history(there.institution, there.id, history)
        .await
        .unwrap()
}

pub(crate) async fn the_nearest_bound_link_of_a_history_is_found(opened: &Opened) {
    let store = &opened.store;
    let (north, _) = north_and_south(store).await;
    let there = deployment(store, north).await;
    opened_link(store, &there, "10", Some(OLDEST)).await;
    opened_link(store, &there, "20", Some(NEWER)).await;
    opened_link(store, &there, "30", None).await;
    // Its order decides, not that of the rows; links that nobody opened or bound are passed over.
    for (history, activity) in [
        (&["20", "10"][..], Some(NEWER)),
        (&["10", "20"], Some(OLDEST)),
        (&["99", "30", "10", "20"], Some(OLDEST)),
        (&["30", "99"], None),
        (&[], None),
    ] {
        let opens = found(store, &there, history).await;
        assert_eq!(opens.as_deref(), activity, "{history:?}");
    }
    let many: Vec<String> = (100..119).map(|id| id.to_string()).collect();
    let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
    many.extend(["20", "10"]);
    assert_eq!(found(store, &there, &many).await.as_deref(), Some(NEWER));
}

pub(crate) async fn a_history_leads_to_no_other_institution_or_deployment(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let there = deployment(store, north).await;
    let elsewhere = deployment(store, south).await;
    opened_link(store, &there, "10", Some(OLDEST)).await;
    assert_eq!(found(store, &elsewhere, &["10"]).await, None);
    let asked_by_south = store
        .find_activity_in_history(south, there.id, vec!["10".to_owned()])
        .await
        .unwrap();
    assert_eq!(asked_by_south, None);
}
