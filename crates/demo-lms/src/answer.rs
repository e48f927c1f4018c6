//! Plain answers: a reason in the status line, the page of a web server in front.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use hyper::ext::ReasonPhrase;

/// A reason is cut there; web servers cut it somewhere too.
const REASON_LENGTH: usize = 2_000;

/// An answer whose status line carries its own reason.
pub(crate) fn answer(
    status: StatusCode,
    reason: Option<&str>,
    content_type: &str,
    body: impl Into<Body>,
) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    if let Ok(value) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    if let Some(reason) = reason {
        let line: Vec<u8> = reason
            .bytes()
            .take(REASON_LENGTH)
            .map(|byte| if byte.is_ascii_control() { b' ' } else { byte })
            .collect();
        if let Ok(reason) = ReasonPhrase::try_from(line) {
            response.extensions_mut().insert(reason);
        }
    }
    response
}

/// The error page of a web server that stands in front of the platform.
pub(crate) fn proxy_page(status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or_default();
    let title = format!("{} {reason}", status.as_u16());
    let body = format!(
        "<html>\n<head><title>{title}</title></head>\n<body>\n<center><h1>{title}</h1></center>\n\
         </body>\n</html>\n"
    );
    answer(status, None, "text/html", body)
}
