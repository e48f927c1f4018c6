//! Pairings: made, ended and made again.

use crate::opened::Opened;
use crate::sample::{at, count};
use crate::work_sample::{course, effects_so_far, north_and_south, one_of_each, person};

pub(crate) async fn people_are_paired_and_unpaired(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let (here, participant, coach, tutor) = (course(), person(), person(), person());
    let pair = async |institution, source, seconds| {
        store
            .pair(
                institution,
                here,
                participant,
                coach,
                source,
                tutor,
                at(seconds),
                one_of_each(),
            )
            .await
            .unwrap();
    };
    let unpair = async |institution, context, seconds| {
        store
            .unpair(
                institution,
                context,
                participant,
                coach,
                at(seconds),
                one_of_each(),
            )
            .await
            .unwrap();
    };
    let in_force = async |institution| store.list_pairings(institution, here).await.unwrap();
    let before = effects_so_far(store).await;
    pair(north, "lms", 1).await;
    pair(north, "tutor", 2).await;
    assert_eq!(effects_so_far(store).await, before.map(|known| known + 2));
    let pairs = in_force(north).await;
    assert_eq!(pairs.len(), 1);
    assert_eq!((pairs[0].participant, pairs[0].coach), (participant, coach));
    assert_eq!(
        (pairs[0].source.as_str(), pairs[0].paired_at),
        ("tutor", at(2))
    );

    assert_eq!(in_force(south).await, []);
    unpair(south, here, 3).await;
    unpair(north, course(), 3).await;
    assert_eq!(in_force(north).await, pairs);
    unpair(north, here, 3).await;
    assert_eq!(in_force(north).await, []);
    pair(north, "tutor", 4).await;
    assert_eq!(in_force(north).await[0].paired_at, at(4));
    assert_eq!(count(store, "SELECT count(*) FROM pairing").await, 1);
}
