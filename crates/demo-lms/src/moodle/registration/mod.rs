//! Dynamic registration as Moodle 4.5 has it: one-use tokens, and tools that wait for activation.

mod configuration;
mod payload;
mod token;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};

use super::services::php_json;
use crate::{Lms, Tool, answer::answer};
pub(crate) use configuration::configuration;
use token::Token;
pub(crate) use token::start_url;

const HTML: &str = "text/html; charset=utf-8";

/// A registration that is refused, with the words that Moodle has for it.
struct Refusal {
    status: StatusCode,
    reason: String,
}

impl Refusal {
    fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { status, reason }
    }

    fn bad(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }
}

/// Registers a tool, or changes the registration that the token names.
pub(crate) async fn register(State(lms): State<Lms>, headers: HeaderMap, body: Bytes) -> Response {
    match accept(&lms, &headers, &body).await {
        Ok(json) => answer(
            StatusCode::OK,
            None,
            "application/json; charset=utf-8",
            json,
        ),
        Err(refusal) => answer(refusal.status, None, HTML, refusal.reason),
    }
}

async fn accept(lms: &Lms, headers: &HeaderMap, body: &[u8]) -> Result<String, Refusal> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .ok_or_else(|| Refusal::new(StatusCode::UNAUTHORIZED, "missing_registration_token"))?;
    let token = Token::verify(lms, bearer.trim())?;
    let payload = payload::Payload::parse(body)?;
    let (registered, version) = lms.change(|state| {
        let (id, client_id, known) = match &token {
            // Looked at again under the lock, so that of two uses at once only one counts.
            Token::New { client_id } => {
                if token::is_used(state, client_id) {
                    return Err(token::already_used());
                }
                (state.next_tool(), client_id.clone(), None)
            }
            Token::Update { tool } => {
                let known = state.tools.get(tool).cloned();
                let known = known.ok_or_else(|| Refusal::bad("Unknown client"))?;
                (*tool, known.registration.client_id.clone(), Some(known))
            }
        };
        let deployment = known.as_ref().map_or_else(
            || id.to_string(),
            |known| known.registration.deployment_id.clone(),
        );
        let tool = Tool {
            id,
            registration: payload.registration(client_id, deployment),
            is_pending: known.is_none_or(|known| known.is_pending),
        };
        let echo = payload.echo(&tool);
        state.tools.insert(id, tool);
        Ok(echo)
    });
    let echo = registered?;
    let saved = lms.wait_durable(version).await;
    saved.map_err(|error| {
        tracing::error!(%error, "a registration could not be saved");
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    })?;
    Ok(php_json(&echo))
}
