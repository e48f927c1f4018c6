//! What products get: Moodle nothing before the mark and the comment each time, Canvas the hand-in
//! and a comment only when it changed.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::app::TestApp;
use super::work::{Handed, policy};

const CANVAS: &str = "https://canvas.instructure.com/lti/submission";

/// The bodies of the scores that were posted for a column, oldest first.
fn posted(app: &TestApp, title: &str) -> Vec<Value> {
    let items = app.lms.line_items(app.people.course);
    let item = items
        .iter()
        .find(|item| item.label.contains(title))
        .unwrap();
    let log = app.lms.score_log().into_iter();
    log.filter(|record| record.item == item.id)
        .map(|record| serde_json::from_str(&record.body).unwrap())
        .collect()
}

async fn mark_twice(app: &TestApp) {
    let handed = Handed::start(app).await;
    app.deliver().await;
    app.bridge
        .install_policy(app.institution, policy("hostile", json!({})))
        .await
        .unwrap();
    handed.judge(app, 1, 6_700).await;
    for mark in [6_200, 6_800] {
        app.clock.advance(TimeDelta::minutes(1));
        handed.judge(app, 0, mark).await;
        handed.release(app).await;
        app.deliver().await;
    }
}

#[tokio::test]
async fn a_hand_in_erases_no_mark_on_moodle_and_every_mark_brings_its_comment() {
    let app = TestApp::start().await;
    mark_twice(&app).await;
    let scores = posted(&app, "Scenario 1");
    assert_eq!(scores.len(), 2, "nothing before the mark: {scores:?}");
    for (score, mark) in scores.iter().zip([62, 68]) {
        assert_eq!(score["scoreGiven"], mark);
        assert_eq!(score["gradingProgress"], "FullyGraded");
        let comment = score["comment"].as_str().unwrap();
        assert!(comment.contains("A careful piece of work 0."), "{comment}");
        assert_eq!(score[CANVAS], Value::Null);
    }
}

#[tokio::test]
async fn a_canvas_gradebook_sees_the_hand_in_and_a_comment_once() {
    let app = TestApp::start_at("canvas").await;
    let begun = app.clock.now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    mark_twice(&app).await;
    let scores = posted(&app, "Scenario 1");
    assert_eq!(scores.len(), 3, "{scores:?}");
    let hand_in = &scores[0];
    assert_eq!(hand_in["activityProgress"], "Submitted");
    assert_eq!(hand_in["gradingProgress"], "PendingManual");
    assert_eq!(hand_in.get("scoreGiven"), None);
    assert_eq!(hand_in.get("comment"), None);
    for score in &scores {
        assert_eq!(score["submission"]["submittedAt"], begun.as_str());
        assert_eq!(score[CANVAS]["submitted_at"], begun.as_str());
        assert_eq!(score[CANVAS]["preserve_score"], true);
    }
    assert_eq!(hand_in[CANVAS]["new_submission"], true);
    for (score, mark) in scores[1..].iter().zip([62, 68]) {
        assert_eq!(score["scoreGiven"], mark);
        assert_eq!(score[CANVAS]["new_submission"], false);
    }
    assert!(scores[1].get("comment").is_some());
    assert_eq!(scores[2].get("comment"), None, "it would stand there twice");
}

#[tokio::test]
async fn a_platform_says_itself_which_product_it_is() {
    let app = TestApp::start().await;
    app.recipient(0).await;
    let registrations = app.bridge.store().list_registrations().await.unwrap();
    assert_eq!(registrations[0].product.as_deref(), Some("moodle"));
    // What an operator entered stays.
    let app = TestApp::start_at("canvas").await;
    app.recipient(0).await;
    let registrations = app.bridge.store().list_registrations().await.unwrap();
    assert_eq!(registrations[0].product.as_deref(), Some("canvas"));
}
