//! Identifiers that sort by time (the layout of UUID version 7), so that rows have an order without
//! a sequence that all replicas would have to share.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use uuid::Uuid;

const COUNTER_LOW_BITS: u32 = 22;

/// A new identifier of this time. Those of one process and one millisecond sort by their making.
pub fn ordered_id(now: DateTime<Utc>) -> Uuid {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let count = u128::from(COUNTER.fetch_add(1, Ordering::Relaxed));
    let high = (count >> COUNTER_LOW_BITS) & 0xfff;
    let low = count & ((1 << COUNTER_LOW_BITS) - 1);
    let random = Uuid::new_v4().as_u128() & ((1 << 40) - 1);
    Uuid::from_u128(
        since_epoch(now) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low << 40 | random,
    )
}

/// The time of an identifier, in whole milliseconds.
pub fn time_of(id: Uuid) -> DateTime<Utc> {
    i64::try_from(id.as_u128() >> 80)
        .ok()
        .and_then(DateTime::from_timestamp_millis)
        .unwrap_or_default()
}

/// The lowest identifier that is later than every one of this time's millisecond.
pub fn first_after(time: DateTime<Utc>) -> Uuid {
    Uuid::from_u128((since_epoch(time) + 1) << 80)
}

fn since_epoch(time: DateTime<Utc>) -> u128 {
    const LARGEST: u128 = (1 << 48) - 2;
    u128::try_from(time.timestamp_millis())
        .unwrap_or_default()
        .min(LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_sort_by_time_and_then_by_their_making() {
        let early = DateTime::from_timestamp_millis(1_795_448_000_900).unwrap();
        let late = DateTime::from_timestamp_millis(1_795_448_000_901).unwrap();
        let later = ordered_id(late);
        let ids: Vec<Uuid> = (0..1000).map(|_| ordered_id(early)).collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| *id < later && *id < first_after(early)));
        assert!(later >= first_after(early) && later < first_after(late));
        assert_eq!(time_of(ids[7]), early);
        assert_eq!(ids[7].get_version_num(), 7);
    }
}
