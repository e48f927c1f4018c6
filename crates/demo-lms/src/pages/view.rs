//! Rendering: the response around a template, the style sheet, plain messages.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use chrono::{DateTime, Utc};

/// Tools are framed and posted to wherever they are; nobody but ourselves frames us.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self' data:; frame-src *; frame-ancestors 'self'; base-uri 'none'";

/// The person in the header of a page.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) name: String,
    pub(super) role: &'static str,
}

impl From<&super::Member> for Visitor {
    fn from(member: &super::Member) -> Self {
        Self {
            name: member.person.name(),
            role: member.role.label(),
        }
    }
}

pub(super) fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(body) => (
            status,
            [
                (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ],
            Html(body),
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    title: &'a str,
    text: &'a str,
    visitor: Option<Visitor>,
}

/// A page that says one thing.
pub(crate) fn message(status: StatusCode, title: &str, text: &str) -> Response {
    html(
        status,
        &MessagePage {
            title,
            text,
            visitor: None,
        },
    )
}

pub(crate) async fn not_found() -> Response {
    super::page_not_found()
}

pub(crate) async fn style() -> Response {
    asset(
        "text/css; charset=utf-8",
        include_str!("../../templates/style.css"),
    )
}

pub(crate) async fn submit_script() -> Response {
    script(include_str!("../../templates/submit.js"))
}

pub(crate) async fn registration_script() -> Response {
    script(include_str!("../../templates/registration.js"))
}

pub(super) fn script(body: &'static str) -> Response {
    asset("text/javascript; charset=utf-8", body)
}

fn asset(content_type: &'static str, body: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, content_type),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        body,
    )
        .into_response()
}

/// A mark without needless noughts.
pub(super) fn mark_text(mark: f64) -> String {
    let rounded = (mark * 100.0).round() / 100.0;
    rounded.to_string()
}

/// A time as people read it.
pub(super) fn time_text(time: DateTime<Utc>) -> String {
    time.format("%-d %B %Y, %H:%M UTC").to_string()
}
