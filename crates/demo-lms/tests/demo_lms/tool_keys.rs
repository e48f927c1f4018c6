//! The tool's key set, fetched from the tool.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, routing::get};
use mtl_demo_lms::ToolKeys;
use mtl_lti::{Jwks, SigningKey};
use serde_json::json;

use crate::platform::{ALL_SCOPES, CLIENT_ID, Platform, registration, tool_key};

#[tokio::test]
async fn a_tool_that_changes_its_key_gets_its_token_at_once() {
    let published = Arc::new(Mutex::new([tool_key()].into_iter().collect::<Jwks>()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shown = Arc::clone(&published);
    let route = get(move || async move { Json(shown.lock().unwrap().clone()) });
    let tool = Router::new().route("/jwks", route);
    let server = tokio::spawn(async move { axum::serve(listener, tool).await });

    let platform = Platform::new();
    let mut registered = registration();
    registered.keys = ToolKeys::Url(format!("http://{address}/jwks").parse().unwrap());
    platform.lms.register_tool(registered);
    platform.access_token(ALL_SCOPES).await;

    let next = SigningKey::generate().unwrap();
    *published.lock().unwrap() = [&next].into_iter().collect();
    let now = platform.clock.now().timestamp();
    let assertion = next
        .sign(&json!({"iss": CLIENT_ID, "sub": CLIENT_ID, "iat": now, "exp": now + 60}))
        .unwrap();
    let ask = [
        ("grant_type", "client_credentials"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", assertion.as_str()),
        ("scope", ALL_SCOPES),
    ];
    let answer = platform.post_form("/mod/lti/token.php", "", &ask).await;
    assert_eq!(answer.status, 200, "{}", answer.body);

    // The tool is gone, but its last key set is known.
    server.abort();
    let answer = platform.post_form("/mod/lti/token.php", "", &ask).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}
