//! Which path goes where, and the faults in front of the protocol.

use std::time::Duration;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use crate::{
    Flavour, Lms, answer::proxy_page, canvas, faults::Failure, live::Live, moodle, openedx, pages,
};

pub(crate) fn router(lms: &Lms) -> Router {
    let (services, protocol, pages) = match lms.flavour() {
        Flavour::Moodle => (moodle::services(), moodle::protocol(), moodle::pages()),
        Flavour::Canvas => (canvas::services(lms), canvas::protocol(), canvas::pages()),
        Flavour::OpenEdx => (openedx::services(), openedx::protocol(), openedx::pages()),
    };
    let services = services.layer(from_fn_with_state(lms.clone(), fail_a_share));
    let protocol = protocol
        .merge(services)
        .layer(from_fn_with_state(lms.clone(), be_slow_or_down));
    let pages = pages
        .route("/", get(pages::front))
        .route("/session", post(pages::begin_session))
        .route("/course/{course}", get(pages::course))
        .route("/course/{course}/gradebook", get(pages::gradebook))
        .route("/activity/{link}", get(pages::activity))
        .route(lms.flavour().launch_path(), get(pages::launch))
        .route(lms.flavour().picker_path(), get(pages::open_picker))
        .route("/tools", get(pages::tools))
        .route("/tools/change", post(pages::change_tool))
        .route("/tools/register", get(pages::start_registration))
        .route("/course/{course}/pick/{tool}", get(pages::picker))
        .route("/course/{course}/copy", post(pages::copy_course))
        .layer(from_fn_with_state(lms.clone(), keep_to_the_base_url))
        .route("/style.css", get(pages::style))
        .route("/submit.js", get(pages::submit_script))
        .route("/registration.js", get(pages::registration_script));
    Router::new()
        .merge(pages)
        .merge(protocol)
        .fallback(pages::not_found)
        .with_state(lms.clone())
}

async fn be_slow_or_down(State(lms): State<Lms>, request: Request, next: Next) -> Response {
    let (delay, down) = {
        let live = lms.live();
        (live.faults.delay, live.faults.down)
    };
    if delay > Duration::ZERO {
        tokio::time::sleep(delay).await;
    }
    if down {
        return proxy_page(StatusCode::SERVICE_UNAVAILABLE);
    }
    next.run(request).await
}

async fn fail_a_share(State(lms): State<Lms>, request: Request, next: Next) -> Response {
    let (failure, retry_after) = {
        let mut live = lms.live();
        let Live { spread, faults, .. } = &mut *live;
        (spread.next(faults), faults.retry_after)
    };
    match failure {
        None => next.run(request).await,
        Some(Failure::Error) => proxy_page(StatusCode::SERVICE_UNAVAILABLE),
        Some(Failure::Unanswered) => std::future::pending().await,
        Some(Failure::Throttled) => {
            let mut answer = proxy_page(StatusCode::TOO_MANY_REQUESTS);
            if let Some(time) = retry_after {
                let seconds = HeaderValue::from(time.as_secs());
                answer.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            answer
        }
    }
}

/// `localhost` and `127.0.0.1` are different sites to a browser. The demonstration needs the one
/// in its base URL, or the tool would not be cross-site and the cookie would be on the wrong host.
async fn keep_to_the_base_url(
    State(lms): State<Lms>,
    uri: Uri,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let base = lms.base().split_once("://").map(|(_, authority)| authority);
    if let (Some(host), Some(base)) = (host, base)
        && request.method() == axum::http::Method::GET
        && host != base
    {
        let (asked, known) = (split_port(host), split_port(base));
        let both_loopback = LOOPBACK.contains(&asked.0) && LOOPBACK.contains(&known.0);
        if both_loopback && asked.1 == known.1 {
            return Redirect::temporary(&format!("{}{uri}", lms.base())).into_response();
        }
    }
    next.run(request).await
}

/// Host and port; an address in brackets has colons of its own.
fn split_port(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, ""),
    }
}
