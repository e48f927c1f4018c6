//! Which content types a body of statements may have (Communication 1.5).

use axum::http::{HeaderMap, header};

use crate::LrsError;

/// Accepts `application/json`, with any parameters.
pub(crate) fn require_json(headers: &HeaderMap) -> Result<(), LrsError> {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else if essence.eq_ignore_ascii_case("multipart/mixed") {
        Err(LrsError::NotImplemented(
            "data of attachments (multipart/mixed) is",
        ))
    } else if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Err(LrsError::NotImplemented("the alternate request syntax is"))
    } else {
        Err(LrsError::ContentType)
    }
}
