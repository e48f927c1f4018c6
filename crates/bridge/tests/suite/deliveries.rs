//! Scores that reach the gradebook: whole, in order, once.

use chrono::TimeDelta;
use mtl_demo_lms::{Faults, LostAnswer};

use super::app::TestApp;

/// Longer than the wait after a first try.
const A_LITTLE: TimeDelta = TimeDelta::seconds(3);

#[tokio::test]
async fn a_score_is_delivered_with_its_comment() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    app.enqueue(&amara, 62.5).await;
    assert_eq!(app.mark(0), None);
    app.deliver().await;
    assert_eq!(app.mark(0), Some((62.5, "Worth 62.5.".to_owned())));
    let rows = app.scores().await;
    assert_eq!((rows[0].state, rows[0].attempts), ("delivered", 1));
    assert_eq!(rows[0].delivered_at, Some(app.clock.now()));
    assert_eq!(app.seconds(), [app.clock.now()]);
    // Nothing is left to do.
    app.deliver_after(TimeDelta::hours(1)).await;
    assert_eq!(app.lms.score_log().len(), 1);
}

#[tokio::test]
async fn an_answer_that_was_lost_does_not_lead_to_a_second_score() {
    for lost_answer in [LostAnswer::Cut, LostAnswer::GatewayTimeout] {
        let app = TestApp::start().await;
        let amara = app.recipient(0).await;
        app.enqueue(&amara, 58.0).await;
        app.lms.set_faults(Faults {
            lost_answers: 1,
            lost_answer,
            ..Faults::default()
        });
        app.deliver().await;
        assert_eq!(app.score_states().await, [("pending", 1)]);
        assert!(app.mark(0).is_some(), "it arrived all the same");
        app.deliver_after(A_LITTLE).await;
        assert_eq!(app.score_states().await, [("delivered", 2)]);
        assert_eq!(app.lms.score_log().len(), 1, "{lost_answer:?}");
    }
}

#[tokio::test]
async fn a_score_whose_outcome_is_unknown_is_sent_again_where_it_never_arrived() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    app.enqueue(&amara, 58.0).await;
    // Every second request is refused before anything happens: the token comes, the score does not.
    app.lms.set_faults(Faults {
        error_share: 0.5,
        ..Faults::default()
    });
    app.deliver().await;
    assert_eq!(
        (app.score_states().await, app.mark(0)),
        (vec![("pending", 1)], None)
    );
    app.lms.set_faults(Faults::default());
    app.deliver_after(A_LITTLE).await;
    assert_eq!(app.score_states().await, [("delivered", 2)]);
    assert_eq!(app.mark(0), Some((58.0, "Worth 58.".to_owned())));
}

#[tokio::test]
async fn of_two_in_one_second_the_later_is_sent() {
    let app = TestApp::start().await;
    let (amara, tomasz) = (app.recipient(0).await, app.recipient(1).await);
    app.enqueue(&amara, 50.0).await;
    app.enqueue(&tomasz, 51.0).await;
    app.clock.advance(TimeDelta::milliseconds(400));
    app.enqueue(&amara, 55.0).await;
    app.deliver().await;
    assert_eq!(app.mark(0), Some((55.0, "Worth 55.".to_owned())));
    assert_eq!(app.mark(1), Some((51.0, "Worth 51.".to_owned())));
    assert_eq!(app.lms.score_log().len(), 2);
    let states: Vec<_> = app.scores().await.iter().map(|row| row.state).collect();
    assert_eq!(states, ["superseded", "delivered", "delivered"]);
}

#[tokio::test]
async fn each_score_of_a_column_carries_a_later_second() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    let begun = app.clock.now();
    app.enqueue(&amara, 40.0).await;
    app.deliver().await;
    for (given, sent) in [(50.0, 1), (60.0, 2)] {
        // Each comes within the second that the one before took, and waits for the next one: a
        // score from the future would block all others.
        app.enqueue(&amara, given).await;
        app.deliver_after(TimeDelta::milliseconds(900)).await;
        assert_eq!(app.lms.score_log().len(), sent);
        app.deliver_after(TimeDelta::milliseconds(100)).await;
        assert_eq!(app.lms.score_log().len(), sent + 1);
    }
    assert_eq!(app.score_states().await, [("delivered", 1); 3]);
    let seconds = app.seconds();
    assert!(seconds.is_sorted_by(|one, next| one < next), "{seconds:?}");
    assert!(seconds[0] == begun && *seconds.last().unwrap() <= app.clock.now());
    assert_eq!(app.mark(0).unwrap().0, 60.0);
    assert!(
        app.lms
            .score_log()
            .iter()
            .all(|record| record.status == 200)
    );
}

#[tokio::test]
async fn a_later_score_never_overtakes_one_that_waits() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    app.enqueue(&amara, 40.0).await;
    app.lms.set_faults(Faults {
        down: true,
        ..Faults::default()
    });
    // After several tries the next one is a while off.
    for _ in 0..5 {
        app.deliver_after(TimeDelta::minutes(1)).await;
    }
    app.enqueue(&amara, 60.0).await;
    app.lms.set_faults(Faults::default());
    app.deliver_after(TimeDelta::seconds(1)).await;
    assert_eq!(app.score_states().await[1], ("pending", 0));
    app.deliver_after(TimeDelta::minutes(2)).await;
    let given: Vec<_> = app
        .lms
        .score_log()
        .iter()
        .map(|record| serde_json::from_str::<serde_json::Value>(&record.body).unwrap())
        .map(|score| score["scoreGiven"].as_f64().unwrap())
        .collect();
    assert_eq!(given, [40.0, 60.0]);
    assert_eq!(app.mark(0).unwrap().0, 60.0);
}

#[tokio::test]
async fn two_replicas_send_each_score_once() {
    let app = TestApp::start().await;
    for number in 0..4 {
        let recipient = app.recipient(number).await;
        app.enqueue(&recipient, 50.0).await;
    }
    let replica = app.replica();
    let (one, other) = tokio::join!(app.bridge.deliver_due(), replica.deliver_due());
    one.unwrap();
    other.unwrap();
    assert_eq!(app.score_states().await, [("delivered", 1); 4]);
    assert_eq!(app.lms.score_log().len(), 4);
}
