//! The platform's list of a course, read from the demonstration LMS.

use chrono::TimeDelta;
use mtl_bridge_core::marking::CohortPerson;
use mtl_bridge_core::roster::RosterProblem;
use mtl_bridge_core::{Standing, Visit};
use mtl_demo_lms::{Faults, NewPerson, Role};

use super::app::TestApp;
use super::work::hand_in;

async fn cohort(app: &TestApp, visit: &Visit) -> Vec<CohortPerson> {
    app.bridge.load_cohort(visit).await.unwrap().people
}

fn names(people: &[CohortPerson]) -> Vec<&str> {
    people
        .iter()
        .map(|person| person.person.name.as_str())
        .collect()
}

/// Has the list read as the button does, a little later than the last time.
async fn refresh(app: &TestApp, visit: &Visit) {
    app.clock.advance(TimeDelta::seconds(10));
    let roster = app.bridge.refresh_roster(visit).await.unwrap();
    assert_eq!((roster.problem, roster.is_being_read), (None, false));
    assert_eq!(roster.read_at, Some(app.clock.now()));
}

#[tokio::test]
async fn everybody_is_in_the_cohort_before_they_come_and_once_after() {
    let app = TestApp::start().await;
    let tutor = app.visit(app.people.tutor, app.people.links[0]).await;
    assert!(cohort(&app, &tutor).await.is_empty());
    refresh(&app, &tutor).await;
    let before = cohort(&app, &tutor).await;
    let expected = [
        "Amara Okafor",
        "Declan O'Neill",
        "Siân Pritchard",
        "Tomasz Nowak",
    ];
    assert_eq!(names(&before), expected);
    assert!(before.iter().all(|person| !person.has_opened));

    let amara = app
        .visit(app.people.participants[0], app.people.links[0])
        .await;
    let after = cohort(&app, &tutor).await;
    assert_eq!(names(&after), expected);
    assert_eq!(after[0].person.id, amara.person);
    assert!(after[0].has_opened && !after[1].has_opened);
}

#[tokio::test]
async fn who_left_is_shown_apart_with_their_work() {
    let app = TestApp::start().await;
    let link = app.people.links[0];
    let tutor = app.visit(app.people.tutor, link).await;
    let amara = app.visit(app.people.participants[0], link).await;
    let attempt = hand_in(&app, &amara).await;
    refresh(&app, &tutor).await;
    for gone in [0, 1] {
        app.lms
            .unenrol(app.people.course, app.people.participants[gone]);
    }
    refresh(&app, &tutor).await;
    let people = cohort(&app, &tutor).await;
    // Tomasz never began anything: there is nothing to keep.
    assert_eq!(
        names(&people),
        ["Amara Okafor", "Declan O'Neill", "Siân Pritchard"]
    );
    assert!(people[0].has_left && !people[1].has_left);
    assert_eq!(people[0].activities[0].attempt, attempt);
    app.bridge.load_submission(&tutor, attempt).await.unwrap();
    let pairing = app.bridge.load_pairing(&tutor).await.unwrap();
    assert_eq!(pairing.participants.len(), 2);

    // Enrolled once more, they are back.
    let person = app.people.participants[0];
    app.lms
        .enrol(app.people.course, person, Role::Participant)
        .unwrap();
    refresh(&app, &tutor).await;
    assert!(cohort(&app, &tutor).await.iter().all(|one| !one.has_left));
}

#[tokio::test]
async fn a_teaching_assistant_of_moodle_is_no_participant() {
    let app = TestApp::start().await;
    let link = app.people.links[0];
    let assistant = app.lms.add_person(NewPerson::named("Tariq", "Aziz"));
    app.lms
        .enrol(app.people.course, assistant, Role::TeachingAssistant)
        .unwrap();
    let visit = app.visit(assistant, link).await;
    assert!(visit.standing.tutor);
    refresh(&app, &visit).await;
    let people = cohort(&app, &visit).await;
    assert!(!names(&people).contains(&"Tariq Aziz"));
    let pairing = app.bridge.load_pairing(&visit).await.unwrap();
    assert!(
        pairing
            .coaches
            .iter()
            .any(|coach| coach.name == "Tariq Aziz")
    );
}

