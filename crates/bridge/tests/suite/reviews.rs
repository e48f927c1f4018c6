//! Submission reviews: what the platform's message leads to, for whom.

use mtl_bridge_core::launch::LaunchDetails;
use mtl_bridge_core::marking::Review;
use mtl_demo_lms::PersonId;

use super::app::TestApp;
use super::work::hand_in;

/// Where somebody is led who reviews somebody's work on the first link.
async fn review(app: &TestApp, reviewer: PersonId, of: PersonId) -> Review {
    let visit = app.visit_for(reviewer, app.people.links[0], Some(of)).await;
    let Some(LaunchDetails::SubmissionReview { user_id }) = &visit.details else {
        panic!("{:?}", visit.details);
    };
    app.bridge.find_review(&visit, user_id).await.unwrap()
}

#[tokio::test]
async fn a_review_opens_the_newest_work_for_those_who_may_see_it() {
    let app = TestApp::start().await;
    let [amara, tomasz, sian, _] = app.people.participants[..] else {
        panic!("four participants");
    };
    let visit = app.visit(amara, app.people.links[0]).await;
    let attempt = hand_in(&app, &visit).await;
    // Another activity of hers does not count.
    let second = app.visit(amara, app.people.links[1]).await;
    hand_in(&app, &second).await;
    let submission = Review::Submission(attempt);
    let (tutor, coach) = (app.people.tutor, app.people.coach);
    assert_eq!(review(&app, tutor, amara).await, submission);
    assert_eq!(review(&app, app.people.lead, amara).await, submission);
    assert_eq!(review(&app, coach, amara).await, submission);
    assert_eq!(review(&app, amara, amara).await, Review::Own);
    for stranger in [app.people.second_coach, tomasz] {
        assert_eq!(review(&app, stranger, amara).await, Review::NotYours);
    }

    // Siân has begun and not handed in; Declan was never seen.
    let visit = app.visit(sian, app.people.links[0]).await;
    let activity = visit.activity.clone().unwrap();
    app.bridge.open_work(&visit, &activity).await.unwrap();
    let Review::Nothing {
        participant,
        has_begun,
    } = review(&app, tutor, sian).await
    else {
        panic!("nothing was handed in");
    };
    assert_eq!(
        (participant.name.as_str(), has_begun),
        ("Siân Pritchard", true)
    );
    let declan = app.people.participants[3];
    assert_eq!(review(&app, tutor, declan).await, Review::UnknownPerson);
    assert_eq!(
        review(&app, tutor, PersonId(999)).await,
        Review::UnknownPerson
    );
}
