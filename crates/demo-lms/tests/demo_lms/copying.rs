//! A course copied for the next cohort.

use mtl_demo_lms::{LaunchOrder, NewCourse, NewPerson, Role};
use serde_json::json;

use crate::{
    launching::claims,
    platform::{ALL_SCOPES, LEARNER, Platform, TEACHER, activity},
};

fn next_cohort() -> NewCourse {
    NewCourse {
        label: "LTI102".to_owned(),
        title: "The next cohort".to_owned(),
    }
}

#[tokio::test]
async fn a_copied_course_has_the_activities_under_new_numbers_and_no_participants() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    let column = json!({"label": "Module", "scoreMaximum": 100, "resourceId": "m", "tag": "t"});
    platform.create_column(&token, &column).await;
    let copy = platform
        .lms
        .copy_course(platform.course, next_cohort())
        .unwrap();
    assert_ne!(copy.links[&platform.link], platform.link);
    let links = platform.lms.links(copy.course);
    assert_eq!(
        links[0].custom,
        platform.lms.links(platform.course)[0].custom
    );
    let columns = platform.lms.line_items(copy.course);
    assert_eq!(columns.len(), 2);
    assert_eq!(columns[0].link, Some(links[0].id));
    assert_eq!(
        (columns[1].resource_id.as_str(), columns[1].tag.as_str()),
        ("m", "t")
    );
    assert!(platform.lms.gradebook(copy.course).is_empty());
    let order = LaunchOrder::new(LEARNER, links[0].id, "n");
    assert!(platform.lms.issue_launch(&order).is_err());
}

#[tokio::test]
async fn a_copied_link_says_from_which_course_it_came() {
    let platform = Platform::new();
    let seed = activity("Remembers").with_custom("history", "$Context.id.history");
    let link = platform.lms.add_link(platform.course, seed).unwrap();
    let first = platform
        .lms
        .copy_course(platform.course, next_cohort())
        .unwrap();
    let second = platform
        .lms
        .copy_course(first.course, next_cohort())
        .unwrap();
    let learner = platform.lms.add_person(NewPerson::named("New", "Learner"));
    platform
        .lms
        .enrol(second.course, learner, Role::Participant)
        .unwrap();
    let link = second.links[&first.links[&link]];
    let order = LaunchOrder::new(learner, link, "n");
    let claims = claims(&platform.lms.issue_launch(&order).unwrap());
    let custom = &claims["https://purl.imsglobal.org/spec/lti/claim/custom"];
    assert_eq!(
        custom["history"],
        format!("{},{}", first.course, platform.course)
    );
}

#[tokio::test]
async fn a_teacher_copies_the_course_on_its_page() {
    let platform = Platform::new();
    let cookie = platform.cookie(TEACHER);
    let page = platform.get("/course/2", &cookie).await;
    let key = page.field("sesskey").unwrap();
    let form = [
        ("label", "C"),
        ("title", "Copied"),
        ("sesskey", key.as_str()),
    ];
    let answer = platform.post_form("/course/2/copy", &cookie, &form).await;
    assert_eq!(answer.header("location").as_deref(), Some("/course/3"));
    let copy = platform.get("/course/3", &cookie).await;
    assert!(copy.body.contains("Copied") && copy.body.contains("Lab activity A"));
    let learner = platform.cookie(LEARNER);
    let answer = platform.post_form("/course/2/copy", &learner, &form).await;
    assert_eq!(answer.status, 404);
}
