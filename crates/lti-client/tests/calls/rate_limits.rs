//! Platforms that want fewer calls, and administrators who grant fewer rights.

use std::time::Duration;

use mtl_lti::ags::{SCOPE_RESULT_READ, SCOPE_SCORE};
use mtl_lti_client::{PlatformAccess, Platforms, ServiceError};

use crate::server::{Reply, Server};
use crate::setting::{TOKEN, access, platforms, server_with_token};

async fn post(
    platforms: &Platforms,
    access: &PlatformAccess,
    server: &Server,
) -> Result<(), ServiceError> {
    let item = server.url("/item");
    platforms.ags().post_score(access, &item, b"{}").await
}

fn other(access: &PlatformAccess) -> PlatformAccess {
    PlatformAccess {
        cache_key: "registration-2".to_owned(),
        ..access.clone()
    }
}

#[tokio::test]
async fn five_hundred_marks_fetch_one_token() {
    let server = server_with_token(|_| Reply::json("")).await;
    let (platforms, access) = (platforms(), access(&server));
    for _ in 0..500 {
        post(&platforms, &access, &server).await.unwrap();
    }
    assert_eq!(server.requests_to(TOKEN).len(), 1);
    assert_eq!(server.requests_to("/item").len(), 500);
}

#[tokio::test]
async fn a_bucket_that_is_nearly_empty_is_left_to_refill_and_nobody_else_waits() {
    let server = server_with_token(|_| {
        let limit = ["X-Rate-Limit-Remaining: 12.5", "X-Request-Cost: 0.4"];
        Reply::answer("200 OK", &limit, "")
    })
    .await;
    let (platforms, access) = (platforms(), access(&server));
    post(&platforms, &access, &server).await.unwrap();
    let held = post(&platforms, &access, &server).await.unwrap_err();
    assert_eq!(held.code(), "held_back");
    // 37.5 are missing for what is charged in advance, and ten come back each second.
    let wait = held.retry_after().unwrap();
    assert!(
        wait <= Duration::from_millis(3_750) && wait > Duration::from_secs(2),
        "{wait:?}"
    );
    assert_eq!(server.requests_to("/item").len(), 1, "nothing was sent");
    let other = other(&access);
    post(&platforms, &other, &server).await.unwrap();
}

#[tokio::test]
async fn a_platform_that_has_enough_is_left_alone_however_it_says_so() {
    type Row = (
        &'static str,
        &'static [&'static str],
        &'static str,
        std::ops::RangeInclusive<u64>,
    );
    let table: [Row; 4] = [
        ("429 Too Many Requests", &["Retry-After: 7"], "", 7..=7),
        ("429 Too Many Requests", &[], "", 1..=1),
        (
            "403 Forbidden",
            &["X-Rate-Limit-Remaining: 0.0"],
            "403 Forbidden (Rate Limit Exceeded)",
            10..=10,
        ),
        ("503 Service Unavailable", &["Retry-After: 9"], "", 9..=9),
    ];
    for (status, headers, body, seconds) in table {
        let server = server_with_token(move |_| Reply::answer(status, headers, body)).await;
        let (platforms, access) = (platforms(), access(&server));
        let busy = post(&platforms, &access, &server).await.unwrap_err();
        let wait = busy.retry_after().unwrap().as_secs();
        assert!(seconds.contains(&wait), "{status} {headers:?}: {wait} s");
        let held = post(&platforms, &access, &server).await.unwrap_err();
        assert_eq!(held.code(), "held_back", "{status} {headers:?}");
        assert_eq!(server.requests_to("/item").len(), 1, "nothing was sent");
        let other = other(&access);
        let busy = post(&platforms, &other, &server).await.unwrap_err();
        assert_ne!(busy.code(), "held_back", "nobody else waits");
    }
}

#[tokio::test]
async fn a_scope_that_was_not_granted_breaks_only_what_needs_it() {
    // A platform that leaves out what the administrator did not grant, and says so.
    let token = format!(r#"{{"access_token":"a","expires_in":3600,"scope":"{SCOPE_SCORE}"}}"#);
    let server = Server::start(move |request| match request.target.as_str() {
        TOKEN => Reply::json(&token),
        _ => Reply::json("[]"),
    })
    .await;
    let (platforms, access) = (platforms(), access(&server));
    let results = platforms
        .ags()
        .find_results(&access, &server.url("/item"), "6")
        .await;
    assert_eq!(results.unwrap_err().code(), "token_invalid_scope");
    post(&platforms, &access, &server).await.unwrap();
    let both = [SCOPE_SCORE, SCOPE_RESULT_READ];
    let granted = platforms.tokens().access_token(&access, &both).await;
    assert_eq!(granted.unwrap().as_str(), "a");
}
