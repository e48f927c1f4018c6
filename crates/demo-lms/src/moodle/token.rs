//! The token endpoint: client credentials with a signed assertion (1EdTech Security Framework 4.1).

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
};
use chrono::TimeDelta;

use crate::{
    Lms, answer::answer, assertion::UnverifiedAssertion, fields::Fields, live::AccessToken, random,
};

const LIFETIME_SECONDS: i64 = 3600;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Moodle answers JSON under this type.
const HTML: &str = "text/html; charset=utf-8";

pub(crate) async fn token(
    State(lms): State<Lms>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match grant(&lms, &method, &headers, &body).await {
        Ok(json) => answer(StatusCode::OK, None, HTML, json),
        // Moodle pastes the reason in unescaped, so the answer is not always JSON.
        Err(reason) => answer(
            StatusCode::BAD_REQUEST,
            None,
            HTML,
            format!("{{\n  \"error\" : \"{reason}\"\n}}"),
        ),
    }
}

async fn grant(
    lms: &Lms,
    method: &Method,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<String, String> {
    let form = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    if method != Method::POST || !form {
        return Err("invalid_request".to_owned());
    }
    let fields = Fields::parse(body);
    let field = |name| fields.filled(name).ok_or("invalid_request");
    let assertion = field("client_assertion")?;
    let assertion_type = field("client_assertion_type")?;
    let grant_type = field("grant_type")?;
    let asked = field("scope")?;
    if grant_type != "client_credentials" || assertion_type != ASSERTION_TYPE {
        return Err("unsupported_grant_type".to_owned());
    }

    let assertion = UnverifiedAssertion::parse(assertion).map_err(|error| error.to_string())?;
    let client_id = assertion.client_id().ok_or("invalid_request")?;
    let tool = lms
        .read(|state| {
            let mut tools = state.tools.values();
            tools
                .find(|tool| tool.registration.client_id == client_id)
                .cloned()
        })
        .ok_or("invalid_client")?;
    let key_id = assertion.key_id().map_err(|error| error.to_string())?;
    let keys = lms
        .tool_keys()
        .find_keys(&tool.registration.keys, key_id)
        .await;
    assertion
        .verify(&keys, lms.skewed_now())
        .map_err(|error| error.to_string())?;

    let scopes: Vec<String> = asked
        .split_ascii_whitespace()
        .filter(|asked| lms.grants(&tool, asked))
        .map(ToOwned::to_owned)
        .collect();
    if scopes.is_empty() {
        return Err("invalid_scope".to_owned());
    }
    let granted = scopes.join(" ");
    let token = random::hex::<16>().map_err(|error| error.to_string())?;
    let now = lms.now();
    let access = AccessToken {
        tool: tool.id,
        scopes,
        expires_at: now + TimeDelta::seconds(LIFETIME_SECONDS),
    };
    lms.live().add_token(token.clone(), access, now);
    Ok(format!(
        "{{\n  \"access_token\" : \"{token}\",\n  \"token_type\" : \"Bearer\",\n  \
         \"expires_in\" : {LIFETIME_SECONDS},\n  \"scope\" : \"{granted}\"\n}}"
    ))
}
