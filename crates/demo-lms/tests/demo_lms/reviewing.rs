//! A look at somebody's work, from the gradebook to the claims.

use axum::http::StatusCode;
use mtl_demo_lms::{LaunchOrder, NewPerson, PersonId, Role};
use serde_json::{Value, json};

use crate::{
    launching::{claims, comparable},
    picking::{Visit, answer_claims},
    platform::{LEARNER, Platform, TEACHER, activity, recording, tool_key},
};

#[tokio::test]
async fn the_review_is_the_recorded_one() {
    let name = "launches/ltisubmissionreviewrequest-instructor-lineitem.json";
    let recorded: Value = serde_json::from_str(&recording(name)).unwrap();
    let platform = Platform::new();
    for number in 2..=5 {
        let other = activity(&format!("Other {number}"));
        platform.lms.add_link(platform.course, other).unwrap();
    }
    let items = json!([1, 2].map(|number| json!({
        "type": "ltiResourceLink", "title": format!("Deep item {number}"),
        "url": "http://127.0.0.1:9001/launch",
        "custom": {"exercise": format!("ex-{number}"), "UPPER": "X"},
        "lineItem": {"scoreMaximum": 20, "submissionReview": {}},
    })));
    let visit = Visit::begin(&platform, "n").await;
    let token = tool_key().sign(&answer_claims(&platform, &items)).unwrap();
    visit.answer(&platform, &token).await;

    let recorded = &recorded["id_token_claims"];
    platform.clock.set(recorded["iat"].as_i64().unwrap());
    let link = platform.lms.links(platform.course)[6].id;
    let nonce = recorded["nonce"].as_str().unwrap();
    let order = LaunchOrder::new(TEACHER, link, nonce).for_user(LEARNER);
    let ours = claims(&platform.lms.issue_launch(&order).unwrap());
    // The recorded column had another number.
    let with_number = |claims: &Value| {
        let text = claims.to_string();
        serde_json::from_str::<Value>(&text.replace("/lineitems/11/", "/lineitems/4/")).unwrap()
    };
    assert_eq!(comparable(ours), comparable(with_number(recorded)));
}

#[tokio::test]
async fn a_teacher_opens_the_work_from_the_gradebook() {
    let platform = Platform::new();
    let seed = activity("Scenario").reviewed();
    let link = platform.lms.add_link(platform.course, seed).unwrap();
    let cookie = platform.cookie(TEACHER);
    let gradebook = platform.get("/course/2/gradebook", &cookie).await;
    let page = format!("/activity/{link}?user=5");
    assert!(gradebook.body.contains(&page));
    let activity = platform.get(&page, &cookie).await;
    assert!(activity.body.contains("Sören Öst: Scenario"));
    let frame = activity.attribute("iframe class=\"tool\" src").unwrap();
    let login = platform.get(&frame, &cookie).await;
    assert!(login.field("lti_message_hint").is_some());

    let learner = platform.cookie(PersonId(6));
    let gradebook = platform.get("/course/2/gradebook", &learner).await;
    assert!(!gradebook.body.contains("Open the work"));
    assert_eq!(
        platform.get(&frame, &learner).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        platform.get(&page, &learner).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_coach_opens_the_work_of_their_participants_alone() {
    let platform = Platform::new();
    let seed = activity("Scenario").reviewed();
    let link = platform.lms.add_link(platform.course, seed).unwrap();
    let coach = platform.lms.add_person(NewPerson::named("Helen", "Marsh"));
    let participants = [LEARNER].into();
    let role = Role::Coach { participants };
    platform.lms.enrol(platform.course, coach, role).unwrap();
    let cookie = platform.cookie(coach);
    let page = |person: u32| format!("/activity/{link}?user={person}");
    assert_eq!(platform.get(&page(5), &cookie).await.status, StatusCode::OK);
    assert_eq!(
        platform.get(&page(6), &cookie).await.status,
        StatusCode::NOT_FOUND
    );
}
