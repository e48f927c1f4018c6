//! Tokens: asked for as platforms want it, kept, and fetched anew once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mtl_lti::ags::{SCOPE_RESULT_READ, SCOPE_SCORE};
use mtl_lti_client::ServiceError;
use tokio::task::JoinSet;
use url::Url;
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::recordings::{exchange, exchanges};
use crate::server::{Reply, Request, Server};
use crate::setting::{TOKEN, access, access_at, platforms, server_with_token};

fn form(request: &Request) -> HashMap<String, String> {
    url::form_urlencoded::parse(request.body.as_bytes())
        .into_owned()
        .collect()
}

fn claims(form: &HashMap<String, String>) -> serde_json::Value {
    let claims = form["client_assertion"].split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

#[tokio::test]
async fn moodles_token_is_taken_although_it_says_html() {
    let recorded = exchange("token: ok");
    let server = Server::start(move |_| recorded.play("")).await;
    let access = access(&server);
    let platforms = platforms();
    let scopes = [SCOPE_SCORE, SCOPE_RESULT_READ];
    let token = platforms
        .tokens()
        .access_token(&access, &scopes)
        .await
        .unwrap();
    assert_eq!(token.as_str(), "f75cb31a380c4da919f84f2458091a95");
    assert!(!format!("{token:?}").contains(token.as_str()));

    // The same scopes in another order are the same token; other scopes are another.
    let scopes = [SCOPE_RESULT_READ, SCOPE_SCORE];
    platforms
        .tokens()
        .access_token(&access, &scopes)
        .await
        .unwrap();
    assert_eq!(server.requests().len(), 1);
    platforms
        .tokens()
        .access_token(&access, &[SCOPE_SCORE])
        .await
        .unwrap();
    let mut other = access.clone();
    other.cache_key = "registration-2".to_owned();
    platforms
        .tokens()
        .access_token(&other, &[SCOPE_SCORE])
        .await
        .unwrap();

    let forms: Vec<_> = server.requests().iter().map(form).collect();
    assert_eq!(forms.len(), 3);
    assert_eq!(forms[0]["grant_type"], "client_credentials");
    assert_eq!(
        forms[0]["client_assertion_type"],
        mtl_lti::assertion::CLIENT_ASSERTION_TYPE
    );
    assert_eq!(
        forms[0]["scope"],
        format!("{SCOPE_RESULT_READ} {SCOPE_SCORE}")
    );
    let (first, second) = (claims(&forms[0]), claims(&forms[1]));
    assert_eq!(
        (&first["iss"], &first["sub"]),
        (&"client-1".into(), &"client-1".into())
    );
    assert_eq!(first["aud"], server.url(TOKEN).as_str());
    assert_ne!(first["jti"], second["jti"], "used once");
}

#[tokio::test]
async fn what_moodle_says_in_place_of_a_token() {
    for recorded in exchanges("moodle-4.5") {
        if !recorded.name.starts_with("token:") || recorded.response.status == 200 {
            continue;
        }
        let (name, body) = (recorded.name.clone(), recorded.response.body.clone());
        let server = Server::start(move |_| recorded.play("")).await;
        let access = access(&server);
        let refused = platforms()
            .tokens()
            .access_token(&access, &[SCOPE_SCORE])
            .await;
        let ServiceError::NoToken { reason, .. } = refused.clone().unwrap_err() else {
            panic!("{name}: {refused:?}");
        };
        let code = match name.as_str() {
            "token: unknown scope only" => "token_invalid_scope",
            "token: unknown client" => "token_invalid_client",
            _ => "token_refused",
        };
        assert_eq!(refused.unwrap_err().code(), code, "{name}");
        assert!(body.contains(&reason), "{name}: {reason}");
    }
}

#[tokio::test]
async fn many_who_ask_at_once_cause_one_call() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200)
        .set_body_string(r#"{"access_token":"a","token_type":"Bearer","expires_in":3600}"#)
        .set_delay(Duration::from_millis(100));
    Mock::given(method("POST"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    let access = access_at(Url::parse(&server.uri()).unwrap());
    let platforms = platforms();
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        let (platforms, access) = (platforms.clone(), access.clone());
        asking.spawn(async move {
            platforms
                .tokens()
                .access_token(&access, &[SCOPE_SCORE])
                .await
                .unwrap();
        });
    }
    asking.join_all().await;
}

#[tokio::test]
async fn a_token_that_ends_soon_is_not_kept() {
    let server = Server::start(|_| Reply::json(r#"{"access_token":"a","expires_in":59}"#)).await;
    let (platforms, access) = (platforms(), access(&server));
    for _ in 0..2 {
        platforms
            .tokens()
            .access_token(&access, &[SCOPE_SCORE])
            .await
            .unwrap();
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_busy_token_endpoint_is_asked_later() {
    let server =
        Server::start(|_| Reply::answer("429 Too Many Requests", &["Retry-After: 30"], "")).await;
    let error = platforms()
        .tokens()
        .access_token(&access(&server), &[SCOPE_SCORE])
        .await
        .unwrap_err();
    assert_eq!(error.code(), "platform_busy");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_fetched_anew_once() {
    let issued = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.target.as_str() {
        TOKEN => {
            let number = issued.fetch_add(1, Ordering::SeqCst);
            Reply::json(&format!(
                r#"{{"access_token":"t{number}","expires_in":3600}}"#
            ))
        }
        _ if request.header("authorization") == Some("Bearer t1") => Reply::json(""),
        _ => Reply::answer("401 Unauthorized", &[], ""),
    })
    .await;
    let (platforms, access) = (platforms(), access(&server));
    for _ in 0..3 {
        platforms
            .ags()
            .post_score(&access, &server.url("/item"), b"{\"a\" : 1}")
            .await
            .unwrap();
    }
    assert_eq!(server.requests_to(TOKEN).len(), 2);
    let scores = server.requests_to("/item/scores");
    assert_eq!(scores.len(), 4);
    assert!(
        scores.iter().all(|score| score.body == "{\"a\" : 1}"),
        "the very bytes, each time"
    );
}

#[tokio::test]
async fn a_token_that_is_never_accepted_is_not_fetched_for_ever() {
    let server = server_with_token(|_| exchange("score: bad token").play("")).await;
    let refused = platforms()
        .ags()
        .post_score(&access(&server), &server.url("/item"), b"{}")
        .await;
    assert_eq!(refused.unwrap_err().code(), "token_not_accepted");
    assert_eq!(server.requests_to(TOKEN).len(), 2);
    assert_eq!(server.requests_to("/item").len(), 2);
}
