//! Notices of the Canvas flavour: a tool asks for them, and is told that a course was copied.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, body::Body, http::Request, routing::post};
use mtl_demo_lms::{Flavour, LaunchOrder, NewCourse};
use serde_json::{Value, json};

use crate::{
    canvas::canvas,
    canvas_services::ask_token,
    launching::claims,
    platform::{BASE, LEARNER, Platform},
};

const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";
const SCOPE: &str = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers";

#[tokio::test]
async fn a_tool_that_asked_for_it_is_told_of_a_copied_course() {
    let told: Arc<Mutex<Vec<Value>>> = Arc::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let handler = format!("http://{}/notices", listener.local_addr().unwrap());
    let heard = Arc::clone(&told);
    let take = post(move |Json(body): Json<Value>| async move { heard.lock().unwrap().push(body) });
    let tool = Router::new().route("/notices", take);
    let server = tokio::spawn(async move { axum::serve(listener, tool).await });

    let platform = canvas();
    let launch = platform
        .lms
        .issue_launch(&LaunchOrder::new(LEARNER, platform.link, "n"));
    let launch = claims(&launch.unwrap());
    let service = &launch[format!("{LTI}platformnotificationservice")];
    let url = service["platform_notification_service_url"]
        .as_str()
        .unwrap();
    let token = ask_token(&platform, |_| {}, SCOPE).await.json();
    let subscribe = |kind: &str, token: &str| {
        let wanted = json!({"notice_type": kind, "handler": handler});
        Request::put(url.strip_prefix(BASE).unwrap())
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Body::from(wanted.to_string()))
            .unwrap()
    };
    let token = token["access_token"].as_str().unwrap();
    let kind = "LtiContextCopyNotice";
    assert_eq!(platform.send(subscribe(kind, "forged")).await.status, 401);
    assert_eq!(platform.send(subscribe("LtiOdd", token)).await.status, 400);
    let answer = platform.send(subscribe(kind, token)).await;
    assert_eq!(answer.json()["notice_handlers"][1]["handler"], handler);

    let next = NewCourse {
        label: "NEXT".to_owned(),
        title: "The next cohort".to_owned(),
    };
    let copy = platform.lms.copy_course(platform.course, next).unwrap();
    assert_eq!(platform.lms.send_notices().await.unwrap(), 1);
    assert_eq!(
        platform.lms.send_notices().await.unwrap(),
        0,
        "once is enough"
    );
    let told = told.lock().unwrap().clone();
    let notice = claims(told[0]["notices"][0]["jwt"].as_str().unwrap());
    assert_eq!(notice[format!("{LTI}notice")]["type"], kind);
    let context = |course| json!(platform.lms.context_of(course));
    assert_eq!(notice[format!("{LTI}context")]["id"], context(copy.course));
    assert_eq!(
        notice[format!("{LTI}origin_contexts")][0],
        context(platform.course)
    );
    server.abort();
}

#[tokio::test]
async fn a_platform_without_notices_neither_offers_nor_grants_them() {
    let platform = Platform::of(Flavour::Moodle);
    let launch = platform
        .lms
        .issue_launch(&LaunchOrder::new(LEARNER, platform.link, "n"));
    let launch = claims(&launch.unwrap());
    assert!(
        launch
            .get(format!("{LTI}platformnotificationservice"))
            .is_none()
    );
    let next = NewCourse {
        label: "NEXT".to_owned(),
        title: "The next cohort".to_owned(),
    };
    platform.lms.copy_course(platform.course, next).unwrap();
    assert_eq!(platform.lms.send_notices().await.unwrap(), 0);
}
