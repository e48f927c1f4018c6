//! The routes, one file for each group of handlers.

mod admin;
mod attempt_change;
mod catalogue;
mod cohort;
mod draft;
mod earlier;
mod entry;
mod evidence;
mod handover;
mod judgement;
mod launch;
mod link;
mod login;
mod module_record;
mod notices;
mod pairing;
mod people;
mod pick;
mod pick_review;
mod policies;
mod reading;
mod register;
mod release;
mod review;
mod service;
mod statements;
mod submit;
mod unsent;
mod versions;
mod work;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::problem::Problem;
use crate::state::WebState;
use crate::{assets, headers, telemetry};

pub(crate) use service::metrics_router;

/// Everything that people's browsers ask for.
pub(crate) fn pages(state: WebState) -> Router {
    Router::new()
        .merge(launching())
        .merge(admin::routes())
        .route("/l/{launch}/", get(entry::open))
        .nest("/l/{launch}", visiting())
        .route("/evidence/{token}", get(evidence::download))
        .route("/.well-known/jwks.json", get(service::key_set))
        .route("/healthz", get(service::health))
        .route("/readyz", get(service::readiness))
        // Only what is the same for everybody is compressed: a compressed page that holds both a
        // secret and what a stranger can put into it gives the secret away by its length.
        .route(
            "/assets/{name}",
            get(assets::load_asset).layer(CompressionLayer::new()),
        )
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::WrongMethod)
        .layer(CatchPanicLayer::custom(|_| {
            use axum::response::IntoResponse as _;
            Problem::Panicked.into_response()
        }))
        .layer(from_fn(headers::finish))
        .layer(from_fn(telemetry::observe))
        .with_state(state)
}

/// The log line and the measurement of each request, for a router that is not of pages.
pub(crate) fn observed(router: Router) -> Router {
    router.layer(from_fn(telemetry::observe))
}

fn launching() -> Router<WebState> {
    Router::new()
        .route(
            "/lti/login",
            get(login::begin_by_get).post(login::begin_by_post),
        )
        .route("/lti/login/continue", get(login::go_on))
        .route("/lti/launch", post(launch::complete))
        .route("/lti/handover", post(handover::take_over))
        .route(
            "/lti/register/{token}",
            get(register::begin).post(register::complete),
        )
        .route("/lti/canvas.json", get(register::canvas_configuration))
        .route("/lti/notices", post(notices::receive))
        .layer(DefaultBodyLimit::disable())
}

fn visiting() -> Router<WebState> {
    const WORK: &str = "/work/{programme}/{activity}";
    const ATTEMPT: &str = "/work/{programme}/{activity}/{attempt}";
    const MODULE: &str = "/people/{person}/modules/{programme}/{module}";
    let below = |start: &str, rest: &str| format!("{start}{rest}");
    Router::new()
        .route("/", get(entry::open))
        .route("/home", get(entry::home))
        .route(WORK, get(work::open))
        .route(&below(ATTEMPT, "/draft"), post(draft::save))
        .route(
            &below(ATTEMPT, "/asides/{number}"),
            post(draft::settle_aside),
        )
        .route(&below(ATTEMPT, "/versions"), get(versions::list))
        .route(&below(ATTEMPT, "/versions/{number}"), get(versions::show))
        .route(
            &below(ATTEMPT, "/versions/{number}/restore"),
            post(versions::restore),
        )
        .route(
            &below(ATTEMPT, "/evidence"),
            post(evidence::add_file).layer(DefaultBodyLimit::disable()),
        )
        .route(&below(ATTEMPT, "/links"), post(evidence::add_link))
        .route(
            &below(ATTEMPT, "/evidence/{evidence}/remove"),
            post(evidence::remove),
        )
        .route(
            &below(ATTEMPT, "/submit"),
            get(submit::look_over).post(submit::submit),
        )
        .route("/cohort", get(cohort::show))
        .route("/cohort/refresh", post(people::refresh))
        .route("/cohort/send-again", post(unsent::from_cohort))
        .route("/submissions/{attempt}", get(judgement::read))
        .route("/submissions/{attempt}/judgement", post(judgement::record))
        .route(
            "/submissions/{attempt}/reopen",
            get(attempt_change::ask_reopen).post(attempt_change::reopen),
        )
        .route(
            "/submissions/{attempt}/extend",
            get(attempt_change::ask_extend).post(attempt_change::extend),
        )
        .route(MODULE, get(module_record::show))
        .route(&below(MODULE, "/decide"), post(module_record::decide))
        .route(&below(MODULE, "/send-again"), post(unsent::from_record))
        .route(
            &below(MODULE, "/decisions/{decision}/release"),
            get(release::look_over).post(release::release),
        )
        .route("/pairing", get(pairing::show).post(pairing::pair))
        .route("/pairing/remove", post(pairing::unpair))
        .route("/link", get(link::choose).post(link::bind))
        .route("/pick", get(pick::choose).post(pick_review::answer))
        .route("/pick/review", get(pick_review::look_over))
        .route("/catalogue", get(catalogue::show))
        .route("/policies", get(policies::show))
        .route("/statements", get(statements::show))
}
