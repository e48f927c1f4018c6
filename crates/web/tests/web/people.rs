//! Lists of people, submission reviews, and the way back to the course.

use axum::http::StatusCode;
use chrono::TimeDelta;
use mtl_demo_lms::{LaunchOrder, NewPerson, PersonId, Role};

use super::app::TestApp;
use super::browser::{Answer, Browser, parameter};
use super::marking::hand_in;

/// Has the list read by the button of a page.
pub(crate) async fn refresh(app: &TestApp, browser: &mut Browser, page: &Answer) -> Answer {
    app.clock.advance(TimeDelta::seconds(10));
    let fields = [("form_token", page.input("form_token"))];
    let answer = browser
        .post(&page.address("/cohort/refresh"), &fields)
        .await;
    browser.follow(answer).await
}

#[tokio::test]
async fn a_tutor_sees_everybody_and_who_has_not_started_yet() {
    let app = TestApp::start().await;
    hand_in(&app).await;
    let mut tutor = Browser::new(&app);
    let first = tutor.launch(&app, app.people.tutor, app.scenario()).await;
    assert!(
        first.says("The list of people is being read from your learning site."),
        "{}",
        first.body
    );
    let page = refresh(&app, &mut tutor, &first).await;
    assert!(page.says("The list of people is up to date."));
    assert!(
        page.says("4 participants in this course, 3 have not started yet; 1 submission waits"),
        "{}",
        page.body
    );
    assert!(page.says("Declan O'Neill") && page.says("Has not opened it yet"));
    assert!(page.says("List of people read from your learning site on"));

    // Who leaves is shown apart, with their work.
    app.lms.unenrol(app.people.course, app.participant());
    let page = refresh(&app, &mut tutor, &page).await;
    let (_, left) = page.body.split_once("No longer in the course").unwrap();
    assert!(left.contains("Amara Okafor") && left.contains("/submissions/"));
    assert!(page.says("3 participants in this course"));
}

#[tokio::test]
async fn a_long_list_is_looked_through_a_page_at_a_time() {
    let app = TestApp::start().await;
    for number in 0..60 {
        let person = NewPerson::named("Student", &format!("N{number:03}"));
        let person = app.lms.add_person(person);
        app.lms
            .enrol(app.people.course, person, Role::Participant)
            .unwrap();
    }
    let mut tutor = Browser::new(&app);
    let first = tutor.launch(&app, app.people.tutor, app.scenario()).await;
    let page = refresh(&app, &mut tutor, &first).await;
    assert!(page.says("1 to 50 of 64 people") && !page.says("Student N055"));
    let next = tutor.get(&page.address("/cohort?page=2")).await;
    assert!(next.says("51 to 64 of 64 people") && next.says("Student N055"));
    let base = first.path.trim_end_matches('/').to_owned();
    let found = tutor.get(&format!("{base}/cohort?q=n055")).await;
    assert!(found.says("Student N055") && !found.says("Student N054"));
    let none = tutor.get(&format!("{base}/cohort?show=waiting")).await;
    assert!(none.says("Nobody fits."));

    // Pairing keeps to the part of the list that was looked at, and offers coaches before others.
    let pairing = tutor.get(&format!("{base}/pairing?q=n055")).await;
    assert!(pairing.says("Has not opened MTL Bridge yet; can be paired already."));
    assert!(!pairing.body.contains(">Student N001</option>"));
    let more = tutor
        .get(&format!("{base}/pairing?q=n055&other=n001"))
        .await;
    let options = more.body.split("<option value=\"");
    let coach = options
        .into_iter()
        .find(|option| option.contains("Student N001"))
        .unwrap();
    let fields = [
        ("form_token", more.input("form_token")),
        ("participant", more.input("participant")),
        ("back", more.input("back")),
        ("coach", coach[..coach.find('"').unwrap()].to_owned()),
    ];
    let paired = tutor.post(&format!("{base}/pairing"), &fields).await;
    let page = tutor.follow(paired).await;
    assert!(page.says("Paired.") && page.says("Unpair") && !page.says("Student N054"));
}

#[tokio::test]
async fn a_participant_may_not_have_the_list_read() {
    let app = TestApp::start().await;
    let mut amara = Browser::new(&app);
    let page = amara.launch(&app, app.participant(), app.scenario()).await;
    let base = page.path.trim_end_matches('/').to_owned();
    let fields = [("form_token", page.input("form_token"))];
    let refused = amara.post(&format!("{base}/cohort/refresh"), &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

/// Opens the review of somebody's work on the scenario.
async fn review(app: &TestApp, reviewer: PersonId, of: PersonId) -> Answer {
    let mut browser = Browser::new(app);
    let authorisation = browser.login(app, reviewer, app.scenario()).await;
    let mut order = LaunchOrder::new(reviewer, app.scenario(), parameter(&authorisation, "nonce"));
    order.for_user = Some(of);
    let token = app.lms.issue_launch(&order).unwrap();
    let state = parameter(&authorisation, "state");
    let answer = browser
        .post_from_elsewhere("/lti/launch", &[("id_token", &token), ("state", &state)])
        .await;
    browser.follow(answer).await
}

#[tokio::test]
async fn a_review_leads_straight_to_the_work_or_says_why_not() {
    let app = TestApp::start().await;
    hand_in(&app).await;
    let people = &app.people;
    let amara = app.participant();
    for reviewer in [people.tutor, people.coach] {
        let page = review(&app, reviewer, amara).await;
        assert!(page.path.contains("/submissions/"), "{}", page.path);
        assert!(page.says("About question.") && page.says("Amara Okafor"));
    }
    let own = review(&app, amara, amara).await;
    assert!(own.says("The work is frozen") && own.says("About question."));

    for stranger in [people.second_coach, people.participants[1]] {
        let page = review(&app, stranger, amara).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.says("This work is not yours to see") && !page.says("Amara Okafor"));
    }
    let unknown = review(&app, people.tutor, people.participants[3]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.says("MTL Bridge does not know this person"));
    let mut tomasz = Browser::new(&app);
    tomasz
        .launch(&app, people.participants[1], app.scenario())
        .await;
    let nothing = review(&app, people.tutor, people.participants[1]).await;
    assert_eq!(nothing.status, StatusCode::OK);
    assert!(
        nothing.says("Tomasz Nowak has not handed in"),
        "{}",
        nothing.body
    );
    assert!(nothing.says("There is a draft, which only its author sees"));
    assert!(nothing.says("Back to your course"));
}

#[tokio::test]
async fn the_course_is_told_that_work_was_handed_in() {
    let app = TestApp::start().await;
    let page = hand_in(&app).await;
    assert!(page.body.contains("lti_msg=Your+work+was+handed+in."));
    assert!(page.body.contains("lti_log=submitted"));
    let mut amara = Browser::new(&app);
    let again = amara.launch(&app, app.participant(), app.scenario()).await;
    assert!(again.says("Back to your course") && !again.body.contains("lti_msg"));
    let base = again.path.trim_end_matches('/').to_owned();
    let home = amara.get(&format!("{base}/home")).await;
    assert!(home.says("Back to your course"));
    assert!(home.body.contains("rel=\"noreferrer\""));
}
