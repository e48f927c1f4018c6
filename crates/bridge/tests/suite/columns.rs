//! The columns of modules: found where they are, made once where they are not.

use chrono::TimeDelta;
use mtl_bridge_core::marking::MODULE_TAG;
use mtl_demo_lms::LineItem;
use mtl_store::outbox::{RetryOutcome, ScoreTarget};
use mtl_store::work::Recipient;

use super::app::TestApp;

fn module_column(recipient: &Recipient) -> ScoreTarget {
    ScoreTarget::Column {
        lineitems_url: recipient.lineitems_url.clone().unwrap(),
        resource_id: "looking-closely".to_owned(),
        tag: MODULE_TAG.to_owned(),
        label: "Looking closely".to_owned(),
        score_maximum: 10_000,
    }
}

fn columns(app: &TestApp) -> Vec<LineItem> {
    let mut items = app.lms.line_items(app.people.course);
    items.retain(|item| item.tag == MODULE_TAG);
    items
}

#[tokio::test]
async fn a_modules_column_is_made_once_for_everybody() {
    let app = TestApp::start().await;
    for number in 0..4 {
        let recipient = app.recipient(number).await;
        let target = module_column(&recipient.1);
        app.enqueue_for(&recipient, target, 60.0).await;
    }
    app.deliver().await;
    assert_eq!(app.score_states().await, [("delivered", 1); 4]);
    let made = columns(&app);
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(
        (made[0].resource_id.as_str(), made[0].label.as_str()),
        ("looking-closely", "Looking closely")
    );
    assert_eq!((made[0].maximum, made[0].link), (100.0, None));

    // A replica that has never seen it finds it.
    let amara = app.recipient(0).await;
    app.clock.advance(TimeDelta::seconds(5));
    app.enqueue_for(&amara, module_column(&amara.1), 64.0).await;
    app.replica().deliver_due().await.unwrap();
    assert_eq!(columns(&app), made);
    let grades = app.grades(app.people.participants[0]);
    let grade = grades[0].grade.as_ref().unwrap();
    assert_eq!((grades[0].item, grade.mark), (made[0].id, Some(64.0)));
}

#[tokio::test]
async fn a_modules_column_that_was_deleted_is_made_again_on_demand() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    app.enqueue_for(&amara, module_column(&amara.1), 60.0).await;
    app.deliver().await;
    let made = columns(&app);
    app.lms.delete_line_item(made[0].id);
    app.clock.advance(TimeDelta::seconds(5));
    app.enqueue_for(&amara, module_column(&amara.1), 64.0).await;
    app.deliver().await;
    // Somebody deleted it, so somebody is asked before it comes back.
    let row = &app.scores().await[1];
    assert_eq!(row.state, "dead");
    assert!(columns(&app).is_empty());
    let outcome = app
        .bridge
        .retry_delivery(app.institution, row.id)
        .await
        .unwrap();
    assert_eq!(outcome, RetryOutcome::Pending);
    app.deliver().await;
    let again = columns(&app);
    assert!(again.len() == 1 && again[0].id != made[0].id);
    let grades = app.grades(app.people.participants[0]);
    assert_eq!(grades[0].grade.as_ref().unwrap().mark, Some(64.0));
}
