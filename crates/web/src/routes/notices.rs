//! Notices from platforms, posted by their servers.

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::state::WebState;

/// The longest post, in bytes: many signed notices at once.
const LONGEST: usize = 1 << 20;

/// `POST /lti/notices`: 200 when all were taken; 503 when they should be sent again.
pub(super) async fn receive(State(state): State<WebState>, body: Body) -> Response {
    let Ok(body) = to_bytes(body, LONGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    match Box::pin(state.bridge.receive_notices(&body)).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => {
            let code = error.code();
            tracing::warn!(code, %error, "a notice was not taken");
            let status = if error.is_fault() {
                StatusCode::SERVICE_UNAVAILABLE
            } else {
                StatusCode::BAD_REQUEST
            };
            (status, axum::Json(serde_json::json!({ "code": code }))).into_response()
        }
    }
}
