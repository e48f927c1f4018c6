//! Answers in the platform's own hand: reasons in the status line, JSON as PHP writes it.

use std::fmt::Write as _;

use axum::{http::StatusCode, response::Response};
use serde::Serialize;
use serde_json::json;

use super::{call::Call, media};
use crate::answer::{answer, proxy_page};

/// A service request that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) reason: String,
    shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// A JSON object that repeats the reason and the request.
    Problem,
    /// An empty JSON array under the score type.
    EmptyScores,
    /// The page of a web server in front.
    Proxy,
    /// A page for people.
    Page,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            shape: Shape::Problem,
        }
    }

    pub(super) fn unauthorised() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    pub(super) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden")
    }

    pub(super) fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    }

    pub(super) fn no_item(item: crate::ItemId) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("Not Found: Grade item {item} doesn't exist"),
        )
    }

    pub(super) fn score(status: StatusCode, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            shape: Shape::EmptyScores,
        }
    }

    pub(super) fn proxy(status: StatusCode) -> Self {
        Self {
            status,
            reason: status.canonical_reason().unwrap_or_default().to_owned(),
            shape: Shape::Proxy,
        }
    }

    pub(super) fn page_not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            reason: "Not Found".to_owned(),
            shape: Shape::Page,
        }
    }

    pub(super) fn into_response(self, call: &Call) -> Response {
        let reason = Some(self.reason.as_str());
        match self.shape {
            Shape::Proxy => proxy_page(self.status),
            Shape::Page => crate::pages::message(
                self.status,
                "Page not found",
                "There is nothing at this address.",
            ),
            Shape::EmptyScores => answer(self.status, reason, &charset(media::SCORE), "[]"),
            Shape::Problem => {
                let problem = json!({
                    "status": self.status.as_u16(),
                    "reason": self.reason,
                    "request": {
                        "method": call.method.as_str(),
                        "url": call.url,
                        "accept": call.accept,
                        "contentType": call.content_type,
                    },
                });
                let body = format!("{problem:#}");
                answer(self.status, reason, &charset("application/json"), body)
            }
        }
    }
}

/// JSON under one of the services' types.
pub(super) fn json_answer(status: StatusCode, media_type: &str, body: &impl Serialize) -> Response {
    answer(status, None, &charset(media_type), php_json(body))
}

pub(super) fn charset(media_type: &str) -> String {
    format!("{media_type}; charset=utf-8")
}

/// JSON with escaped slashes and only ASCII characters, as PHP writes it.
pub(in crate::moodle) fn php_json(value: &impl Serialize) -> String {
    let plain = serde_json::to_string(value).unwrap_or_default();
    let mut out = String::with_capacity(plain.len() + 64);
    for letter in plain.chars() {
        match letter {
            '/' => out.push_str("\\/"),
            letter if letter.is_ascii() => out.push(letter),
            letter => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out
}

/// A number without a fraction where it has none.
pub(in crate::moodle) fn number(value: f64) -> serde_json::Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and within the range in which an f64 is exact"
    )]
    if value.fract() == 0.0 && value.abs() < 9e15 {
        json!(value as i64)
    } else {
        json!(value)
    }
}
