//! The frame and the script that keep things for tools whose cookies are blocked.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::view::{html, script};

#[derive(Template)]
#[template(path = "forwarding.html")]
struct ForwardingPage;

pub(crate) async fn message_forwarding() -> Response {
    html(StatusCode::OK, &ForwardingPage)
}

pub(crate) async fn storage_script() -> Response {
    script(include_str!("../../templates/platform_storage.js"))
}
