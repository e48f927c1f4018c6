//! Key sets: fetched once, and anew when a key is not known, but not at anyone's will.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use url::Url;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::recordings::read;
use crate::server::{Reply, Server};
use crate::setting::{eager_platforms, forgetful_platforms, platforms};

/// Moodle's key set.
fn recorded_keys() -> String {
    let launch = read("moodle-4.5/launches/ltiresourcelinkrequest-learner-lineitem.json");
    let launch: serde_json::Value = serde_json::from_str(&launch).unwrap();
    launch["platform_jwks"].to_string()
}

#[tokio::test]
async fn many_who_ask_at_once_cause_one_call() {
    let server = MockServer::start().await;
    let keys = ResponseTemplate::new(200)
        .set_body_string(recorded_keys())
        .set_delay(Duration::from_millis(100));
    Mock::given(method("GET"))
        .and(path("/jwks"))
        .and(header("accept", "application/json"))
        .and(header(
            "user-agent",
            concat!("mtl-bridge/", env!("CARGO_PKG_VERSION")),
        ))
        .respond_with(keys)
        .expect(1)
        .mount(&server)
        .await;
    let url = Url::parse(&format!("{}/jwks", server.uri())).unwrap();
    let platforms = platforms();
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        let (platforms, url) = (platforms.clone(), url.clone());
        asking.spawn(async move { platforms.key_sets().find(&url).await.unwrap().len() });
    }
    assert_eq!(asking.join_all().await, [1; 20]);
    assert_eq!(platforms.key_sets().find(&url).await.unwrap().len(), 1);
}

/// A server whose key set has no key at first and one from the second call on.
async fn rotating() -> Server {
    let calls = AtomicUsize::new(0);
    let keys = recorded_keys();
    Server::start(move |_| match calls.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::json(r#"{"keys":[]}"#),
        _ => Reply::json(&keys),
    })
    .await
}

#[tokio::test]
async fn an_unknown_key_fetches_the_set_anew_but_not_again_and_again() {
    let server = rotating().await;
    let url = server.url("/jwks");
    let platforms = platforms();
    assert!(platforms.key_sets().find(&url).await.unwrap().is_empty());
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        let (platforms, url) = (platforms.clone(), url.clone());
        asking.spawn(async move { platforms.key_sets().refresh(&url).await.unwrap().len() });
    }
    assert_eq!(asking.join_all().await, [1; 20]);
    assert_eq!(platforms.key_sets().find(&url).await.unwrap().len(), 1);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn once_the_time_is_over_the_set_is_fetched_again() {
    let server = rotating().await;
    let url = server.url("/jwks");
    let platforms = eager_platforms();
    for _ in 0..3 {
        platforms.key_sets().refresh(&url).await.unwrap();
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_set_that_cannot_be_fetched_anew_is_not_lost() {
    let calls = AtomicUsize::new(0);
    let keys = recorded_keys();
    let server = Server::start(move |_| match calls.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::json(&keys),
        _ => Reply::answer("503 Service Unavailable", &["Retry-After: 7"], ""),
    })
    .await;
    let url = server.url("/jwks");
    let platforms = platforms();
    platforms.key_sets().find(&url).await.unwrap();
    let error = platforms.key_sets().refresh(&url).await.unwrap_err();
    assert_eq!(error.code(), "platform_failing");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(platforms.key_sets().refresh(&url).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_no_key_set_is_not_kept() {
    let server = Server::start(|_| Reply::json("<html>")).await;
    let platforms = platforms();
    for calls in 1..=2 {
        let error = platforms
            .key_sets()
            .find(&server.url("/jwks"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "answer_unreadable");
        assert_eq!(server.requests().len(), calls);
    }
}

/// A key set that expires at once and can be had so many times; then the platform answers otherwise.
async fn short_lived(times: usize, then: impl Fn() -> Reply + Send + Sync + 'static) -> Server {
    let calls = AtomicUsize::new(0);
    let keys = recorded_keys();
    Server::start(move |_| match calls.fetch_add(1, Ordering::SeqCst) {
        call if call < times => Reply::answer("200 OK", &["Cache-Control: no-store"], &keys),
        _ => then(),
    })
    .await
}

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn people_still_get_in_while_the_key_set_is_out_of_reach() {
    let failures: [fn() -> Reply; 4] = [
        || Reply::Cut,
        || Reply::answer("503 Service Unavailable", &[], ""),
        || Reply::answer("404 Not Found", &[], ""),
        || Reply::answer("200 OK", &[], "<html>We are back soon"),
    ];
    for then in failures {
        let server = short_lived(2, then).await;
        let url = server.url("/jwks");
        let platforms = forgetful_platforms(HOUR);
        for _ in 0..4 {
            assert_eq!(platforms.key_sets().find(&url).await.unwrap().len(), 1);
        }
        assert_eq!(
            server.requests().len(),
            4,
            "the platform is asked each time"
        );
    }
}

#[tokio::test]
async fn an_expired_key_set_is_not_used_beyond_its_limit() {
    let server = short_lived(1, || Reply::Cut).await;
    let url = server.url("/jwks");
    let platforms = forgetful_platforms(Duration::ZERO);
    platforms.key_sets().find(&url).await.unwrap();
    let error = platforms.key_sets().find(&url).await.unwrap_err();
    assert_eq!(error.code(), "platform_unreachable");
}

#[tokio::test]
async fn a_key_that_the_platform_withdrew_is_gone_with_the_next_set() {
    let server = short_lived(1, || {
        Reply::answer("200 OK", &["Cache-Control: no-store"], r#"{"keys":[]}"#)
    })
    .await;
    let url = server.url("/jwks");
    let platforms = forgetful_platforms(HOUR);
    assert_eq!(platforms.key_sets().find(&url).await.unwrap().len(), 1);
    assert!(platforms.key_sets().find(&url).await.unwrap().is_empty());
}
