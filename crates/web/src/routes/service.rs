//! What programs ask for: the key set, health, readiness, metrics.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::problem::Problem;
use crate::state::WebState;

/// `GET /.well-known/jwks.json`: the keys with which our signatures are verified. Served from
/// memory: Canvas asks for it at every token request.
pub(super) async fn key_set(State(state): State<WebState>) -> Result<Response, Problem> {
    const CACHE: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");
    let keys = state
        .bridge
        .own_keys()
        .await
        .map_err(|error| Problem::Internal(error.to_string()))?;
    Ok(([CACHE], axum::Json(&*keys.published)).into_response())
}

/// `GET /healthz`: the process answers.
pub(super) async fn health() -> &'static str {
    "ok"
}

/// `GET /readyz`: the database answers too.
pub(super) async fn readiness(State(state): State<WebState>) -> (StatusCode, &'static str) {
    match state.bridge.store().ready().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer",
            )
        }
    }
}

/// `GET /metrics`, for a listener of its own that strangers cannot reach.
pub(crate) fn metrics_router(handle: PrometheusHandle) -> Router {
    Router::new().route(
        "/metrics",
        get(async move || {
            const TEXT: (HeaderName, &str) = (header::CONTENT_TYPE, "text/plain; version=0.0.4");
            ([TEXT], handle.render())
        }),
    )
}
