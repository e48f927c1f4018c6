//! From a page to a response.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};

use crate::problem::Problem;

/// A page with status 200.
pub(crate) fn page(template: &impl Template) -> Result<Response, Problem> {
    page_with(StatusCode::OK, template)
}

/// A page with another status.
pub(crate) fn page_with(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
    let html = template
        .render()
        .map_err(|error| Problem::Internal(error.to_string()))?;
    Ok((status, Html(html)).into_response())
}

/// The way on after something was done: GET, whatever came before.
pub(crate) fn go(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The same for a script, which is told where to go when it asked for JSON.
pub(crate) fn go_or_tell(wants_json: bool, path: &str) -> Response {
    if wants_json {
        axum::Json(serde_json::json!({ "next": path })).into_response()
    } else {
        go(path)
    }
}

/// Whether the request was made by one of our scripts.
pub(crate) fn wants_json(headers: &axum::http::HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.starts_with("application/json"))
}
