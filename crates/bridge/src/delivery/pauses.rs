//! How much each platform gets at once, and platforms that get nothing for a while: one that is slow,
//! busy or down holds up no other.
//!
//! Each replica notices for itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use mtl_programme::RegistrationId;

/// Scores in flight to one platform in one process.
const AT_ONCE: u32 = 16;
/// After so many failures without a success between them the platform is taken for down.
const FAILURES: u32 = 8;
const FIRST: TimeDelta = TimeDelta::seconds(1);
const LONGEST: TimeDelta = TimeDelta::minutes(1);

/// What is known of each platform.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlatformPauses(Arc<Mutex<HashMap<RegistrationId, Platform>>>);

#[derive(Debug, Default)]
struct Platform {
    in_flight: u32,
    failures: u32,
    /// Pauses without a success between them.
    pauses: u32,
    until: Option<DateTime<Utc>>,
}

impl PlatformPauses {
    /// How many more scores a platform may get now.
    pub(super) fn room(&self, platform: RegistrationId, now: DateTime<Utc>) -> u32 {
        let platforms = self.platforms();
        let Some(known) = platforms.get(&platform) else {
            return AT_ONCE;
        };
        if known.until.is_some_and(|until| until > now) {
            return 0;
        }
        // After a pause one score shows whether the platform is back.
        let most = if known.pauses > 0 { 1 } else { AT_ONCE };
        most.saturating_sub(known.in_flight)
    }

    /// A score is on its way, until what is given back is dropped.
    pub(super) fn begin(&self, platform: RegistrationId) -> InFlight {
        self.platforms().entry(platform).or_default().in_flight += 1;
        InFlight {
            pauses: self.clone(),
            platform,
        }
    }

    /// The platform answered.
    pub(super) fn answered(&self, platform: RegistrationId) {
        let mut platforms = self.platforms();
        let known = platforms.entry(platform).or_default();
        known.failures = 0;
        known.pauses = 0;
    }

    /// The platform could not be reached, gave no answer, or failed.
    pub(super) fn failed(&self, platform: RegistrationId, now: DateTime<Utc>) {
        let mut platforms = self.platforms();
        let known = platforms.entry(platform).or_default();
        known.failures += 1;
        let is_paused = known.until.is_some_and(|until| until > now);
        if is_paused || (known.failures < FAILURES && known.pauses == 0) {
            return;
        }
        let pause = (FIRST * (1 << known.pauses.min(6))).min(LONGEST);
        known.pauses += 1;
        known.until = Some(now + pause);
        tracing::warn!(registration = %platform, seconds = pause.num_seconds(), "a platform is taken for down");
    }

    /// Nothing goes to the platform until then.
    pub(super) fn hold(&self, platform: RegistrationId, until: DateTime<Utc>) {
        let mut platforms = self.platforms();
        let known = platforms.entry(platform).or_default();
        known.until = known.until.max(Some(until));
    }

    /// When the next platform may get something again.
    pub(super) fn next_end(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let platforms = self.platforms();
        let ends = platforms.values().filter_map(|known| known.until);
        ends.filter(|until| *until > now).min()
    }

    fn platforms(&self) -> MutexGuard<'_, HashMap<RegistrationId, Platform>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A score on its way.
#[derive(Debug)]
pub(super) struct InFlight {
    pauses: PlatformPauses,
    platform: RegistrationId,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(known) = self.pauses.platforms().get_mut(&self.platform) {
            known.in_flight = known.in_flight.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_platform_that_is_down_gets_one_score_after_a_while_and_the_others_go_on() {
        let pauses = PlatformPauses::default();
        let (down, up) = (RegistrationId(Uuid::nil()), RegistrationId(Uuid::max()));
        let mut now = DateTime::UNIX_EPOCH;
        for _ in 1..FAILURES {
            pauses.failed(down, now);
        }
        assert_eq!(pauses.room(down, now), AT_ONCE, "bad luck is not an outage");
        pauses.failed(down, now);
        assert_eq!((pauses.room(down, now), pauses.room(up, now)), (0, AT_ONCE));
        let mut waits = Vec::new();
        for _ in 0..9 {
            // What was still in flight does not make the pause longer.
            pauses.failed(down, now);
            let begun = now;
            while pauses.room(down, now) == 0 {
                now += TimeDelta::milliseconds(500);
            }
            waits.push((now - begun).num_seconds());
            assert_eq!(pauses.room(down, now), 1);
            let probe = pauses.begin(down);
            assert_eq!(pauses.room(down, now), 0);
            pauses.failed(down, now);
            drop(probe);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        pauses.answered(down);
        now += LONGEST;
        assert_eq!(pauses.room(down, now), AT_ONCE);
        pauses.hold(down, now + TimeDelta::seconds(5));
        assert_eq!(pauses.room(down, now), 0);
        let end = now + TimeDelta::seconds(5);
        assert_eq!(
            (pauses.next_end(now), pauses.next_end(end)),
            (Some(end), None)
        );
        let held: Vec<_> = (0..20).map(|_| pauses.begin(up)).collect();
        assert_eq!(pauses.room(up, now), 0);
        drop(held);
        assert_eq!(pauses.room(up, now), AT_ONCE);
    }
}
