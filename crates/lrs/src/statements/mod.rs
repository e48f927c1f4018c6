//! The resource Statements (Communication 2.1).

mod find;
mod list;
mod multipart;
mod record;
mod render;

pub(crate) use find::get;
pub(crate) use record::{post, put};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use mtl_xapi::formats::render_timestamp;

use crate::{LrsError, LrsState};

const CONSISTENT_THROUGH: HeaderName =
    HeaderName::from_static("x-experience-api-consistent-through");

/// Tells up to when everything that was stored can be read: until now, since a statement is
/// answered for only after its commit.
pub(crate) async fn tell_consistency(
    State(state): State<LrsState>,
    request: Request,
    next: Next,
) -> Response {
    let now = state.now();
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&render_timestamp(now)) {
        response.headers_mut().insert(CONSISTENT_THROUGH, value);
    }
    response
}

/// The decoded parameters of a request, in their order.
fn parameters(query: Option<&str>) -> Result<Vec<(String, String)>, LrsError> {
    serde_urlencoded::from_str(query.unwrap_or_default())
        .map_err(|_| LrsError::Parameters("the parameters cannot be decoded"))
}
