//! `X-Experience-API-Version`: asked for in every request but About, told in every answer
//! (Communication 3.3).

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use mtl_xapi::Version;

use crate::LrsError;

pub(crate) const VERSION_HEADER: HeaderName = HeaderName::from_static("x-experience-api-version");

/// The version of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestVersion(pub(crate) Version);

impl<S: Sync> FromRequestParts<S> for RequestVersion {
    type Rejection = LrsError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, LrsError> {
        let header = parts
            .headers
            .get(&VERSION_HEADER)
            .ok_or(LrsError::NoVersion)?;
        let version = header
            .to_str()
            .ok()
            .and_then(|text| Version::parse_header(text.trim()));
        version.map(Self).ok_or(LrsError::UnknownVersion)
    }
}

/// Puts the version into every answer: the newest patch of the request's own version, or of 1.0
/// where the request has none that is spoken.
pub(crate) async fn tell_version(request: Request, next: Next) -> Response {
    let asked = request
        .headers()
        .get(&VERSION_HEADER)
        .and_then(|value| value.to_str().ok());
    let version = asked
        .and_then(|text| Version::parse_header(text.trim()))
        .unwrap_or_default();
    let mut response = next.run(request).await;
    let value = HeaderValue::from_static(version.header());
    response.headers_mut().insert(VERSION_HEADER, value);
    response
}
