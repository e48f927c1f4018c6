//! Whether a POST comes from one of our own pages.
//!
//! `Sec-Fetch-Site` answers that in every current browser; `Origin` in older ones. A request that
//! says neither is refused. Every POST of a launch carries a form token besides.

use axum::http::HeaderMap;
use axum::http::header::ORIGIN;
use url::Url;

/// Whether the headers say that the request was made by a page of `base`'s origin.
pub(crate) fn is_same_origin(headers: &HeaderMap, base: &Url) -> bool {
    let text = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let origin_fits = |origin: &str| origin == base.origin().ascii_serialization();
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), Some(origin)) => site == "same-origin" && origin_fits(origin),
        (Some(site), None) => site == "same-origin",
        (None, Some(origin)) => origin_fits(origin),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[test]
    fn only_our_own_pages_may_post() {
        let base = Url::parse("https://mtl.example/").unwrap();
        for (site, origin, fits) in [
            (Some("same-origin"), Some("https://mtl.example"), true),
            (Some("same-origin"), None, true),
            (None, Some("https://mtl.example"), true),
            (Some("cross-site"), Some("https://mtl.example"), false),
            (Some("same-site"), Some("https://evil.mtl.example"), false),
            (Some("same-origin"), Some("https://evil.example"), false),
            (None, Some("https://evil.example"), false),
            (None, Some("null"), false),
            (Some("none"), None, false),
            (None, None, false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
                if let Some(value) = value {
                    headers.insert(
                        HeaderName::from_static(name),
                        HeaderValue::from_static(value),
                    );
                }
            }
            assert_eq!(is_same_origin(&headers, &base), fits, "{site:?} {origin:?}");
        }
    }
}
