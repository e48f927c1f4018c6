//! Which resource answers where.

use std::future::{Ready, ready};

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get};
use axum::{Router, response::IntoResponse};

use crate::about::about;
use crate::statements;
use crate::version::tell_version;
use crate::{LrsError, LrsState};

/// The resources of xAPI, to be mounted with `nest` where [`crate::LrsSettings::public_url`] says.
pub fn router(state: LrsState) -> Router {
    let limit = DefaultBodyLimit::max(state.settings.body_bytes);
    Router::new()
        .route("/about", get(about))
        .route(
            "/statements",
            get(statements::get)
                .post(statements::post)
                .put(statements::put)
                .layer(from_fn_with_state(
                    state.clone(),
                    statements::tell_consistency,
                )),
        )
        .route("/activities/state", any(|| not_yet("State is")))
        .route(
            "/activities/profile",
            any(|| not_yet("Activity Profile is")),
        )
        .route("/activities", any(|| not_yet("Activities is")))
        .route("/agents/profile", any(|| not_yet("Agent Profile is")))
        .route("/agents", any(|| not_yet("Agents is")))
        .fallback(|| ready(LrsError::NoResource))
        .method_not_allowed_fallback(|| ready(LrsError::Method))
        .layer(limit)
        .layer(from_fn(tell_version))
        .with_state(state)
}

fn not_yet(resource: &'static str) -> Ready<Response> {
    ready(LrsError::NotImplemented(resource).into_response())
}
