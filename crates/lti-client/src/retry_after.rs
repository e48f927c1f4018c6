//! How long a platform asks us to wait.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// No platform makes us wait for more than an hour.
const MOST: Duration = Duration::from_hours(1);
/// What Canvas gives back to a client each second, and what should be there before we go on.
pub(crate) const CANVAS_REFILL: f64 = 10.0;
const CANVAS_ROOM: f64 = 100.0;

/// `Retry-After` (RFC 9110 section 10.2.3), else what Canvas's rate limit says.
pub(crate) fn find_wait(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let asked = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    if let Some(wait) = asked.and_then(|value| parse_retry_after(value, now)) {
        return Some(wait.min(MOST));
    }
    let left = find_remaining(headers)?;
    let seconds = (CANVAS_ROOM - left) / CANVAS_REFILL;
    Some(
        Duration::try_from_secs_f64(seconds.clamp(1.0, 60.0))
            .unwrap_or(MOST)
            .min(MOST),
    )
}

/// What is left in the client's bucket (Canvas).
pub(crate) fn find_remaining(headers: &HeaderMap) -> Option<f64> {
    find_number(headers, "x-rate-limit-remaining")
}

/// What the call cost (Canvas).
pub(crate) fn find_cost(headers: &HeaderMap) -> Option<f64> {
    find_number(headers, "x-request-cost")
}

fn find_number(headers: &HeaderMap, name: &str) -> Option<f64> {
    let number: f64 = headers.get(name)?.to_str().ok()?.trim().parse().ok()?;
    number.is_finite().then_some(number)
}

fn parse_retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?.to_utc();
    Some((date - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_say_it() {
        let now = DateTime::parse_from_rfc3339("2026-01-02T03:04:05Z")
            .unwrap()
            .to_utc();
        let table = [
            ("retry-after", "120", Some(120)),
            ("retry-after", " 0 ", Some(0)),
            ("retry-after", "999999999", Some(3600)),
            ("retry-after", "Fri, 02 Jan 2026 03:05:05 GMT", Some(60)),
            ("retry-after", "Fri, 02 Jan 2026 03:00:00 GMT", Some(0)),
            ("retry-after", "soon", None),
            ("x-rate-limit-remaining", "0.0", Some(10)),
            ("x-rate-limit-remaining", "-400.5", Some(50)),
            ("x-rate-limit-remaining", "650", Some(1)),
            ("x-rate-limit-remaining", "NaN", None),
            ("x-rate-limit-remaining", "much", None),
        ];
        for (name, value, seconds) in table {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            let wait = find_wait(&headers, now).map(|wait| wait.as_secs());
            assert_eq!(wait, seconds, "{name}: {value}");
        }
        assert_eq!(find_wait(&HeaderMap::new(), now), None);
    }
}
