//! How long fetched things are kept.

use std::time::{Duration, Instant};

use moka::Expiry;
use reqwest::header::{CACHE_CONTROL, HeaderMap};

const KEYS_MOST: Duration = Duration::from_hours(24);
/// Where the platform does not say.
const KEYS_USUAL: Duration = Duration::from_hours(1);

/// How long a key set is good for: its `Cache-Control` (RFC 9111), within bounds.
pub(crate) fn of_key_set(headers: &HeaderMap, least: Duration) -> Duration {
    let directives = headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let mut life = KEYS_USUAL;
    for directive in directives {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return least,
            "max-age" => {
                if let Ok(seconds) = value.trim().trim_matches('"').parse() {
                    life = Duration::from_secs(seconds);
                }
            }
            _ => {}
        }
    }
    life.min(KEYS_MOST).max(least)
}

/// Something that knows how long it may be kept.
pub(crate) trait Perishable {
    fn life(&self) -> Duration;
}

/// Keeps each thing for as long as it says.
pub(crate) struct ByLife;

impl<K, V: Perishable> Expiry<K, V> for ByLife {
    fn expire_after_create(&self, _: &K, value: &V, _: Instant) -> Option<Duration> {
        Some(value.life())
    }

    fn expire_after_update(
        &self,
        _: &K,
        value: &V,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(value.life())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_set_is_kept_within_bounds() {
        const LEAST: Duration = Duration::from_mins(5);
        let table = [
            ("max-age=600", 600),
            ("public, Max-Age=\"7200\", must-revalidate", 7200),
            ("max-age=1", 300),
            ("max-age=99999999", 86_400),
            ("max-age=soon", 3600),
            ("no-cache, max-age=7200", 300),
            ("private, no-store", 300),
            ("", 3600),
        ];
        for (value, seconds) in table {
            let mut headers = HeaderMap::new();
            headers.insert(CACHE_CONTROL, value.parse().unwrap());
            assert_eq!(of_key_set(&headers, LEAST).as_secs(), seconds, "{value}");
        }
        assert_eq!(of_key_set(&HeaderMap::new(), LEAST), KEYS_USUAL);
    }
}
