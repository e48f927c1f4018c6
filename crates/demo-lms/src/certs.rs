//! The platform's key set.

use axum::{Json, extract::State};

use crate::Lms;

pub(crate) async fn certs(State(lms): State<Lms>) -> Json<mtl_lti::Jwks> {
    Json(lms.jwks())
}
