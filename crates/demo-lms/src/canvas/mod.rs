//! The Canvas flavour: one issuer for every customer, opaque identifiers, services with a rate limit.
//!
//! Canvas was not recorded; what is here follows its published documentation and source.

mod authorise;
mod claims;
mod content_items;
mod custom;
mod notices;
mod picker;
mod rate_limit;
mod registration;
mod services;
mod token;

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{any, get, post},
};

use crate::{Endpoints, Lms, certs::certs, pages};

pub(crate) use claims::claims;
pub(crate) use notices::Waiting;
pub(crate) use picker::course_claims;
pub(crate) use rate_limit::Buckets;
pub use rate_limit::{RateLimit, Throttled};
pub(crate) use registration::start_url;

/// The issuer of every Canvas in the cloud, and of most others.
pub(crate) const ISSUER: &str = "https://canvas.instructure.com";

/// The token endpoint and the services: what a share of failures is taken from.
pub(crate) fn services(lms: &Lms) -> Router<Lms> {
    Router::new()
        .route("/api/lti/courses/{*path}", any(services::serve))
        .layer(from_fn_with_state(lms.clone(), rate_limit::throttle))
        .route(
            "/api/lti/notice-handlers/{tool}",
            get(notices::handlers).put(notices::handlers),
        )
        .route("/login/oauth2/token", post(token::token))
}

/// The other endpoints of the protocol.
pub(crate) fn protocol() -> Router<Lms> {
    Router::new()
        .route(
            "/api/lti/authorize_redirect",
            get(authorise::authorise).post(authorise::authorise),
        )
        .route("/api/lti/security/jwks", get(certs))
        .route(
            "/api/lti/security/openid-configuration",
            get(registration::configuration),
        )
        .route("/api/lti/registrations", post(registration::register))
}

/// The pages that only this flavour has.
pub(crate) fn pages() -> Router<Lms> {
    Router::new()
        .route("/external_tools/return", get(pages::return_from_tool))
        .route(
            "/courses/{course}/deep_linking_response",
            post(content_items::return_from_picker),
        )
        .route("/post_message_forwarding", get(pages::message_forwarding))
        .route("/platform_storage.js", get(pages::storage_script))
}

pub(crate) fn endpoints(base: &str) -> Endpoints {
    Endpoints {
        issuer: ISSUER.to_owned(),
        authorization: format!("{base}/api/lti/authorize_redirect"),
        token: format!("{base}/login/oauth2/token"),
        jwks: format!("{base}/api/lti/security/jwks"),
        openid_configuration: format!("{base}/api/lti/security/openid-configuration"),
    }
}
