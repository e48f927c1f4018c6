//! Cuts rows into batches: no id twice in one, and none over the limits.

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;
use uuid::Uuid;

use crate::DeliveryLimits;

/// Servers take no more statements in one request.
const MOST_STATEMENTS: usize = 1_000;

/// A row to be sent.
pub(crate) struct Item {
    /// The place of the row in the call.
    pub(crate) row: usize,
    pub(crate) id: Uuid,
    pub(crate) json: String,
}

#[derive(Deserialize)]
struct Identified {
    id: Uuid,
}

/// The id of a statement's JSON; `None` when it is no JSON object with one.
pub(crate) fn statement_id(json: &str) -> Option<Uuid> {
    serde_json::from_str::<Identified>(json)
        .ok()
        .map(|statement| statement.id)
}

/// Items in rounds: within a round no id comes twice, since many servers refuse such a batch, and
/// of several rows with one id an earlier row is in an earlier round.
pub(crate) fn into_rounds(items: Vec<Item>) -> Vec<Vec<Item>> {
    let mut rounds: Vec<Vec<Item>> = Vec::new();
    let mut seen: HashMap<Uuid, usize> = HashMap::new();
    for item in items {
        let round = seen.entry(item.id).or_default();
        if rounds.len() == *round {
            rounds.push(Vec::new());
        }
        rounds[*round].push(item);
        *round += 1;
    }
    rounds
}

/// Consecutive ranges of items, each within the limits unless one item alone is over them.
pub(crate) fn cut(items: &[Item], limits: &DeliveryLimits) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, item) in items.iter().enumerate() {
        // One byte more for the bracket or comma.
        let size = item.json.len() + 1;
        let full = index - start >= limits.batch_statements.clamp(1, MOST_STATEMENTS);
        if index > start && (full || bytes + size > limits.batch_bytes) {
            ranges.push(start..index);
            (start, bytes) = (index, 0);
        }
        bytes += size;
    }
    if start < items.len() {
        ranges.push(start..items.len());
    }
    ranges
}

/// The body of a POST.
pub(crate) fn body(items: &[Item]) -> String {
    let mut body =
        String::with_capacity(items.iter().map(|item| item.json.len() + 1).sum::<usize>() + 1);
    for (index, item) in items.iter().enumerate() {
        body.push(if index == 0 { '[' } else { ',' });
        body.push_str(&item.json);
    }
    body.push(']');
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(ids: &[u128]) -> Vec<Item> {
        let item = |(row, id): (usize, &u128)| Item {
            row,
            id: Uuid::from_u128(*id),
            json: "x".repeat(9),
        };
        ids.iter().enumerate().map(item).collect()
    }

    #[test]
    fn the_same_id_waits_for_the_next_round() {
        let rounds = into_rounds(items(&[1, 2, 1, 3, 1, 2]));
        let rows: Vec<Vec<usize>> = rounds
            .iter()
            .map(|round| round.iter().map(|item| item.row).collect())
            .collect();
        assert_eq!(rows, [vec![0, 1, 3], vec![2, 5], vec![4]]);
    }

    #[test]
    fn batches_keep_both_limits() {
        let limits = |batch_statements, batch_bytes| DeliveryLimits {
            batch_statements,
            batch_bytes,
            ..DeliveryLimits::default()
        };
        let items = items(&[1, 2, 3, 4, 5]);
        assert_eq!(cut(&items, &limits(2, 1_000)), [0..2, 2..4, 4..5]);
        assert_eq!(cut(&items, &limits(50, 30)), [0..3, 3..5]);
        assert_eq!(cut(&items, &limits(50, 5)), [0..1, 1..2, 2..3, 3..4, 4..5]);
        assert_eq!(cut(&[], &limits(50, 5)), []);
        assert_eq!(body(&items[..2]), "[xxxxxxxxx,xxxxxxxxx]");
    }

    #[test]
    fn ids() {
        let id = "f1dd3573-d2f3-4ac9-a2a1-fe4bf9d7b3d2";
        assert_eq!(
            statement_id(&format!(r#"{{"id":"{id}","verb":{{}}}}"#)),
            id.parse().ok()
        );
        for text in ["", "{}", "[]", r#"{"id":7}"#, "{"] {
            assert_eq!(statement_id(text), None, "{text}");
        }
    }
}
