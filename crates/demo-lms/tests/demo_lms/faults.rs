//! Faults over a real connection, where they differ from answers.

use mtl_demo_lms::{Faults, LostAnswer, ScoreEffect};
use serde_json::{Value, json};

use crate::platform::{ALL_SCOPES, Platform, SCORE_TYPE};

fn score(second: u32) -> Value {
    json!({
        "userId": "5", "scoreGiven": 64, "scoreMaximum": 100,
        "activityProgress": "Completed", "gradingProgress": "FullyGraded",
        "timestamp": format!("2026-11-23T16:00:{second:02}Z"),
    })
}

#[tokio::test]
async fn an_answer_that_is_cut_off_leaves_the_score_written() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = platform.lms.router();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let path = "mod/lti/services.php/2/lineitems/2/lineitem/scores?type_id=1";
    let post = |second| {
        client
            .post(format!("http://{address}/{path}"))
            .bearer_auth(&token)
            .header("content-type", SCORE_TYPE)
            .body(score(second).to_string())
    };
    platform.lms.set_faults(Faults {
        lost_answers: 1,
        ..Faults::default()
    });
    assert!(post(1).send().await.is_err());
    assert_eq!(post(1).send().await.unwrap().status(), 409);
    assert_eq!(post(2).send().await.unwrap().status(), 200);
    let log = platform.lms.score_log();
    let seen: Vec<_> = log
        .iter()
        .map(|record| (record.effect, record.answered))
        .collect();
    let written = Some(ScoreEffect::Written);
    assert_eq!(seen, [(written, false), (None, true), (written, true)]);
    server.abort();
}

#[tokio::test]
async fn a_gateway_may_lose_the_answer() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    platform.lms.set_faults(Faults {
        lost_answers: 1,
        lost_answer: LostAnswer::GatewayTimeout,
        ..Faults::default()
    });
    assert_eq!(platform.post_score(&token, &score(1)).await.status, 504);
    assert_eq!(
        platform.lms.score_log()[0].effect,
        Some(ScoreEffect::Written)
    );
    assert_eq!(platform.post_score(&token, &score(2)).await.status, 200);
}

#[tokio::test]
async fn a_share_of_errors_is_that_share() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    platform.lms.set_faults(Faults {
        error_share: 0.25,
        ..Faults::default()
    });
    let mut failed = 0;
    for second in 0..40 {
        let answer = platform.post_score(&token, &score(second)).await;
        failed += u32::from(answer.status == 503);
    }
    assert_eq!(failed, 10);
    assert_eq!(
        platform.lms.score_log().len(),
        30,
        "the others were not looked at"
    );
}

#[tokio::test]
async fn a_platform_that_is_down_serves_no_keys() {
    let platform = Platform::new();
    platform.lms.set_faults(Faults {
        down: true,
        ..Faults::default()
    });
    assert_eq!(platform.get("/mod/lti/certs.php", "").await.status, 503);
    platform.lms.set_faults(Faults::default());
    assert_eq!(platform.get("/mod/lti/certs.php", "").await.status, 200);
}

#[tokio::test]
async fn shares_of_errors_and_of_too_many_requests_add_up() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    platform.lms.set_faults(Faults {
        error_share: 0.1,
        throttled_share: 0.05,
        retry_after: Some(std::time::Duration::from_secs(7)),
        ..Faults::default()
    });
    let (mut failed, mut throttled) = (0, 0);
    // Where both fall due one waits, so the last comes one later.
    for second in 0..41 {
        let answer = platform.post_score(&token, &score(second)).await;
        failed += u32::from(answer.status == 503);
        if answer.status == 429 {
            throttled += 1;
            assert_eq!(answer.header("retry-after").as_deref(), Some("7"));
        }
    }
    assert_eq!((failed, throttled), (4, 2));
}

#[tokio::test]
async fn a_share_is_never_answered_and_not_looked_at() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    platform.lms.set_faults(Faults {
        unanswered_share: 0.5,
        ..Faults::default()
    });
    assert_eq!(platform.post_score(&token, &score(1)).await.status, 200);
    let (second, third) = (score(2), score(3));
    tokio::select! {
        biased;
        _ = platform.post_score(&token, &second) => panic!("it was answered"),
        answer = platform.post_score(&token, &third) => assert_eq!(answer.status, 200),
    }
    assert_eq!(platform.lms.score_log().len(), 2);
}

#[tokio::test]
async fn a_dropped_scope_is_missing_from_the_token() {
    let platform = Platform::new();
    let scope = "https://purl.imsglobal.org/spec/lti-ags/scope/score".to_owned();
    platform.lms.set_faults(Faults {
        dropped_scopes: [scope].into(),
        ..Faults::default()
    });
    let token = platform.access_token(ALL_SCOPES).await;
    assert_eq!(platform.post_score(&token, &score(1)).await.status, 401);
}

#[tokio::test]
async fn a_person_who_cannot_be_graded_is_refused_and_others_are_not() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    platform.lms.set_faults(Faults {
        ungradable: [crate::platform::LEARNER].into(),
        ..Faults::default()
    });
    assert_eq!(platform.post_score(&token, &score(1)).await.status, 400);
    let mut other = score(1);
    other["userId"] = json!("6");
    assert_eq!(platform.post_score(&token, &other).await.status, 200);
}

#[tokio::test]
async fn a_replaced_key_leaves_nothing_of_the_old_one() {
    let platform = Platform::new();
    let old = platform.lms.jwks().keys[0].kid.clone();
    let new = platform.lms.replace_key().unwrap();
    let published = platform.lms.jwks();
    assert_eq!(published.keys.len(), 1);
    assert!(published.keys[0].kid == new && new != old);
}
