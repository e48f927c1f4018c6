//! The columns of modules: found where they are, made once where they are not.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use mtl_bridge_core::marking::MODULE_TAG;
use mtl_demo_lms::{LineItem, LinkId, LinkSeed};
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
        link: None,
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
async fn a_modules_column_that_was_deleted_is_made_again_and_takes_the_mark() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    app.enqueue_for(&amara, module_column(&amara.1), 60.0).await;
    app.deliver().await;
    let made = columns(&app);
    for given in [64.0, 68.0] {
        app.lms.delete_line_item(columns(&app)[0].id);
        app.clock.advance(TimeDelta::seconds(5));
        app.enqueue_for(&amara, module_column(&amara.1), given)
            .await;
        app.deliver().await;
        let again = columns(&app);
        assert!(again.len() == 1 && again[0].id != made[0].id, "{again:?}");
        let grades = app.grades(app.people.participants[0]);
        assert_eq!(grades[0].grade.as_ref().unwrap().mark, Some(given));
    }
    assert_eq!(app.score_states().await, [("delivered", 1); 3]);
}

#[tokio::test]
async fn a_column_whose_confirmation_was_lost_is_not_made_twice() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    app.lost_columns.store(1, Ordering::SeqCst);
    app.enqueue_for(&amara, module_column(&amara.1), 60.0).await;
    app.deliver().await;
    assert_eq!(app.score_states().await, [("pending", 1)]);
    // Neither this worker nor another makes it again before it is known what became of it.
    app.clock.advance(TimeDelta::seconds(10));
    app.replica().deliver_due().await.unwrap();
    app.deliver_after(TimeDelta::seconds(10)).await;
    assert_eq!(columns(&app).len(), 1);
    app.deliver_after(TimeDelta::minutes(1)).await;
    assert_eq!(columns(&app).len(), 1);
    let grades = app.grades(app.people.participants[0]);
    assert_eq!(grades[0].grade.as_ref().unwrap().mark, Some(60.0));
}

#[tokio::test]
async fn two_replicas_make_one_column_for_two_hundred_marks() {
    let app = TestApp::start().await;
    let amara = app.recipient(0).await;
    for number in 0..200 {
        let mut other = amara.clone();
        other.1.subject = app.people.participants[number % 4].to_string();
        let mut visit = (*other.0).clone();
        visit.person = mtl_programme::PersonId(uuid::Uuid::new_v4());
        other.0 = visit.into();
        app.enqueue_for(&other, module_column(&amara.1), 60.0).await;
    }
    let replicas: Vec<_> = (0..4).map(|_| app.replica()).collect();
    for _ in 0..5 {
        let mut working = tokio::task::JoinSet::new();
        for replica in replicas.clone() {
            working.spawn(async move { replica.deliver_due().await.unwrap() });
        }
        working.join_all().await;
        app.clock.advance(TimeDelta::seconds(5));
    }
    assert_eq!(columns(&app).len(), 1);
}

/// A link that a teacher placed without letting it be graded.
fn add_link(app: &TestApp) -> LinkId {
    let launch = "http://localhost:8080/lti/launch".parse().unwrap();
    let seed = LinkSeed::new("Ungraded", launch).with_custom("mtl_activity", "mtl/first-question");
    app.lms.add_link(app.people.course, seed).unwrap()
}

fn columns_of(app: &TestApp, link: LinkId) -> Vec<LineItem> {
    let mut items = app.lms.line_items(app.people.course);
    items.retain(|item| item.link == Some(link));
    items
}

#[tokio::test]
async fn a_link_without_a_column_gets_one_when_it_is_first_opened() {
    let app = TestApp::start().await;
    let link = add_link(&app);
    for person in &app.people.participants {
        app.visit(*person, link).await;
    }
    let replica = app.replica();
    let (one, other) = tokio::join!(app.bridge.deliver_due(), replica.deliver_due());
    one.unwrap();
    other.unwrap();
    let made = columns_of(&app, link);
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(
        (made[0].label.as_str(), made[0].resource_id.as_str()),
        ("Ungraded", "mtl/first-question")
    );
    // It stays the one, also where a launch still does not name it.
    app.visit(app.people.tutor, link).await;
    app.deliver_after(TimeDelta::hours(2)).await;
    assert_eq!(columns_of(&app, link), made);
}

#[tokio::test]
async fn a_link_whose_column_a_teacher_made_again_takes_the_mark() {
    let app = TestApp::start().await;
    let (link, amara) = (app.people.links[0], app.recipient(0).await);
    let items = app.lms.line_items(app.people.course);
    let first = items.iter().find(|item| item.link == Some(link)).unwrap();
    app.lms.delete_line_item(first.id);
    app.enqueue(&amara, 58.0).await;
    app.deliver().await;
    let row = &app.scores().await[0];
    assert_eq!(row.state, "dead");
    // The link's next launch says that it has no column, so it gets one; the letter finds it.
    app.visit(app.people.tutor, link).await;
    app.deliver().await;
    app.visit(app.people.tutor, link).await;
    let retry = app.bridge.retry_delivery(app.institution, row.id).await;
    assert_eq!(retry.unwrap(), RetryOutcome::Pending);
    app.deliver().await;
    assert_eq!(app.mark(0), Some((58.0, "Worth 58.".to_owned())));
}
