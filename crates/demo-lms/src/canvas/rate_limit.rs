//! The leaky bucket of each client: requests fill it, time empties it.

use std::collections::HashMap;

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Lms, answer::answer};

const REMAINING: HeaderName = HeaderName::from_static("x-rate-limit-remaining");
const COST: HeaderName = HeaderName::from_static("x-request-cost");

/// How a full bucket is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Throttled {
    /// 403 with "Rate Limit Exceeded" in the text, as Canvas did for years.
    #[default]
    Forbidden,
    /// 429, as newer ones do.
    TooManyRequests,
}

/// The bucket that each client has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
    /// How much fits in.
    pub capacity: f64,
    /// How much runs out in a second.
    pub leak: f64,
    /// What a request is charged while it is under way.
    pub advance: f64,
    /// What it pours in for good.
    pub cost: f64,
    /// How a full one is answered.
    pub answer: Throttled,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self {
            capacity: 600.0,
            leak: 10.0,
            advance: 50.0,
            cost: 0.5,
            answer: Throttled::Forbidden,
        }
    }
}

/// The buckets by client.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    pub(crate) limit: RateLimit,
    refused: usize,
    levels: HashMap<String, (f64, DateTime<Utc>)>,
}

impl Buckets {
    /// Charges a request that begins; false where the bucket is full.
    fn begin(&mut self, client: &str, now: DateTime<Utc>) -> bool {
        let (capacity, advance) = (self.limit.capacity, self.limit.advance);
        let level = self.level(client, now);
        let has_room = *level < capacity;
        if has_room {
            *level += advance;
        } else {
            self.refused += 1;
        }
        has_room
    }

    /// Settles a request that ends; what is left in the bucket.
    fn end(&mut self, client: &str, now: DateTime<Utc>) -> f64 {
        let RateLimit {
            capacity,
            advance,
            cost,
            ..
        } = self.limit;
        let level = self.level(client, now);
        *level = (*level - advance).max(0.0) + cost;
        capacity - *level
    }

    /// How full a bucket is by now.
    fn level(&mut self, client: &str, now: DateTime<Utc>) -> &mut f64 {
        let (level, since) = self.levels.entry(client.to_owned()).or_insert((0.0, now));
        let passed = (now - *since).max(TimeDelta::zero()).as_seconds_f64();
        *level = (*level - passed * self.limit.leak).max(0.0);
        *since = now;
        level
    }
}

impl Lms {
    /// Changes the bucket of every client (Canvas only).
    pub fn set_rate_limit(&self, limit: RateLimit) {
        self.live().buckets.limit = limit;
    }

    /// Fills a client's bucket to above its brim, as other programs with the same client id do that
    /// ask for much at once (Canvas only).
    pub fn fill_bucket(&self, client_id: &str) {
        let now = self.now();
        let mut live = self.live();
        let RateLimit {
            capacity, advance, ..
        } = live.buckets.limit;
        *live.buckets.level(client_id, now) = capacity + 2.0 * advance;
    }

    /// How many requests found a full bucket so far (Canvas only).
    pub fn refused_requests(&self) -> usize {
        self.live().buckets.refused
    }
}

/// Counts a service request, and refuses it where the bucket is full or nobody says who asks.
pub(super) async fn throttle(State(lms): State<Lms>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if headers.get(header::USER_AGENT).is_none() {
        return plain(StatusCode::FORBIDDEN, "A User-Agent header is needed\n");
    }
    let now = lms.now();
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let tool = token.and_then(|token| Some(lms.live().find_token(token, now)?.tool));
    // Without a token requests count by address, which is one here.
    let client = tool.and_then(|tool| {
        let client = |state: &crate::state::State| {
            let tool = state.find_tool(tool).ok()?;
            Some(tool.registration.client_id.clone())
        };
        lms.read(client)
    });
    let client = client.unwrap_or_default();
    let (has_room, limit) = {
        let mut live = lms.live();
        (live.buckets.begin(&client, now), live.buckets.limit)
    };
    let (mut response, left, cost) = if has_room {
        let response = next.run(request).await;
        let left = lms.live().buckets.end(&client, lms.now());
        (response, left, limit.cost)
    } else {
        let response = match limit.answer {
            Throttled::Forbidden => plain(
                StatusCode::FORBIDDEN,
                "403 Forbidden (Rate Limit Exceeded)\n",
            ),
            Throttled::TooManyRequests => plain(
                StatusCode::TOO_MANY_REQUESTS,
                "429 Too Many Requests (Rate Limit Exceeded)\n",
            ),
        };
        (response, 0.0, 0.0)
    };
    for (name, value) in [(REMAINING, left), (COST, cost)] {
        if let Ok(value) = HeaderValue::from_str(&format!("{value:.1}")) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    answer(status, None, "text/plain; charset=utf-8", text)
}
