//! The administration of an institution's platforms.

mod by_hand;
mod platforms;
mod sign_in;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};

use crate::render::go;
use crate::state::WebState;

/// Everything below `/admin`.
pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route("/admin", get(home))
        .route(
            "/admin/sign-in/{token}",
            get(sign_in::ask).post(sign_in::enter),
        )
        .route("/admin/sign-out", post(sign_in::leave))
        .route("/admin/platforms", get(platforms::list))
        .route("/admin/platforms/invite", post(platforms::invite))
        .route("/admin/platforms/{platform}", get(platforms::show))
        .route("/admin/platforms/{platform}/test", post(platforms::test))
        .route(
            "/admin/platforms/{platform}/accept",
            post(platforms::accept),
        )
        .route("/admin/set-up", get(by_hand::show).post(by_hand::add))
}

async fn home() -> Response {
    go("/admin/platforms")
}