#[tokio::test]
async fn people_are_paired_before_they_first_come() {
    let app = TestApp::start().await;
    let link = app.people.links[0];
    let tutor = app.visit(app.people.tutor, link).await;
    refresh(&app, &tutor).await;
    let pairing = app.bridge.load_pairing(&tutor).await.unwrap();
    let id_of = |name: &str| {
        let mut all = pairing
            .participants
            .iter()
            .map(|participant| &participant.person)
            .chain(&pairing.coaches)
            .chain(&pairing.others);
        all.find(|person| person.name == name).unwrap().id
    };
    let (amara, sian) = (id_of("Amara Okafor"), id_of("Siân Pritchard"));
    // Siân coaches Amara, and goes on as a participant herself.
    app.bridge.pair(&tutor, amara, sian).await.unwrap();
    app.bridge
        .pair(&tutor, sian, id_of("Helen Marsh"))
        .await
        .unwrap();
    let sian_visit = app.visit(app.people.participants[2], link).await;
    assert_eq!(sian_visit.person, sian);
    let both = Standing {
        participant: true,
        coach: true,
        ..Standing::default()
    };
    assert_eq!(sian_visit.standing, both);
    assert_eq!(names(&cohort(&app, &sian_visit).await), ["Amara Okafor"]);
    hand_in(&app, &sian_visit).await;
    // Helen is named by the platform for two others; what the tutor made stays beside that.
    let helen = app.visit(app.people.coach, link).await;
    let theirs = cohort(&app, &helen).await;
    assert_eq!(
        names(&theirs),
        ["Amara Okafor", "Siân Pritchard", "Tomasz Nowak"]
    );
}

#[tokio::test]
async fn a_mentor_claim_that_names_nobody_ends_what_claims_began() {
    let app = TestApp::start().await;
    let link = app.people.links[0];
    let tutor = app.visit(app.people.tutor, link).await;
    let coach = app.people.coach;
    let helen = app.visit(coach, link).await;
    // Whom the platform names need not have been seen.
    assert_eq!(cohort(&app, &helen).await.len(), 2);
    let first = app.visit(app.people.participants[0], link).await.person;
    app.bridge
        .unpair(&tutor, first, helen.person)
        .await
        .unwrap();
    app.bridge.pair(&tutor, first, helen.person).await.unwrap();
    let names_nobody = Role::Coach {
        participants: [].into(),
    };
    app.lms
        .enrol(app.people.course, coach, names_nobody)
        .unwrap();
    let helen = app.visit(coach, link).await;
    assert_eq!(names(&cohort(&app, &helen).await), ["Amara Okafor"]);
}

#[tokio::test]
async fn a_platform_that_does_not_answer_leaves_what_is_known() {
    let app = TestApp::start().await;
    let tutor = app.visit(app.people.tutor, app.people.links[0]).await;
    refresh(&app, &tutor).await;
    let read_at = app.clock.now();
    app.lms.set_faults(Faults {
        down: true,
        ..Faults::default()
    });
    app.clock.advance(TimeDelta::seconds(10));
    let roster = app.bridge.refresh_roster(&tutor).await.unwrap();
    assert_eq!(roster.problem, Some(RosterProblem::Unreachable));
    assert_eq!(roster.read_at, Some(read_at));
    assert_eq!(cohort(&app, &tutor).await.len(), 4);
    app.lms.set_faults(Faults::default());
    refresh(&app, &tutor).await;
}

#[tokio::test]
async fn a_service_that_an_administrator_took_away_is_said_in_words() {
    let app = TestApp::start().await;
    let tutor = app.visit(app.people.tutor, app.people.links[0]).await;
    app.lms.set_faults(Faults {
        dropped_scopes: [mtl_lti::nrps::SCOPE_MEMBERSHIP_READ.to_owned()].into(),
        ..Faults::default()
    });
    app.clock.advance(TimeDelta::seconds(10));
    let roster = app.bridge.refresh_roster(&tutor).await.unwrap();
    let problem = roster.problem.unwrap();
    assert_eq!(problem, RosterProblem::NotAllowed);
    assert!(problem.words().contains("Names and Role Provisioning"));
    // The cohort is who came, as without any list.
    app.visit(app.people.participants[0], app.people.links[0])
        .await;
    assert_eq!(names(&cohort(&app, &tutor).await), ["Amara Okafor"]);
}

#[tokio::test]
async fn the_page_and_the_worker_have_an_old_list_read() {
    let app = TestApp::start().await;
    let tutor = app.visit(app.people.tutor, app.people.links[0]).await;
    let participant = app
        .visit(app.people.participants[0], app.people.links[0])
        .await;
    assert!(app.bridge.load_roster(&participant).await.is_err());
    app.bridge.read_due_rosters().await.unwrap();
    let read_at = app.clock.now();
    let roster = app.bridge.load_roster(&tutor).await.unwrap();
    assert_eq!(
        (roster.read_at, roster.is_being_read),
        (Some(read_at), false)
    );
    // Ten minutes later whoever opens the page has it read behind the page's back, once.
    app.clock.advance(TimeDelta::minutes(10));
    assert!(app.bridge.load_roster(&tutor).await.unwrap().is_being_read);
    // Six hours later the worker does.
    app.clock.advance(TimeDelta::hours(6));
    app.bridge.read_due_rosters().await.unwrap();
    let roster = app.bridge.load_roster(&tutor).await.unwrap();
    assert_eq!(roster.read_at, Some(app.clock.now()));
    assert_eq!(roster.problem, None);
}
