//! The token endpoint: stricter about the assertion than Moodle, looser about scopes.

use axum::{body::Bytes, extract::State, http::StatusCode, response::Response};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    Lms, answer::answer, assertion::UnverifiedAssertion, fields::Fields, live::AccessToken, random,
};

const LIFETIME_SECONDS: i64 = 3600;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How old an assertion may be, in seconds.
const OLDEST_SECONDS: i64 = 300;
/// How far ahead its clock may be, in seconds.
const AHEAD_SECONDS: i64 = 30;

struct Refusal(StatusCode, &'static str, String);

impl Refusal {
    fn request(description: impl Into<String>) -> Self {
        Self(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            description.into(),
        )
    }
}

pub(super) async fn token(State(lms): State<Lms>, body: Bytes) -> Response {
    let (status, body) = match grant(&lms, &Fields::parse(&body)).await {
        Ok(token) => (StatusCode::OK, token),
        Err(Refusal(status, error, description)) => (
            status,
            json!({"error": error, "error_description": description}),
        ),
    };
    answer(
        status,
        None,
        "application/json; charset=utf-8",
        body.to_string(),
    )
}

async fn grant(lms: &Lms, fields: &Fields) -> Result<Value, Refusal> {
    if fields.get("grant_type") != Some("client_credentials") {
        return Err(Refusal(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "The grant_type you requested is not currently supported by Canvas".to_owned(),
        ));
    }
    if fields.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(Refusal::request("Invalid client_assertion_type"));
    }
    let assertion = fields.get("client_assertion").unwrap_or_default();
    let assertion =
        UnverifiedAssertion::parse(assertion).map_err(|_| Refusal::request("JWS decode error"))?;
    let client_id = assertion.client_id().unwrap_or_default().to_owned();
    let tool = lms.read(|state| {
        let mut tools = state.tools.values();
        tools
            .find(|tool| tool.registration.client_id == client_id && !tool.is_pending)
            .cloned()
    });
    let tool = tool.ok_or_else(|| {
        let unknown = "unknown client".to_owned();
        Refusal(StatusCode::UNAUTHORIZED, "invalid_client", unknown)
    })?;
    // Canvas keeps no tool's keys: each token costs a call to the tool.
    let keys = lms.tool_keys().fetch_keys(&tool.registration.keys).await;
    let claims = assertion
        .verify_signature(&keys)
        .map_err(|_| Refusal::request("JWS verification failure"))?;
    check(lms, claims)?;

    let asked = fields.get("scope").unwrap_or_default();
    let scopes: Vec<String> = asked
        .split_ascii_whitespace()
        .filter(|asked| lms.grants(&tool, asked))
        .map(ToOwned::to_owned)
        .collect();
    if scopes.is_empty() {
        return Err(Refusal(
            StatusCode::BAD_REQUEST,
            "invalid_scope",
            "A requested scope is invalid, unknown, malformed, or exceeds the scope granted"
                .to_owned(),
        ));
    }
    let scope = scopes.join(" ");
    let token = random::hex::<32>().map_err(|error| Refusal::request(error.to_string()))?;
    let now = lms.now();
    let access = AccessToken {
        tool: tool.id,
        scopes,
        expires_at: now + TimeDelta::seconds(LIFETIME_SECONDS),
    };
    lms.live().add_token(token.clone(), access, now);
    Ok(json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": LIFETIME_SECONDS,
        "scope": scope,
    }))
}

/// The claims of an assertion, of which none may be missing.
fn check(lms: &Lms, claims: &Value) -> Result<(), Refusal> {
    let needed = ["iss", "sub", "aud", "exp", "iat", "jti"];
    let missing = needed.into_iter().filter(|name| claims[*name].is_null());
    let missing: Vec<&str> = missing.collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(Refusal::request(format!(
            "the following assertions are missing: {missing}"
        )));
    }
    let own = lms.endpoints().token;
    let names_us = match &claims["aud"] {
        Value::Array(audiences) => audiences.iter().any(|audience| *audience == own),
        audience => *audience == own,
    };
    if !names_us {
        return Err(Refusal::request("the 'aud' is invalid"));
    }
    let now = lms.skewed_now().timestamp();
    let seconds = |name: &str| claims[name].as_i64().unwrap_or(0);
    if seconds("exp") <= now {
        return Err(Refusal::request("the JWT has expired"));
    }
    if seconds("iat") > now + AHEAD_SECONDS {
        return Err(Refusal::request(
            "the 'iat' must be less than the current time",
        ));
    }
    if seconds("iat") < now - OLDEST_SECONDS {
        return Err(Refusal::request(
            "the 'iat' must be less than 5 minutes old",
        ));
    }
    let jti = claims["jti"].to_string();
    if !lms.live().use_assertion(jti, lms.now()) {
        return Err(Refusal::request("the 'jti' is invalid"));
    }
    Ok(())
}
