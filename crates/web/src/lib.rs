//! Routers, sessions and pages: the only place that speaks HTTP to people.
//!
//! [`router`] holds everything that browsers and platforms ask for, [`metrics_router`] what a
//! monitoring system reads from a listener of its own. Errors become HTTP in `problem.rs` alone;
//! pages are plain structs in `pages/`, filled by the handlers in `routes/`.
//!
//! **Architecture invariants.** Nothing here sees SQL. Nothing of a launch is shown before its
//! session was checked. Every POST inside a launch comes from our own pages and carries a token.

mod administration_problems;
mod administrator;
mod assets;
#[cfg(test)]
mod contrast_tests;
mod cookies;
mod csp;
mod forms;
mod headers;
mod kept_text;
mod markdown;
mod moments;
mod origin;
mod pages;
mod problem;
mod render;
mod routes;
mod state;
mod telemetry;
mod visitor;
mod words;

use axum::Router;
use metrics_exporter_prometheus::PrometheusHandle;
use mtl_lrs::{LrsSettings, LrsState};

pub use state::WebState;

/// Pages, launches, evidence, key set, health, and the embedded learning record store at `/xapi`.
pub fn router(state: WebState) -> Router {
    let clock = state.bridge.clone();
    let lrs = LrsState::new(
        state.bridge.store().clone(),
        LrsSettings::new(format!("{}xapi", state.base)),
        move || clock.now(),
    );
    // The store has its own rules for credentials, errors and headers, so it stands beside the
    // pages and not among them.
    routes::pages(state).nest("/xapi", routes::observed(mtl_lrs::router(lrs)))
}

/// `GET /metrics` in Prometheus' text format, for a listener that strangers cannot reach.
pub fn metrics_router(handle: PrometheusHandle) -> Router {
    routes::metrics_router(handle)
}
