//! One log line and one measurement for each request: method, route, status, duration, request id.
//!
//! Never a path, a query, a header or a name: an LMS's addresses hold session keys, and ours hold
//! people. The route is the template that the path matched.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use rand::Rng as _;
use tracing::Instrument as _;

/// The id of a request: in its log lines, its answer's `X-Request-Id`, and on problem pages as the
/// code that a person can quote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RequestId(pub(crate) String);

impl RequestId {
    /// Ten letters and digits without those that look alike.
    fn new() -> Self {
        const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let mut bytes = [0_u8; 10];
        rand::rng().fill_bytes(&mut bytes);
        Self(
            bytes
                .iter()
                .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
                .collect(),
        )
    }
}

/// The outermost middleware.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let id = RequestId::new();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", id = %id.0, %method, route = %route);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = begun.elapsed();
    let status = response.status();
    span.in_scope(|| {
        let ms = took.as_secs_f64() * 1_000.0;
        tracing::info!(status = status.as_u16(), ms, "answered");
    });
    metrics::histogram!(
        "mtl_http_request_seconds",
        "method" => method.as_str().to_owned(),
        "route" => route,
        "status" => class(status),
    )
    .record(took);
    if let Ok(value) = HeaderValue::try_from(id.0) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Classes, since each status would be a time series of its own.
fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        0..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_can_be_read_out() {
        let (one, other) = (RequestId::new(), RequestId::new());
        assert_ne!(one, other);
        assert!(one.0.len() == 10 && !one.0.contains(['0', '1', 'I', 'O']));
    }
}
