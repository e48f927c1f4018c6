//! The small pages between us and the tool: forms that send themselves, and the way back.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::view::html;
use crate::LoginInitiation;

#[derive(Template)]
#[template(path = "form_post.html")]
struct FormPost<'a> {
    action: &'a str,
    fields: &'a [(String, String)],
    title: &'a str,
    is_get: bool,
}

/// A form that sends itself; the button is for browsers without JavaScript.
pub(crate) fn form_post(action: &str, fields: &[(String, String)], title: &str) -> Response {
    html(
        StatusCode::OK,
        &FormPost {
            action,
            fields,
            title,
            is_get: false,
        },
    )
}

/// The form that begins a login at the tool.
pub(super) fn begin_login(initiation: &LoginInitiation, title: &str) -> Response {
    html(
        StatusCode::OK,
        &FormPost {
            action: initiation.url.as_str(),
            fields: &initiation.fields,
            title,
            is_get: initiation.is_get,
        },
    )
}

#[derive(Template)]
#[template(path = "returned.html")]
struct Returned<'a> {
    course: Option<u32>,
    problem: Option<&'a str>,
    message: Option<&'a str>,
}

/// What the tool said when it sent the person back. May stand inside the activity's frame.
pub(super) fn returned(
    course: Option<u32>,
    problem: Option<&str>,
    message: Option<&str>,
) -> Response {
    html(
        StatusCode::OK,
        &Returned {
            course,
            problem,
            message,
        },
    )
}
