//! Marks that could not be sent, for the tutors of their course.

use mtl_bridge_core::marking::{DeliveryState, MarkingError, SentAgain, WhichUnsent};
use mtl_demo_lms::Faults;
use serde_json::json;
use uuid::Uuid;

use super::app::TestApp;
use super::work::{Handed, MODULE, PROGRAMME, policy};

/// A released module whose marks the platform refuses, since the participant is no student there.
async fn refused(app: &TestApp) -> Handed {
    let handed = Handed::start(app).await;
    app.bridge
        .install_policy(app.institution, policy("hostile", json!({})))
        .await
        .unwrap();
    handed.judge(app, 0, 6_200).await;
    handed.judge(app, 1, 6_700).await;
    handed.release(app).await;
    app.lms.set_faults(Faults {
        ungradable: [app.people.participants[0]].into(),
        ..Faults::default()
    });
    app.deliver().await;
    handed
}

#[tokio::test]
async fn a_tutor_reads_which_marks_could_not_be_sent_and_sends_them_again() {
    let app = TestApp::start().await;
    let handed = refused(&app).await;
    let tutor = &handed.tutor;
    let unsent = app.bridge.list_unsent_marks(tutor).await.unwrap();
    assert_eq!(unsent.len(), 3, "{unsent:?}");
    for mark in &unsent {
        assert_eq!(mark.person.name, "Amara Okafor");
        assert!(mark.reason.contains("Enrol them as a student"), "{mark:?}");
        let module = (PROGRAMME.to_owned(), MODULE.to_owned());
        assert_eq!(mark.module, Some(module));
    }
    let of = |title: &str| {
        unsent
            .iter()
            .find(|mark| mark.column.contains(title))
            .unwrap()
    };
    assert_eq!(of("A question from practice").given, 62.0);
    assert_eq!(of("Looking closely").given, 65.0);
    for delivery in handed.record(&app).await.deliveries {
        let DeliveryState::Dead { again, .. } = delivery.state else {
            panic!("{delivery:?}");
        };
        assert!(unsent.iter().any(|mark| Some(mark.delivery) == again));
    }

    // One of them, by a double click, once she is a student again.
    app.lms.set_faults(Faults::default());
    let one = WhichUnsent::One(of("A question from practice").delivery);
    let sent = SentAgain {
        under_way: 1,
        outdated: 0,
    };
    for _ in 0..2 {
        let again = app.bridge.send_marks_again(tutor, one).await.unwrap();
        assert_eq!(again, sent);
    }
    app.deliver().await;
    assert_eq!(app.mark(0).unwrap().0, 62.0);
    assert_eq!(app.bridge.send_marks_again(tutor, one).await.unwrap(), sent);
    app.deliver().await;
    let tries = app.lms.score_log().len();
    assert_eq!(tries, 4, "three were refused, one was sent again");

    // And the others.
    let all = app.bridge.send_marks_again(tutor, WhichUnsent::All).await;
    assert_eq!(all.unwrap().under_way, 2);
    app.deliver().await;
    assert!(
        app.bridge
            .list_unsent_marks(tutor)
            .await
            .unwrap()
            .is_empty()
    );
    for delivery in handed.record(&app).await.deliveries {
        let is_delivered = matches!(delivery.state, DeliveryState::Delivered(_));
        assert!(is_delivered, "{delivery:?}");
    }
    let trail = app.bridge.store().list_audit(app.institution, None, 100);
    let retried = trail.await.unwrap();
    let retried: Vec<_> = retried
        .iter()
        .filter(|row| row.action == "delivery.retried")
        .collect();
    assert_eq!(retried.len(), 3);
    assert!(retried.iter().all(|row| row.actor == Some(tutor.person)));
}

#[tokio::test]
async fn only_those_who_teach_the_course_send_its_marks_again() {
    let app = TestApp::start().await;
    let handed = refused(&app).await;
    let delivery = app.bridge.list_unsent_marks(&handed.tutor).await.unwrap()[0].delivery;
    let link = app.people.links[0];
    let coach = app.visit(app.people.coach, link).await;
    for visit in [&handed.participant, &coach] {
        let listed = app.bridge.list_unsent_marks(visit).await;
        assert!(matches!(listed, Err(MarkingError::NotAllowed)));
        for which in [WhichUnsent::All, WhichUnsent::One(delivery)] {
            let sent = app.bridge.send_marks_again(visit, which).await;
            assert!(matches!(sent, Err(MarkingError::NotAllowed)), "{sent:?}");
        }
    }
    let stranger = WhichUnsent::One(Uuid::from_u128(1));
    let sent = app.bridge.send_marks_again(&handed.tutor, stranger).await;
    assert!(matches!(sent, Err(MarkingError::NotFound)), "{sent:?}");
    // The lead may.
    let lead = app.visit(app.people.lead, link).await;
    let sent = app.bridge.send_marks_again(&lead, WhichUnsent::All).await;
    assert_eq!(sent.unwrap().under_way, 3);
}
