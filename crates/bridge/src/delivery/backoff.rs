//! How long to wait before the next try.

use std::time::Duration;

use chrono::TimeDelta;
use rand::RngExt as _;

/// The first wait.
const FIRST: TimeDelta = TimeDelta::seconds(2);
/// The longest wait between two tries.
const LONGEST: TimeDelta = TimeDelta::hours(1);
/// After so many tries (about five days) a person must look at it.
pub(super) const MOST_ATTEMPTS: i64 = 120;

/// The wait after the `attempt`th try: doubling, with jitter so that what failed together is not
/// tried again together, and never shorter than the receiver asked for.
pub(super) fn wait(attempt: i64, asked: Option<Duration>) -> TimeDelta {
    let doublings = u32::try_from(attempt.clamp(1, 20) - 1).unwrap_or(0);
    let wait = FIRST
        .checked_mul(1 << doublings)
        .unwrap_or(LONGEST)
        .min(LONGEST);
    let jittered = wait / 2 + spread(wait / 2);
    let asked = asked
        .and_then(|asked| TimeDelta::from_std(asked).ok())
        .unwrap_or_default();
    jittered.max(asked.min(LONGEST * 24) + spread(asked / 10))
}

fn spread(most: TimeDelta) -> TimeDelta {
    TimeDelta::milliseconds(rand::rng().random_range(0..=most.num_milliseconds().max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_an_hour_and_honour_what_was_asked() {
        for (attempt, least, most) in [
            (1, 1_000, 2_000),
            (4, 8_000, 16_000),
            (50, 1_800_000, 3_600_000),
        ] {
            for _ in 0..50 {
                let waited = wait(attempt, None).num_milliseconds();
                assert!(
                    (least..=most).contains(&waited),
                    "attempt {attempt}: {waited} ms"
                );
            }
        }
        assert!(wait(1, Some(Duration::from_secs(90))) >= TimeDelta::seconds(90));
        assert!(wait(i64::MAX, Some(Duration::MAX)) <= TimeDelta::hours(27));
    }
}
