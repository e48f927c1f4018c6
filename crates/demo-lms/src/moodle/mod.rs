//! The Moodle 4.5 flavour: its paths, its claims, its services and its odd ways.

mod authorise;
pub(crate) mod claims;
mod content_items;
mod custom;
mod picker;
mod registration;
mod services;
mod token;

use axum::{
    Router,
    routing::{any, get, post},
};

use crate::{Endpoints, Lms, certs::certs, pages};

pub(crate) use claims::claims;
pub(crate) use picker::picker_claims;
pub(crate) use registration::start_url;

/// The token endpoint and the services: what a share of failures is taken from.
pub(crate) fn services() -> Router<Lms> {
    Router::new()
        .route("/mod/lti/token.php", any(token::token))
        .route("/mod/lti/services.php/{*path}", any(services::serve))
}

/// The other endpoints of the protocol.
pub(crate) fn protocol() -> Router<Lms> {
    Router::new()
        .route(
            "/mod/lti/auth.php",
            get(authorise::authorise).post(authorise::authorise),
        )
        .route("/mod/lti/certs.php", get(certs))
        .route(
            "/mod/lti/openid-configuration.php",
            get(registration::configuration),
        )
        .route(
            "/mod/lti/openid-registration.php",
            any(registration::register),
        )
}

/// The pages that only this flavour has.
pub(crate) fn pages() -> Router<Lms> {
    Router::new()
        .route("/mod/lti/return.php", get(pages::return_from_tool))
        .route(
            "/mod/lti/contentitem_return.php",
            post(content_items::return_from_picker),
        )
}

pub(crate) fn endpoints(base: &str) -> Endpoints {
    Endpoints {
        issuer: base.to_owned(),
        authorization: format!("{base}/mod/lti/auth.php"),
        token: format!("{base}/mod/lti/token.php"),
        jwks: format!("{base}/mod/lti/certs.php"),
        openid_configuration: format!("{base}/mod/lti/openid-configuration.php"),
    }
}
