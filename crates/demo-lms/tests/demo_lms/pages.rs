//! What the pages show, and to whom.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use mtl_demo_lms::{NewCourse, PersonId};
use serde_json::json;

use crate::platform::{ALL_SCOPES, LEARNER, Platform, TEACHER};

#[tokio::test]
async fn picking_a_person_opens_their_course() {
    let platform = Platform::new();
    let front = platform.get("/", "").await;
    assert!(front.body.contains("Who would you like to be?"));
    assert!(front.body.contains("Sören Öst"));
    let picked = platform.post_form("/session", "", &[("person", "5")]).await;
    assert_eq!(picked.status, StatusCode::SEE_OTHER);
    assert_eq!(picked.header("location").as_deref(), Some("/course/2"));
    let cookie = picked.header("set-cookie").unwrap();
    for attribute in ["Secure", "HttpOnly", "SameSite=None"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let course = platform.get("/course/2", &cookie).await;
    assert!(course.body.contains("Lab activity A"));
    assert!(course.body.contains("No mark yet"));
}

#[tokio::test]
async fn a_participant_sees_only_their_own_marks_and_a_tutor_all() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    for (person, mark) in [("5", 72.5), ("6", 41.0)] {
        let score = json!({
            "userId": person, "scoreGiven": mark, "scoreMaximum": 100, "comment": "A <b>comment</b>",
            "activityProgress": "Completed", "gradingProgress": "FullyGraded",
            "timestamp": "2026-11-23T16:00:00Z",
        });
        platform.post_score(&token, &score).await;
    }
    let own = platform
        .get("/course/2/gradebook", &platform.cookie(LEARNER))
        .await;
    assert!(own.body.contains("72.5 out of 100"));
    assert!(own.body.contains("23 November 2026, 16:00 UTC"));
    assert!(!own.body.contains("41 out of 100"));
    assert!(
        !own.body.contains("A <b>comment</b>"),
        "comments are escaped"
    );
    let all = platform
        .get("/course/2/gradebook", &platform.cookie(TEACHER))
        .await;
    assert!(all.body.contains("72.5 out of 100") && all.body.contains("41 out of 100"));
    let course = platform.get("/course/2", &platform.cookie(LEARNER)).await;
    assert!(course.body.contains("72.5 out of 100"));
}

#[tokio::test]
async fn a_stranger_to_a_course_is_told_so() {
    let platform = Platform::new();
    platform.lms.add_course(NewCourse {
        label: "OTHER".to_owned(),
        title: "Another course".to_owned(),
    });
    let cookie = platform.cookie(LEARNER);
    assert_eq!(platform.get("/course/3", &cookie).await.status, 403);
    assert_eq!(platform.get("/course/9", &cookie).await.status, 404);
    assert_eq!(platform.get("/activity/9", &cookie).await.status, 404);
    assert!(platform.lms.sign_in(PersonId(99)).is_err());
}

#[tokio::test]
async fn a_person_is_not_picked_from_another_site() {
    let platform = Platform::new();
    let request = Request::post("/session")
        .header(header::ORIGIN, "http://evil.invalid")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("person=5"))
        .unwrap();
    assert_eq!(platform.send(request).await.status, 403);
}

#[tokio::test]
async fn the_other_name_of_loopback_leads_to_the_base_url() {
    let platform = Platform::new();
    let request = Request::get("/course/2?a=b")
        .header(header::HOST, "localhost:8090")
        .body(Body::empty())
        .unwrap();
    let answer = platform.send(request).await;
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(
        answer.header("location").as_deref(),
        Some("http://127.0.0.1:8090/course/2?a=b")
    );
}

#[tokio::test]
async fn a_tool_may_say_something_on_the_way_back() {
    let platform = Platform::new();
    let path = "/mod/lti/return.php?course=2&lti_errormsg=No%20%3Cplace%3E%20left";
    let answer = platform.get(path, "").await;
    assert!(answer.body.contains("No &#60;place&#62; left"));
    assert!(answer.body.contains("href=\"/course/2\" target=\"_top\""));
}
