//! The cookies: their names, how they are set and read.
//!
//! For an https base URL names carry the `__Host-` prefix, which ties a cookie to this very host.
//! On a loopback http address (the demonstration) browsers refuse the prefix, so it is left out.
//! Always `Secure; HttpOnly; SameSite=None; Partitioned; Path=/`: in an LMS's frame only such
//! cookies are kept, and partitioned ones even where third-party cookies are blocked.

use axum::http::{HeaderMap, HeaderValue, header};
use url::Url;

/// The names of one installation's cookies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct CookieNames {
    prefix: &'static str,
}

impl CookieNames {
    /// The names for a base URL.
    pub(crate) fn for_base(base: &Url) -> Self {
        Self {
            prefix: if base.scheme() == "https" {
                "__Host-"
            } else {
                ""
            },
        }
    }

    /// The session's cookie.
    pub(crate) fn session(self) -> String {
        format!("{}mtl-session", self.prefix)
    }

    /// The cookie of one login; `key` is the short id in its state. A key that could break out of
    /// a cookie's name is refused.
    pub(crate) fn login(self, key: &str) -> Option<String> {
        let is_token = !key.is_empty()
            && key.len() <= 64
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        is_token.then(|| format!("{}mtl-login-{key}", self.prefix))
    }

    /// The session of an administrator.
    pub(crate) fn administrator(self) -> String {
        format!("{}mtl-admin", self.prefix)
    }

    /// The cookie that shows, when it comes back, that this browser keeps cookies here.
    pub(crate) fn kept(self) -> String {
        format!("{}mtl-kept", self.prefix)
    }

    /// Whether the request carries any cookie of ours: then this browser keeps them.
    pub(crate) fn has_any(self, headers: &HeaderMap) -> bool {
        let start = format!("{}mtl-", self.prefix);
        pairs(headers).any(|(name, _)| name.starts_with(&start))
    }
}

/// The value of a cookie.
pub(crate) fn find_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    pairs(headers)
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// A `Set-Cookie` value for pages that stand in no frame.
pub(crate) fn set_own_cookie(name: &str, value: &str, max_age_seconds: i64) -> Option<HeaderValue> {
    let framed = set_cookie(name, value, max_age_seconds)?;
    let own = framed
        .to_str()
        .ok()?
        .replace("SameSite=None; Partitioned", "SameSite=Lax");
    HeaderValue::try_from(own).ok()
}

/// A `Set-Cookie` value that lives `max_age_seconds`; 0 removes the cookie.
pub(crate) fn set_cookie(name: &str, value: &str, max_age_seconds: i64) -> Option<HeaderValue> {
    let is_plain = value
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'"' | b'\\'));
    if !is_plain {
        return None;
    }
    HeaderValue::try_from(format!(
        "{name}={value}; Path=/; Max-Age={max_age_seconds}; Secure; HttpOnly; SameSite=None; Partitioned"
    ))
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(base: &str) -> CookieNames {
        CookieNames::for_base(&Url::parse(base).unwrap())
    }

    #[test]
    fn the_prefix_is_there_wherever_a_browser_accepts_it() {
        assert_eq!(
            names("https://mtl.example/").session(),
            "__Host-mtl-session"
        );
        assert_eq!(names("http://localhost:8080/").session(), "mtl-session");
        assert_eq!(
            names("https://mtl.example/").login("a1-_").unwrap(),
            "__Host-mtl-login-a1-_"
        );
    }

    #[test]
    fn a_key_cannot_break_out_of_the_name() {
        for key in ["", "a=b", "a;b", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(names("https://mtl.example/").login(key), None, "{key}");
        }
    }

    #[test]
    fn reads_cookies_from_one_or_several_headers() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; mtl-session=tok_en"),
        );
        headers.append(header::COOKIE, HeaderValue::from_static("mtl-login-k=s=="));
        assert_eq!(find_cookie(&headers, "mtl-session"), Some("tok_en"));
        assert_eq!(find_cookie(&headers, "mtl-login-k"), Some("s=="));
        assert_eq!(find_cookie(&headers, "mtl"), None);
        assert!(names("http://localhost:8080/").has_any(&headers));
        assert!(!names("https://mtl.example/").has_any(&headers));
    }

    #[test]
    fn sets_and_removes() {
        assert_eq!(
            set_cookie("mtl-session", "abc", 60).unwrap(),
            "mtl-session=abc; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=None; Partitioned"
        );
        assert!(
            set_cookie("n", "", 0)
                .unwrap()
                .to_str()
                .unwrap()
                .contains("Max-Age=0")
        );
        assert_eq!(set_cookie("n", "a;b", 1), None);
        assert_eq!(
            set_own_cookie("mtl-admin", "abc", 60).unwrap(),
            "mtl-admin=abc; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax"
        );
    }
}
