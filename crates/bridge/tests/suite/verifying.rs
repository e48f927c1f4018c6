//! Gradebooks held against what was released.

use std::sync::Arc;

use chrono::TimeDelta;
use mtl_bridge_core::Visit;
use mtl_bridge_core::delivery::{Finding, VerifiedScore};
use mtl_demo_lms::{Faults, Role};
use mtl_store::outbox::ScoreTarget;
use mtl_store::work::Recipient;

use super::app::TestApp;

async fn verify(app: &TestApp) -> Vec<VerifiedScore> {
    let verified = app.bridge.verify_deliveries(app.institution, None).await;
    verified.unwrap()
}

async fn findings(app: &TestApp) -> Vec<Finding> {
    let verified = verify(app).await;
    verified.iter().map(|score| score.finding).collect()
}

async fn resend(app: &TestApp) -> usize {
    let mut resent = 0;
    for score in verify(app).await {
        let sent = app.bridge.resend_score(app.institution, &score).await;
        resent += usize::from(sent.unwrap());
    }
    app.deliver_after(TimeDelta::seconds(2)).await;
    resent
}

/// Another mark in the first link's column, as if a teacher had typed it.
async fn type_mark(app: &TestApp, to: &(Arc<Visit>, Recipient), given: f64) {
    app.clock.advance(TimeDelta::minutes(1));
    let url = to.1.line_item_url.clone().unwrap();
    let by_hand = ScoreTarget::LineItem { url, link: None };
    app.enqueue_for(to, by_hand, given).await;
    app.deliver().await;
}

#[tokio::test]
async fn a_mark_that_somebody_changed_is_found_and_sent_again() {
    let app = TestApp::start().await;
    let (amara, tomasz) = (app.recipient(0).await, app.recipient(1).await);
    app.enqueue(&amara, 58.0).await;
    app.enqueue(&tomasz, 66.0).await;
    assert_eq!(findings(&app).await, [Finding::Waiting; 2]);
    app.deliver().await;
    assert_eq!(findings(&app).await, [Finding::Same; 2]);
    assert_eq!(resend(&app).await, 0);

    type_mark(&app, &amara, 85.0).await;
    let verified = verify(&app).await;
    let other: Vec<_> = verified
        .iter()
        .filter(|score| score.finding == Finding::OtherMark)
        .collect();
    assert_eq!(other.len(), 1, "{verified:?}");
    assert_eq!(other[0].name.as_deref(), Some("Amara Okafor"));
    assert_eq!(
        (other[0].released.as_str(), other[0].words.as_str()),
        ("58 of 100", "the gradebook shows 85 of 100")
    );
    app.clock.advance(TimeDelta::minutes(1));
    let sent = app.bridge.resend_score(app.institution, other[0]).await;
    assert!(sent.unwrap());
    app.deliver_after(TimeDelta::seconds(2)).await;
    assert_eq!(app.mark(0), Some((58.0, "Worth 58.".to_owned())));
    let trail = app.bridge.store().list_audit(app.institution, None, 100);
    let trail = trail.await.unwrap();
    assert!(trail.iter().any(|entry| entry.action == "delivery.resent"));
}

#[tokio::test]
async fn a_column_that_is_gone_and_a_person_who_cannot_be_graded_are_told() {
    let app = TestApp::start().await;
    let (amara, tomasz) = (app.recipient(0).await, app.recipient(1).await);
    app.enqueue(&amara, 58.0).await;
    app.deliver().await;
    let (course, person) = (app.people.course, app.people.participants[1]);
    app.lms
        .enrol(course, person, Role::TeachingAssistant)
        .unwrap();
    app.enqueue(&tomasz, 66.0).await;
    app.deliver().await;
    let items = app.lms.line_items(course);
    let link = Some(app.people.links[0]);
    let column = items.iter().find(|item| item.link == link).unwrap();
    app.lms.delete_line_item(column.id);
    let mut found = findings(&app).await;
    found.sort_by_key(|finding| *finding as u8);
    assert_eq!(found, [Finding::ColumnMissing, Finding::Dead]);
}

#[tokio::test]
async fn a_gradebook_that_may_not_be_read_is_no_difference() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    app.enqueue(&amara, 58.0).await;
    app.deliver().await;
    let scope = mtl_lti::ags::SCOPE_RESULT_READ.to_owned();
    app.lms.set_faults(Faults {
        dropped_scopes: [scope].into(),
        ..Faults::default()
    });
    let verified = verify(&app).await;
    assert_eq!(verified[0].finding, Finding::Unreadable);
    assert!(
        verified[0].words.contains("the gradebook cannot be read"),
        "{}",
        verified[0].words
    );
    assert_eq!(resend(&app).await, 0);
}

#[tokio::test]
async fn one_course_is_verified_alone() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    app.enqueue(&amara, 58.0).await;
    app.deliver().await;
    let courses = async |named| {
        let found = app.bridge.find_courses(app.institution, named).await;
        found.unwrap()
    };
    let course = courses("MTL-2026").await;
    assert_eq!(course, [amara.1.context]);
    assert!(courses("Another").await.is_empty());
    for (course, marks) in [
        (course[0], 1),
        (mtl_programme::ContextId(uuid::Uuid::nil()), 0),
    ] {
        let verified = app
            .bridge
            .verify_deliveries(app.institution, Some(course))
            .await;
        assert_eq!(verified.unwrap().len(), marks);
    }
}
