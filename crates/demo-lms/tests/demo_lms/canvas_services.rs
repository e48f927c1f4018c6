//! The services of the Canvas flavour: tokens, scores, rosters, and the bucket in front of them.

use axum::{body::Body, http::Request};
use mtl_demo_lms::{
    Faults, LaunchOrder, LostAnswer, NewPerson, RateLimit, Role, ScoreEffect, Throttled,
};
use serde_json::{Value, json};

use crate::{
    canvas::canvas,
    launching::claims,
    platform::{ALL_SCOPES, Answer, BASE, CLIENT_ID, LEARNER, Platform, TEACHER, tool_key},
};

const SUBMISSION: &str = "https://canvas.instructure.com/lti/submission";
const SCORES: &str = "/api/lti/courses/2/line_items/2/scores";

pub(crate) async fn ask_token(
    platform: &Platform,
    change: impl FnOnce(&mut Value),
    scope: &str,
) -> Answer {
    let now = platform.clock.now().timestamp();
    let mut assertion = json!({
        "iss": CLIENT_ID, "sub": CLIENT_ID, "aud": format!("{BASE}/login/oauth2/token"),
        "iat": now, "exp": now + 60, "jti": format!("{}", rand()),
    });
    change(&mut assertion);
    let assertion = tool_key().sign(&assertion).unwrap();
    let fields = [
        ("grant_type", "client_credentials"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", assertion.as_str()),
        ("scope", scope),
    ];
    platform.post_form("/login/oauth2/token", "", &fields).await
}

/// Another number each time.
fn rand() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

async fn token(platform: &Platform) -> String {
    let answer = ask_token(platform, |_| {}, ALL_SCOPES).await;
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

async fn call(platform: &Platform, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("user-agent", "a test")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    platform.send(request).await
}

fn score(platform: &Platform, second: u32) -> Value {
    json!({
        "userId": platform.lms.subject_of(LEARNER), "scoreGiven": 64, "scoreMaximum": 100,
        "activityProgress": "Completed", "gradingProgress": "FullyGraded",
        "timestamp": format!("2026-11-23T16:00:{second:02}.250Z"),
    })
}

#[tokio::test]
async fn unknown_scopes_are_dropped_from_the_token() {
    let platform = canvas();
    let known = "https://purl.imsglobal.org/spec/lti-ags/scope/score";
    let answer = ask_token(
        &platform,
        |_| {},
        &format!("{known} https://unknown.invalid/x"),
    )
    .await;
    assert_eq!(answer.json()["scope"], known);
    let answer = ask_token(&platform, |_| {}, "https://unknown.invalid/x").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (400, &json!("invalid_scope"))
    );
}

#[tokio::test]
async fn an_assertion_lacks_nothing_is_fresh_and_is_used_once() {
    let platform = canvas();
    let now = platform.clock.now().timestamp();
    for name in ["iss", "sub", "aud", "exp", "iat", "jti"] {
        let missing = |claims: &mut Value| claims[name] = Value::Null;
        let answer = ask_token(&platform, missing, ALL_SCOPES).await;
        assert!(answer.status.is_client_error(), "{name}");
    }
    for (ahead, status) in [(25, 200), (35, 400), (-290, 200), (-310, 400)] {
        let at = |claims: &mut Value| claims["iat"] = json!(now + ahead);
        let answer = ask_token(&platform, at, ALL_SCOPES).await;
        assert_eq!(answer.status.as_u16(), status, "{ahead}");
    }
    let other = |claims: &mut Value| claims["aud"] = json!("https://canvas.instructure.com");
    assert_eq!(ask_token(&platform, other, ALL_SCOPES).await.status, 400);
    let same = |claims: &mut Value| claims["jti"] = json!("the same");
    assert_eq!(ask_token(&platform, same, ALL_SCOPES).await.status, 200);
    assert_eq!(ask_token(&platform, same, ALL_SCOPES).await.status, 400);
}

#[tokio::test]
async fn a_score_for_somebody_who_is_no_student_cannot_be_processed() {
    let platform = canvas();
    let token = token(&platform).await;
    let mut body = score(&platform, 1);
    body["userId"] = json!(platform.lms.subject_of(TEACHER));
    let answer = call(&platform, &token, "POST", SCORES, &body).await;
    assert_eq!(answer.status, 422);
    let message = "User not found in course or is not a student";
    assert_eq!(answer.json()["errors"]["message"], message);
}

#[tokio::test]
async fn an_older_score_is_refused_and_one_of_the_same_time_is_not() {
    let platform = canvas();
    let token = token(&platform).await;
    for (second, status) in [(5, 200), (5, 200), (4, 400), (6, 200)] {
        let body = score(&platform, second);
        let answer = call(&platform, &token, "POST", SCORES, &body).await;
        assert_eq!(answer.status.as_u16(), status, "{second}");
    }
    let answer = call(&platform, &token, "POST", SCORES, &score(&platform, 7)).await;
    let url = answer.json()["resultUrl"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(BASE).unwrap();
    let result = call(&platform, &token, "GET", path, &Value::Null)
        .await
        .json();
    assert_eq!(result["resultScore"], 64.0);
    assert_eq!(result["userId"], platform.lms.subject_of(LEARNER));
}

#[tokio::test]
async fn comments_are_appended_and_a_mark_is_kept_on_request_alone() {
    let platform = canvas();
    let token = token(&platform).await;
    let mut first = score(&platform, 1);
    first["comment"] = json!("Good.");
    let mut second = score(&platform, 2);
    second["comment"] = json!("Better.");
    let mut progress = score(&platform, 3);
    progress["gradingProgress"] = json!("Pending");
    progress[SUBMISSION] = json!({"preserve_score": true, "new_submission": false});
    let mut erasing = progress.clone();
    erasing["timestamp"] = json!("2026-11-23T16:00:04Z");
    erasing[SUBMISSION] = json!({"new_submission": false});
    let mut seen = Vec::new();
    for body in [first, second, progress, erasing] {
        let answer = call(&platform, &token, "POST", SCORES, &body).await;
        assert_eq!(answer.status, 200);
        let rows = platform.lms.gradebook(platform.course);
        let grade = rows[0].grade.clone().unwrap();
        seen.push((grade.mark, grade.comments.len()));
    }
    assert_eq!(
        seen,
        [(Some(64.0), 1), (Some(64.0), 2), (Some(64.0), 2), (None, 2)]
    );
    let effects = platform
        .lms
        .score_log()
        .into_iter()
        .map(|record| record.effect.unwrap());
    assert_eq!(
        effects.collect::<Vec<_>>(),
        [
            ScoreEffect::Written,
            ScoreEffect::Written,
            ScoreEffect::Kept,
            ScoreEffect::Erased
        ]
    );
}

#[tokio::test]
async fn what_was_handed_in_is_kept_and_shown() {
    let platform = canvas();
    let token = token(&platform).await;
    let mut body = score(&platform, 1);
    body[SUBMISSION] = json!({
        "submission_type": "basic_lti_launch", "submission_data": "http://127.0.0.1:9001/work/1",
        "submitted_at": "2026-11-20T09:00:00Z",
    });
    call(&platform, &token, "POST", SCORES, &body).await;
    let mut again = score(&platform, 2);
    again[SUBMISSION] = json!({"new_submission": false});
    call(&platform, &token, "POST", SCORES, &again).await;
    let grade = platform.lms.gradebook(platform.course)[0]
        .grade
        .clone()
        .unwrap();
    let submission = grade.submission.unwrap();
    assert_eq!(
        (submission.kind.as_str(), submission.attempts),
        ("basic_lti_launch", 1)
    );
    assert_eq!(
        submission.submitted_at.to_rfc3339(),
        "2026-11-20T09:00:00+00:00"
    );
    let cookie = platform.cookie(TEACHER);
    let page = platform.get("/course/2/gradebook", &cookie).await;
    assert!(page.body.contains("Handed in 20 November 2026, 09:00 UTC"));
    assert!(page.body.contains("/activity/1?user=5"));
    let order = LaunchOrder::new(TEACHER, platform.link, "n").for_user(LEARNER);
    let launch = claims(&platform.lms.issue_launch(&order).unwrap());
    let claim =
        |name: &str| launch[format!("https://purl.imsglobal.org/spec/lti/claim/{name}")].clone();
    assert_eq!(claim("target_link_uri"), "http://127.0.0.1:9001/work/1");
    assert_eq!(claim("message_type"), "LtiResourceLinkRequest");
    let mut future = score(&platform, 3);
    future[SUBMISSION] = json!({"submitted_at": "2027-01-01T00:00:00Z"});
    assert_eq!(
        call(&platform, &token, "POST", SCORES, &future)
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn the_roster_comes_in_tens_and_never_more_than_fifty() {
    let platform = canvas();
    for number in 0..60 {
        let person = NewPerson::named(&format!("Number {number}"), "Learner");
        let person = platform.lms.add_person(person);
        platform
            .lms
            .enrol(platform.course, person, Role::Participant)
            .unwrap();
    }
    let token = token(&platform).await;
    let path = "/api/lti/courses/2/names_and_roles";
    let length = |answer: &Answer| answer.json()["members"].as_array().unwrap().len();
    let usual = call(&platform, &token, "GET", path, &Value::Null).await;
    assert_eq!(length(&usual), 10);
    let long = call(
        &platform,
        &token,
        "GET",
        &format!("{path}?limit=500"),
        &Value::Null,
    )
    .await;
    assert_eq!(length(&long), 50);
    let link = long.header("link").unwrap();
    assert!(link.contains("\",<") && !link.contains(", <"), "{link}");
    let next = link
        .split(',')
        .find(|part| part.ends_with("rel=\"next\""))
        .unwrap();
    let url = next[1..].split('>').next().unwrap();
    let rest = call(
        &platform,
        &token,
        "GET",
        url.strip_prefix(BASE).unwrap(),
        &Value::Null,
    )
    .await;
    assert_eq!(length(&rest), 15);
    let teachers = format!("{path}?role=Instructor");
    let teachers = call(&platform, &token, "GET", &teachers, &Value::Null).await;
    assert_eq!(length(&teachers), 2);
}

#[tokio::test]
async fn a_full_bucket_is_answered_until_time_has_emptied_it() {
    let platform = canvas();
    let token = token(&platform).await;
    let limit = RateLimit {
        capacity: 2.0,
        leak: 1.0,
        advance: 0.0,
        cost: 1.0,
        answer: Throttled::Forbidden,
    };
    platform.lms.set_rate_limit(limit);
    let path = "/api/lti/courses/2/line_items";
    let first = call(&platform, &token, "GET", path, &Value::Null).await;
    assert_eq!(
        first.header("x-rate-limit-remaining").as_deref(),
        Some("1.0")
    );
    assert_eq!(first.header("x-request-cost").as_deref(), Some("1.0"));
    call(&platform, &token, "GET", path, &Value::Null).await;
    let full = call(&platform, &token, "GET", path, &Value::Null).await;
    assert_eq!(full.status, 403);
    assert!(full.body.contains("Rate Limit Exceeded"));
    platform.lms.set_rate_limit(RateLimit {
        answer: Throttled::TooManyRequests,
        ..limit
    });
    assert_eq!(
        call(&platform, &token, "GET", path, &Value::Null)
            .await
            .status,
        429
    );
    platform.clock.set(platform.clock.now().timestamp() + 1);
    assert_eq!(
        call(&platform, &token, "GET", path, &Value::Null)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_caller_without_a_name_is_refused() {
    let platform = canvas();
    let request = Request::get("/api/lti/courses/2/line_items").body(Body::empty());
    assert_eq!(platform.send(request.unwrap()).await.status, 403);
}

#[tokio::test]
async fn columns_are_made_found_changed_and_deleted() {
    let platform = canvas();
    let token = token(&platform).await;
    let path = "/api/lti/courses/2/line_items";
    let wanted = json!({"label": "Module", "scoreMaximum": 100, "resourceId": "m", "tag": "t"});
    let made = call(&platform, &token, "POST", path, &wanted).await;
    assert_eq!(made.status, 201);
    let own = made.json()["id"]
        .as_str()
        .unwrap()
        .strip_prefix(BASE)
        .unwrap()
        .to_owned();
    let own_path = format!("{path}?resource_id=m&tag=t");
    let found = call(&platform, &token, "GET", &own_path, &Value::Null).await;
    assert_eq!(found.json()[0]["label"], "Module");
    let link = platform.lms.resource_link_of(platform.link);
    let coupled = format!("{path}?resource_link_id={link}");
    let coupled = call(&platform, &token, "GET", &coupled, &Value::Null)
        .await
        .json();
    assert_eq!(coupled[0]["resourceLinkId"], link);
    let changed = json!({"label": "Renamed", "scoreMaximum": 50});
    let changed = call(&platform, &token, "PUT", &own, &changed).await.json();
    assert_eq!(
        (&changed["label"], &changed["tag"]),
        (&json!("Renamed"), &json!("t"))
    );
    let deleted = call(&platform, &token, "DELETE", &own, &Value::Null).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(
        call(&platform, &token, "GET", &own, &Value::Null)
            .await
            .status,
        404
    );
    let default = format!("{path}/2");
    let kept = call(&platform, &token, "DELETE", &default, &Value::Null).await;
    assert_eq!(kept.status, 401, "the column of an assignment stays");
}

#[tokio::test]
async fn calls_under_way_are_charged_in_advance() {
    let platform = canvas();
    let token = token(&platform).await;
    platform.lms.set_rate_limit(RateLimit {
        capacity: 60.0,
        ..RateLimit::default()
    });
    platform.lms.set_faults(Faults {
        lost_answers: 2,
        lost_answer: LostAnswer::Hang,
        ..Faults::default()
    });
    let (first, second) = (score(&platform, 1), score(&platform, 2));
    tokio::select! {
        biased;
        _ = call(&platform, &token, "POST", SCORES, &first) => panic!("it was answered"),
        _ = call(&platform, &token, "POST", SCORES, &second) => panic!("it was answered"),
        answer = call(&platform, &token, "GET", SCORES, &Value::Null) => {
            assert_eq!(answer.status, 403);
        }
    }
}
