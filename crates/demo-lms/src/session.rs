//! Who a browser says it is: a signed cookie, so that a restart signs nobody out.

use aws_lc_rs::hmac;
use axum::http::{HeaderMap, header};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{LmsError, PersonId, random};

const COOKIE: &str = "demo_lms_session";

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// Binds launches to the browser that began them.
    pub(crate) id: String,
    pub(crate) person: PersonId,
}

impl Session {
    pub(crate) fn new(person: PersonId) -> Result<Self, LmsError> {
        Ok(Self {
            id: random::hex::<16>()?,
            person,
        })
    }

    /// The value of the `Cookie` header.
    pub(crate) fn cookie(&self, key: &str) -> String {
        let content = format!("{}.{}", self.id, self.person);
        let tag = hmac::sign(&mac_key(key), content.as_bytes());
        format!("{COOKIE}={content}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag))
    }

    /// What a form or an address carries to show that it came from a page of this session.
    pub(crate) fn key(&self, key: &str) -> String {
        let tag = hmac::sign(&mac_key(key), format!("sesskey.{}", self.id).as_bytes());
        let encoded = BASE64_URL_SAFE_NO_PAD.encode(tag);
        let letters = encoded.chars().filter(char::is_ascii_alphanumeric);
        letters.take(10).collect()
    }

    /// The value of the `Set-Cookie` header.
    ///
    /// The authorisation request may come from the tool's page inside our own iframe, which a
    /// browser calls cross-site: only `SameSite=None` is sent then, and that needs `Secure`.
    /// Browsers take `Secure` cookies over http from loopback.
    pub(crate) fn set_cookie(&self, key: &str, trustworthy: bool) -> String {
        let attributes = if trustworthy {
            "Secure; SameSite=None"
        } else {
            "SameSite=Lax"
        };
        format!("{}; Path=/; HttpOnly; {attributes}", self.cookie(key))
    }

    pub(crate) fn from_headers(headers: &HeaderMap, key: &str) -> Option<Self> {
        let value = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
        let (content, tag) = value.rsplit_once('.')?;
        let tag = BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&mac_key(key), content.as_bytes(), &tag).ok()?;
        let (id, person) = content.split_once('.')?;
        Some(Self {
            id: id.to_owned(),
            person: person.parse().ok()?,
        })
    }
}

fn mac_key(key: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes())
}
