//! The Open edX flavour: lti-consumer-xblock 11.4, a login by GET, keys without `alg` and `use`.

mod authorise;
mod claims;
mod content_items;
mod services;
mod token;

use axum::{
    Json, Router,
    extract::State,
    routing::{any, get, post},
};
use serde_json::{Value, json};

use crate::{Endpoints, Lms, pages};

pub(crate) use claims::{claims, picker_claims};

/// The token endpoint and the services: what a share of failures is taken from.
pub(crate) fn services() -> Router<Lms> {
    Router::new()
        .route("/token", post(token::token))
        .route("/members", get(services::members))
        .route("/lineitems", get(services::list))
        .route("/lineitems/{item}", get(services::one))
        .route("/lineitems/{item}/scores", post(services::score))
        .route("/lineitems/{item}/results", get(services::results))
}

/// The other endpoints of the protocol.
pub(crate) fn protocol() -> Router<Lms> {
    Router::new()
        .route("/authorize", any(authorise::authorise))
        .route("/jwks", get(keys))
}

/// The pages that only this flavour has.
pub(crate) fn pages() -> Router<Lms> {
    Router::new()
        .route("/back", get(pages::return_from_tool))
        .route("/deep_return", post(content_items::return_from_picker))
}

pub(crate) fn endpoints(base: &str) -> Endpoints {
    Endpoints {
        issuer: base.to_owned(),
        authorization: format!("{base}/authorize"),
        token: format!("{base}/token"),
        jwks: format!("{base}/jwks"),
        openid_configuration: String::new(),
    }
}

/// The key set says what its keys may do, but neither their algorithm nor their use.
async fn keys(State(lms): State<Lms>) -> Json<Value> {
    let keys = lms.jwks().keys.into_iter();
    let keys = keys.map(|key| {
        json!({"kty": key.kty, "key_ops": ["verify"], "n": key.n, "e": key.e, "kid": key.kid})
    });
    Json(json!({"keys": keys.collect::<Vec<_>>()}))
}
