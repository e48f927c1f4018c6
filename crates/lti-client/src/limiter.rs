//! How much each platform lets us ask, so that we hold back before it has to refuse.
//!
//! Canvas keeps a bucket for each client: a call is charged in advance, the true cost is settled
//! afterwards (`X-Request-Cost`), what is left is told (`X-Rate-Limit-Remaining`), and it refills by
//! itself. Other platforms only say 429, with or without `Retry-After`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;

use crate::retry_after::{CANVAS_REFILL, find_cost, find_remaining};

/// What Canvas charges in advance for a call that is under way.
const ADVANCE: f64 = 50.0;
const LONGEST: Duration = Duration::from_mins(1);

/// The limits of all clients, by registration.
#[derive(Clone, Debug)]
pub(crate) struct Limiter {
    clients: Arc<Mutex<HashMap<String, Client>>>,
    first_pause: Duration,
}

#[derive(Debug, Default)]
struct Client {
    under_way: u32,
    paused_until: Option<Instant>,
    /// Refusals without a success between them.
    refusals: u32,
    bucket: Option<Bucket>,
}

/// What the platform last said.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    cost: f64,
    at: Instant,
}

impl Client {
    /// How long to hold a call back.
    fn wait(&self, now: Instant) -> Option<Duration> {
        if let Some(until) = self.paused_until.filter(|until| *until > now) {
            return Some(until - now);
        }
        let bucket = self.bucket?;
        let refilled = now.saturating_duration_since(bucket.at).as_secs_f64() * CANVAS_REFILL;
        let needed = ADVANCE.max(bucket.cost) * f64::from(self.under_way + 1);
        let missing = needed - (bucket.left + refilled);
        (missing > 0.0)
            .then(|| Duration::try_from_secs_f64(missing / CANVAS_REFILL).unwrap_or(LONGEST))
    }
}

/// A call that is under way.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    limiter: &'a Limiter,
    client: &'a str,
}

impl Limiter {
    /// `first_pause` is how long a client stands still after the first refusal that does not say.
    pub(crate) fn new(first_pause: Duration) -> Self {
        Self {
            clients: Arc::default(),
            first_pause,
        }
    }

    /// Lets a call go, or says how long it has to wait.
    pub(crate) fn enter<'a>(&'a self, client: &'a str, now: Instant) -> Result<Pass<'a>, Duration> {
        let mut clients = self.clients();
        let known = clients.entry(client.to_owned()).or_default();
        if let Some(wait) = known.wait(now) {
            return Err(wait);
        }
        known.under_way += 1;
        Ok(Pass {
            limiter: self,
            client,
        })
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<String, Client>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// What the platform said with an answer.
    pub(crate) fn answered(&self, headers: &HeaderMap, succeeded: bool, now: Instant) {
        self.change(|client| {
            if let Some(left) = find_remaining(headers) {
                let cost = find_cost(headers).unwrap_or_default();
                let at = now;
                client.bucket = Some(Bucket { left, cost, at });
            }
            if succeeded {
                client.refusals = 0;
            }
        });
    }

    /// The platform had enough of us; answers how long the client stands still.
    pub(crate) fn refused(&self, asked: Option<Duration>, now: Instant) -> Duration {
        let mut pause = Duration::ZERO;
        self.change(|client| {
            let doubled = self
                .limiter
                .first_pause
                .saturating_mul(1 << client.refusals.min(16));
            pause = asked.unwrap_or_else(|| doubled.min(LONGEST));
            client.refusals += 1;
            client.paused_until = client.paused_until.max(now.checked_add(pause));
        });
        pause
    }

    fn change(&self, change: impl FnOnce(&mut Client)) {
        if let Some(client) = self.limiter.clients().get_mut(self.client) {
            change(client);
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.change(|client| client.under_way = client.under_way.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(left: &str, cost: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-rate-limit-remaining", left.parse().unwrap());
        headers.insert("x-request-cost", cost.parse().unwrap());
        headers
    }

    #[test]
    fn calls_are_held_back_before_the_bucket_is_empty() {
        let limiter = Limiter::new(Duration::from_secs(1));
        let begun = Instant::now();
        let first = limiter.enter("a", begun).unwrap();
        first.answered(&bucket("120.5", "0.8"), true, begun);
        drop(first);
        let one = limiter.enter("a", begun).unwrap();
        let two = limiter.enter("a", begun).unwrap();
        // 120.5 are left, 100 are charged in advance: a third would be refused.
        let wait = limiter.enter("a", begun).unwrap_err();
        assert_eq!(wait.as_millis(), 2_950);
        assert!(limiter.enter("b", begun).is_ok(), "nobody else waits");
        drop(limiter.enter("a", begun + wait).unwrap());
        drop((one, two));
        assert!(limiter.enter("a", begun).is_ok());
    }

    #[test]
    fn a_refusal_without_a_word_stops_the_client_longer_each_time() {
        let limiter = Limiter::new(Duration::from_secs(1));
        let now = Instant::now();
        let pass = limiter.enter("a", now).unwrap();
        let other = limiter.enter("b", now).unwrap();
        assert_eq!(pass.refused(None, now).as_secs(), 1);
        assert_eq!(pass.refused(None, now).as_secs(), 2);
        assert_eq!(limiter.enter("a", now).unwrap_err().as_secs(), 2);
        assert_eq!(
            pass.refused(Some(Duration::from_secs(30)), now).as_secs(),
            30
        );
        assert_eq!(limiter.enter("a", now).unwrap_err().as_secs(), 30);
        for _ in 0..30 {
            assert!(pass.refused(None, now) <= LONGEST);
        }
        pass.answered(&HeaderMap::new(), true, now);
        assert_eq!(pass.refused(None, now).as_secs(), 1);
        drop(other);
        assert!(limiter.enter("b", now).is_ok());
        assert!(limiter.enter("a", now + LONGEST).is_ok());
    }
}
