//! The token endpoint: the access token is a signed token itself.

use axum::{body::Bytes, extract::State, http::StatusCode, response::Response};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    Lms, answer::answer, assertion::UnverifiedAssertion, fields::Fields, live::AccessToken, random,
};

const LIFETIME_SECONDS: i64 = 3600;

pub(super) async fn token(State(lms): State<Lms>, body: Bytes) -> Response {
    let (status, body) = match grant(&lms, &Fields::parse(&body)).await {
        Ok(token) => (StatusCode::OK, token),
        Err(error) => (StatusCode::BAD_REQUEST, json!({"error": error})),
    };
    answer(status, None, "application/json", body.to_string())
}

async fn grant(lms: &Lms, fields: &Fields) -> Result<Value, &'static str> {
    let needed = |name| fields.filled(name).ok_or("invalid_request");
    let (assertion, asked) = (needed("client_assertion")?, needed("scope")?);
    needed("client_assertion_type")?;
    if needed("grant_type")? != "client_credentials" {
        return Err("unsupported_grant_type");
    }
    let assertion = UnverifiedAssertion::parse(assertion).map_err(|_| "invalid_grant")?;
    let client_id = assertion.client_id().unwrap_or_default().to_owned();
    let tool = lms.read(|state| {
        let mut tools = state.tools.values();
        tools
            .find(|tool| tool.registration.client_id == client_id)
            .cloned()
    });
    let tool = tool.ok_or("invalid_client")?;
    let key_id = assertion.key_id().map_err(|_| "invalid_client")?;
    let keys = lms.tool_keys().find_keys(&tool.registration.keys, key_id);
    let keys = keys.await;
    assertion
        .verify(&keys, lms.skewed_now())
        .map_err(|_| "invalid_client")?;

    let asked = asked.split_ascii_whitespace();
    let scopes = asked.filter(|asked| lms.grants(&tool, asked));
    let scopes: Vec<String> = scopes.map(ToOwned::to_owned).collect();
    let scope = scopes.join(" ");
    let now = lms.now();
    let token = lms.sign_claims(&json!({
        "sub": client_id,
        "iss": lms.base(),
        "scopes": scope,
        "iat": now.timestamp(),
        "exp": now.timestamp() + LIFETIME_SECONDS,
        "jti": random::hex::<8>().map_err(|_| "invalid_request")?,
    }));
    let token = token.map_err(|_| "invalid_request")?;
    let access = AccessToken {
        tool: tool.id,
        scopes,
        expires_at: now + TimeDelta::seconds(LIFETIME_SECONDS),
    };
    lms.live().add_token(token.clone(), access, now);
    Ok(json!({
        "access_token": token,
        "token_type": "bearer",
        "expires_in": LIFETIME_SECONDS,
        "scope": scope,
    }))
}
