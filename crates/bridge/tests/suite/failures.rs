//! Scores that do not get through: what is tried again, and what a person must look at.

use chrono::TimeDelta;
use mtl_demo_lms::{Faults, Role};
use mtl_store::outbox::RetryOutcome;

use super::app::TestApp;

#[tokio::test]
async fn a_platform_that_is_down_gets_its_scores_later_and_later() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    app.enqueue(&amara, 58.0).await;
    app.lms.set_faults(Faults {
        down: true,
        ..Faults::default()
    });
    let mut waits = Vec::new();
    for tries in 1..=6 {
        app.deliver().await;
        let row = &app.scores().await[0];
        assert_eq!((row.state, row.attempts), ("pending", tries));
        let words = row.last_error.as_deref().unwrap();
        assert!(words.contains("Service Unavailable"), "{words}");
        let wait = row.not_before_at - app.clock.now();
        assert!(wait > TimeDelta::zero());
        // Nothing happens before its time.
        app.deliver_after(wait - TimeDelta::milliseconds(1)).await;
        assert_eq!(app.score_states().await, [("pending", tries)]);
        app.clock.advance(TimeDelta::milliseconds(1));
        waits.push(wait);
    }
    assert!(waits[5] > waits[0] * 4, "{waits:?}");
    app.lms.set_faults(Faults::default());
    app.deliver().await;
    assert_eq!(app.score_states().await, [("delivered", 7)]);
    assert_eq!(app.mark(0).unwrap().0, 58.0);
}

#[tokio::test]
async fn a_person_without_a_row_is_a_dead_letter_and_stops_nobody() {
    let app = TestApp::start().await;
    let (amara, tomasz) = (app.recipient(0).await, app.recipient(1).await);
    let course = app.people.course;
    let person = app.people.participants[0];
    app.lms
        .enrol(course, person, Role::TeachingAssistant)
        .unwrap();
    app.enqueue(&amara, 58.0).await;
    app.enqueue(&tomasz, 66.0).await;
    app.deliver().await;
    let rows = app.scores().await;
    assert_eq!((rows[0].state, rows[1].state), ("dead", "delivered"));
    let words = rows[0].last_error.as_deref().unwrap();
    assert!(
        words.contains("Enrol them as a student") && words.contains("400"),
        "{words}"
    );
    assert_eq!(app.mark(1).unwrap().0, 66.0);
    // It is not tried again by itself.
    app.deliver_after(TimeDelta::days(2)).await;
    assert_eq!(app.lms.score_log().len(), 2);

    app.lms.enrol(course, person, Role::Participant).unwrap();
    let retry = async |id| {
        app.bridge
            .retry_delivery(app.institution, id)
            .await
            .unwrap()
    };
    assert_eq!(retry(rows[0].id).await, RetryOutcome::Pending);
    app.deliver().await;
    assert_eq!(app.mark(0), Some((58.0, "Worth 58.".to_owned())));
    assert_eq!(app.scores().await[0].state, "delivered");
    for row in &rows {
        assert_ne!(retry(row.id).await, RetryOutcome::Pending);
    }
}

#[tokio::test]
async fn a_dead_score_does_not_come_back_over_a_newer_one() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    let (course, person) = (app.people.course, app.people.participants[0]);
    app.lms
        .enrol(course, person, Role::TeachingAssistant)
        .unwrap();
    app.enqueue(&amara, 40.0).await;
    app.deliver().await;
    app.lms.enrol(course, person, Role::Participant).unwrap();
    app.clock.advance(TimeDelta::seconds(10));
    app.enqueue(&amara, 60.0).await;
    app.deliver().await;
    let dead = app.scores().await[0].id;
    let outcome = app
        .bridge
        .retry_delivery(app.institution, dead)
        .await
        .unwrap();
    assert_eq!(outcome, RetryOutcome::Outdated);
    app.deliver().await;
    assert_eq!(app.mark(0).unwrap().0, 60.0);
}

#[tokio::test]
async fn a_column_that_was_deleted_is_told_in_words() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    let items = app.lms.line_items(app.people.course);
    let column = items
        .iter()
        .find(|item| item.link == Some(app.people.links[0]))
        .unwrap();
    app.lms.delete_line_item(column.id);
    app.enqueue(&amara, 58.0).await;
    app.deliver().await;
    let row = &app.scores().await[0];
    assert_eq!((row.state, row.attempts), ("dead", 1));
    let words = row.last_error.as_deref().unwrap();
    assert!(
        words.contains("the column is gone from the gradebook: somebody deleted it")
            && words.contains("404"),
        "{words}"
    );
}

#[tokio::test]
async fn a_platform_that_forgot_our_token_is_asked_for_another() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    app.enqueue(&amara, 50.0).await;
    app.deliver().await;
    app.lms.forget_access_tokens();
    app.clock.advance(TimeDelta::seconds(5));
    app.enqueue(&amara, 60.0).await;
    app.deliver().await;
    app.deliver_after(TimeDelta::seconds(3)).await;
    assert_eq!(app.mark(0).unwrap().0, 60.0);
    assert_eq!(app.scores().await[1].state, "delivered");
}
