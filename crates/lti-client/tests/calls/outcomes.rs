//! What is known after a call without success: sent or not, for now or for good.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mtl_lti_client::{PlatformAccess, Platforms, ServiceError, ServiceOrigins};
use tokio::net::TcpListener;
use url::Url;

use crate::server::{Reply, Server};
use crate::setting::{access, hasty_platforms, platforms, server_with_token};

async fn post(platforms: &Platforms, access: &PlatformAccess, item: &Url) -> ServiceError {
    platforms
        .ags()
        .post_score(access, item, b"{}")
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_score_that_was_not_sent_may_be_sent_again() {
    let server = server_with_token(|_| Reply::Cut).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let item = Url::parse(&format!("http://{}/item", closed.local_addr().unwrap())).unwrap();
    drop(closed);
    let access = PlatformAccess {
        services: ServiceOrigins::of([item.as_str()]),
        ..access(&server)
    };
    let error = post(&platforms(), &access, &item).await;
    assert_eq!(error.code(), "platform_unreachable");
    assert!(matches!(
        error,
        ServiceError::Transient { status: None, .. }
    ));
}

#[tokio::test]
async fn a_score_whose_answer_is_lost_may_have_arrived() {
    let cut = server_with_token(|_| Reply::Cut).await;
    let error = post(&platforms(), &access(&cut), &cut.url("/item")).await;
    assert_eq!(error.code(), "outcome_unknown");
    assert_eq!(
        cut.requests_to("/item").len(),
        1,
        "it is not sent again on its own"
    );

    let silent = server_with_token(|_| Reply::Stall(Vec::new())).await;
    let error = post(&hasty_platforms(), &access(&silent), &silent.url("/item")).await;
    assert_eq!(
        error,
        ServiceError::OutcomeUnknown {
            reason: "no answer in time"
        }
    );
}

#[tokio::test]
async fn a_connection_in_use_that_breaks_does_not_send_twice() {
    let scores = AtomicUsize::new(0);
    let server = server_with_token(move |_| match scores.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::json(""),
        _ => Reply::Cut,
    })
    .await;
    let (platforms, access, item) = (platforms(), access(&server), server.url("/item"));
    platforms
        .ags()
        .post_score(&access, &item, b"{}")
        .await
        .unwrap();
    assert_eq!(
        post(&platforms, &access, &item).await.code(),
        "outcome_unknown"
    );
    assert_eq!(server.requests_to("/item").len(), 2);
}

#[tokio::test]
async fn a_question_whose_answer_is_lost_is_asked_again() {
    let cut = server_with_token(|_| Reply::Cut).await;
    let results = platforms()
        .ags()
        .find_results(&access(&cut), &cut.url("/item"), "6")
        .await
        .unwrap_err();
    assert_eq!(results.code(), "platform_unreachable");
    let halfway = server_with_token(|_| {
        Reply::Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[".to_vec())
    })
    .await;
    let results = hasty_platforms()
        .ags()
        .find_results(&access(&halfway), &halfway.url("/item"), "6")
        .await
        .unwrap_err();
    assert_eq!(results.code(), "platform_unreachable");
}

#[tokio::test]
async fn a_new_column_whose_answer_is_cut_off_may_be_there() {
    let server = server_with_token(|_| {
        Reply::Stall(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{".to_vec())
    })
    .await;
    let wanted = mtl_lti::ags::LineItem::new("Module 1", 100.0);
    let made = hasty_platforms()
        .ags()
        .create_line_item(&access(&server), &server.url("/items"), &wanted)
        .await;
    assert_eq!(made.unwrap_err().code(), "outcome_unknown");
}

#[tokio::test]
async fn statuses_and_what_they_mean() {
    const CANVAS: &str = "X-Rate-Limit-Remaining: 0.0";
    type Row = (
        &'static str,
        &'static [&'static str],
        &'static str,
        &'static str,
        Option<u64>,
    );
    let table: [Row; 9] = [
        (
            "403 Forbidden",
            &[CANVAS],
            "403 Forbidden (Rate Limit Exceeded)",
            "platform_busy",
            Some(10),
        ),
        (
            "429 Too Many Requests",
            &["Retry-After: 5"],
            "",
            "platform_busy",
            Some(5),
        ),
        (
            "503 Service Unavailable",
            &["Retry-After: 120"],
            "",
            "platform_failing",
            Some(120),
        ),
        (
            "500 Internal Server Error",
            &[],
            "<html>",
            "platform_failing",
            None,
        ),
        (
            "403 Forbidden",
            &[],
            r#"{"message":"no"}"#,
            "platform_refused",
            None,
        ),
        ("404 Not Found", &[], "", "platform_refused", None),
        ("409 Conflict", &[], "", "platform_conflict", None),
        (
            "422 Unprocessable Entity",
            &[],
            r#"{"errors":{"message":"not a student"}}"#,
            "platform_refused",
            None,
        ),
        (
            "308 Permanent Redirect",
            &["Location: /elsewhere"],
            "",
            "platform_refused",
            None,
        ),
    ];
    for (status, headers, body, code, wait) in table {
        let server = server_with_token(move |_| Reply::answer(status, headers, body)).await;
        let error = post(&platforms(), &access(&server), &server.url("/item")).await;
        assert_eq!(error.code(), code, "{status}");
        assert_eq!(
            error.retry_after(),
            wait.map(Duration::from_secs),
            "{status}"
        );
        assert_eq!(server.requests_to("/item").len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_platform_that_repeats_our_token_does_not_bring_it_into_the_log() {
    let server = server_with_token(|request| {
        let repeated = request.header("authorization").unwrap();
        Reply::answer(&format!("400 Bad token {repeated} at /x?y=z"), &[], "")
    })
    .await;
    let error = post(
        &platforms(),
        &access(&server),
        &server.url("/item?sesskey=1"),
    )
    .await;
    assert_eq!(
        error.to_string(),
        "the platform refuses (400): Bad token Bearer … at /x"
    );
    assert!(!format!("{error:?}").contains("token-1"));
}

#[tokio::test]
async fn the_log_never_names_more_than_the_host() {
    let server = Server::start(|_| Reply::Cut).await;
    let url = server.url("/jwks?secret=1");
    let error = platforms().key_sets().find(&url).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("secret"));
    assert!(!error.to_string().contains(&server.authority()));
}
