//! What every response carries: who may frame it, what it may load, how long it may be kept. Also
//! where problems become pages, since only here is known who asked and how.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::csp::Csp;
use crate::problem::Problem;
use crate::render::wants_json;
use crate::telemetry::RequestId;
use crate::visitor::VisitorSlot;

/// The middleware around all pages.
pub(crate) async fn finish(mut request: Request, next: Next) -> Response {
    let slot = VisitorSlot::default();
    request.extensions_mut().insert(slot.clone());
    let id = request
        .extensions()
        .get::<RequestId>()
        .cloned()
        .unwrap_or_else(|| RequestId(String::new()));
    let json = wants_json(request.headers());
    let mut response = next.run(request).await;
    let visitor = slot.get();
    let problem = response.extensions_mut().remove::<Arc<Problem>>();
    if let Some(problem) = &problem {
        let earlier = std::mem::take(response.headers_mut());
        response = problem.render(visitor, json, &id);
        // A cookie that was set or removed on the way stays so.
        for cookie in earlier.get_all(header::SET_COOKIE) {
            response
                .headers_mut()
                .append(header::SET_COOKIE, cookie.clone());
        }
    }
    let policy = match (visitor, problem.as_deref()) {
        (Some(visitor), _) => Csp::framed_by(&visitor.visit.frame_ancestors),
        (None, Some(Problem::Launch(failure))) => Csp::inert_framed_by(&failure.frame_ancestors),
        (None, Some(Problem::Ended { .. })) => Csp::inert().with_own_forms(),
        (None, Some(_)) => Csp::inert(),
        (None, None) => Csp::unframed(),
    };
    complete(response.headers_mut(), &policy);
    response
}

/// Sets what the handler has not set itself.
fn complete(headers: &mut HeaderMap, policy: &Csp) {
    const FIXED: [(HeaderName, HeaderValue); 4] = [
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        // Not `no-referrer`: browsers then send `Origin: null` with our own forms, and older ones
        // have nothing else to tell them from another site's. Other origins are told nothing.
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
        ),
    ];
    for (name, value) in FIXED {
        headers.entry(name).or_insert(value);
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert_with(|| policy.render());
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use axum::response::IntoResponse as _;
    use axum::routing::get;
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    async fn ask(path: &str, accept: &str) -> Response {
        let router: Router = Router::new()
            .route(
                "/panics",
                get(async || -> String { panic!("a secret in a panic") }),
            )
            .route(
                "/fails",
                get(async || Problem::Internal("a secret in an error".to_owned())),
            )
            .layer(CatchPanicLayer::custom(|_| {
                Problem::Panicked.into_response()
            }))
            .layer(from_fn(finish));
        let request = Request::get(path)
            .header(header::ACCEPT, accept)
            .body(Body::empty());
        router.oneshot(request.unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_fault_of_ours_is_a_page_that_tells_nothing() {
        for path in ["/panics", "/fails"] {
            let answer = ask(path, "text/html").await;
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
            let page = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            let page = String::from_utf8(page.to_vec()).unwrap();
            assert!(page.contains("Something went wrong on our side") && !page.contains("secret"));
            let answer = ask(path, "application/json").await;
            let said = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            let said: serde_json::Value = serde_json::from_slice(&said).unwrap();
            assert!(said["code"].is_string() && !said.to_string().contains("secret"));
        }
    }
}
