//! The registration token: signed by the platform, good for an hour and one registration.

use axum::http::StatusCode;
use serde_json::json;
use url::Url;

use super::Refusal;
use crate::{Lms, LmsError, ToolId, assertion::UnverifiedAssertion, random, state::State};

const LIFETIME_SECONDS: i64 = 3600;

/// What a token allows.
pub(super) enum Token {
    /// One new registration, under this client id.
    New { client_id: String },
    /// A change of the registration of this tool, for as long as the token lives.
    Update { tool: ToolId },
}

/// The address that opens a tool's registration page, with a new token.
pub(crate) fn start_url(lms: &Lms, page: &Url, update: Option<ToolId>) -> Result<Url, LmsError> {
    let now = lms.skewed_now().timestamp();
    let (subject, scope) = match update {
        None => (random::letters(15)?, "reg"),
        Some(tool) => (tool.to_string(), "reg-update"),
    };
    let token = lms.sign_claims(&json!({
        "sub": subject,
        "scope": scope,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
    }))?;
    let mut url = page.clone();
    url.query_pairs_mut()
        .append_pair(
            "openid_configuration",
            &lms.endpoints().openid_configuration,
        )
        .append_pair("registration_token", &token);
    Ok(url)
}

impl Token {
    pub(super) fn verify(lms: &Lms, token: &str) -> Result<Self, Refusal> {
        // What is no token of ours brings up Moodle's error page.
        let broken = || Refusal::new(StatusCode::NOT_FOUND, "<!DOCTYPE html><html></html>");
        let keys = json!(lms.jwks());
        let token = UnverifiedAssertion::parse(token).map_err(|_| broken())?;
        let claims = token
            .verify(&keys, lms.skewed_now())
            .map_err(|_| broken())?;
        let subject = claims["sub"].as_str().unwrap_or_default();
        match claims["scope"].as_str() {
            Some("reg") => {
                if lms.read(|state| is_used(state, subject)) {
                    return Err(already_used());
                }
                let client_id = subject.to_owned();
                Ok(Self::New { client_id })
            }
            Some("reg-update") => {
                let tool = subject
                    .parse()
                    .map_err(|_| Refusal::bad("Unknown client"))?;
                Ok(Self::Update { tool })
            }
            _ => Err(Refusal::new(StatusCode::FORBIDDEN, "Incorrect scope")),
        }
    }
}

/// Whether a client id is registered, and so its token used up.
pub(super) fn is_used(state: &State, client_id: &str) -> bool {
    let mut tools = state.tools.values();
    tools.any(|tool| tool.registration.client_id == client_id)
}

pub(super) fn already_used() -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, "token_already_used")
}
