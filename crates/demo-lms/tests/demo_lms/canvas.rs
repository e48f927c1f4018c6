//! The Canvas flavour: launches, pickers, copies, and one issuer for everybody.

use axum::http::StatusCode;
use mtl_demo_lms::{Flavour, LaunchOrder, NewCourse, NewPerson, PersonId, Placement, Role, ToolId};
use mtl_lti::{
    Expectation, KeySet, KnownDeployments, SigningAlgorithm, UnverifiedIdToken, VerifiedLaunch,
    url_rules::ToolUrl, verify_launch,
};
use serde_json::{Value, json};

use crate::{
    launching::claims,
    platform::{Answer, CLIENT_ID, LEARNER, Platform, TEACHER, activity, registration, tool_key},
};

const ISSUER: &str = "https://canvas.instructure.com";
const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";
const DL: &str = "https://purl.imsglobal.org/spec/lti-dl/claim/";
const TARGET: &str = "http://127.0.0.1:9001/launch";

pub(crate) fn canvas() -> Platform {
    Platform::of(Flavour::Canvas)
}

/// Authorises what a page began.
async fn authorise(platform: &Platform, login: &Answer, cookie: &str, redirect: &str) -> Answer {
    let field = |name| login.field(name).unwrap();
    let fields = [
        ("scope", "openid"),
        ("response_type", "id_token"),
        ("response_mode", "form_post"),
        ("prompt", "none"),
        ("client_id", &field("client_id")),
        ("redirect_uri", redirect),
        ("login_hint", &field("login_hint")),
        ("lti_message_hint", &field("lti_message_hint")),
        ("nonce", "n-1"),
        ("state", "st<>1"),
    ];
    let path = "/api/lti/authorize_redirect";
    platform.post_form(path, cookie, &fields).await
}

fn verify(platform: &Platform, token: &str, client_id: &str, deployment: &str) -> VerifiedLaunch {
    let keys = serde_json::to_vec(&platform.lms.jwks()).unwrap();
    let tool_url = ToolUrl::parse("http://127.0.0.1:9001/").unwrap();
    let deployments = [deployment.to_owned()];
    verify_launch(
        UnverifiedIdToken::parse(token).unwrap(),
        &KeySet::parse(&keys).unwrap(),
        &Expectation {
            issuer: ISSUER,
            client_id,
            nonce: "n-1",
            deployments: KnownDeployments::Listed(&deployments),
            tool_url: &tool_url,
            algorithms: SigningAlgorithm::DEFAULT,
            now: platform.clock.now(),
            leeway: Expectation::LEEWAY,
            longest_launch: Expectation::LONGEST_LAUNCH,
        },
    )
    .unwrap()
}

#[tokio::test]
async fn a_launch_says_where_to_keep_things_and_names_everybody_opaquely() {
    let platform = canvas();
    let cookie = platform.cookie(LEARNER);
    let page = platform.get("/activity/1", &cookie).await;
    assert!(page.body.contains("name=\"post_message_forwarding\""));
    let frame = page.attribute("iframe class=\"tool\" src").unwrap();
    let login = platform.get(&frame, &cookie).await;
    let field = |name| login.field(name);
    assert_eq!(field("iss").as_deref(), Some(ISSUER));
    assert_eq!(field("deployment_id").as_deref(), Some("1"));
    assert_eq!(field("lti_deployment_id"), None);
    assert_eq!(
        field("lti_storage_target").as_deref(),
        Some("post_message_forwarding")
    );
    let subject = platform.lms.subject_of(LEARNER);
    assert_eq!(subject.len(), 36);
    assert_eq!(field("login_hint"), Some(subject.clone()));

    let answer = authorise(&platform, &login, &cookie, TARGET).await;
    assert_eq!(answer.field("state").as_deref(), Some("st<>1"));
    let launch = verify(
        &platform,
        &answer.field("id_token").unwrap(),
        CLIENT_ID,
        "1",
    );
    assert_eq!(launch.subject(), subject);
    let item = launch.ags().unwrap().lineitem.as_ref().unwrap().to_string();
    assert!(item.ends_with("/api/lti/courses/2/line_items/2"), "{item}");

    let again = authorise(&platform, &login, &cookie, TARGET).await;
    assert_eq!(
        again.field("error").as_deref(),
        Some("launch_no_longer_valid")
    );
}

#[tokio::test]
async fn one_issuer_has_several_clients_and_a_client_several_deployments() {
    let platform = canvas();
    let mut another = registration();
    "another".clone_into(&mut another.client_id);
    let another = platform.lms.register_tool(another);
    let mut deployed_again = registration();
    "2:course".clone_into(&mut deployed_again.deployment_id);
    let deployed_again = platform.lms.register_tool(deployed_again);
    assert_eq!((another, deployed_again), (ToolId(2), ToolId(3)));
    for (tool, client, deployment) in [
        (another, "another", "1"),
        (deployed_again, CLIENT_ID, "2:course"),
    ] {
        let link = platform
            .lms
            .add_link_of(tool, platform.course, activity("Its own"))
            .unwrap();
        let token = platform
            .lms
            .issue_launch(&LaunchOrder::new(LEARNER, link, "n-1"));
        verify(&platform, &token.unwrap(), client, deployment);
    }
}

#[tokio::test]
async fn a_browser_without_a_session_sends_the_tool_an_error() {
    let platform = canvas();
    let cookie = platform.cookie(LEARNER);
    let login = platform.get("/external_tools/retrieve?id=2", &cookie).await;
    let answer = authorise(&platform, &login, "", TARGET).await;
    assert_eq!(answer.field("error").as_deref(), Some("login_required"));
    let other = platform.cookie(TEACHER);
    let answer = authorise(&platform, &login, &other, TARGET).await;
    assert_eq!(
        answer.field("error").as_deref(),
        Some("launch_no_longer_valid")
    );
    let answer = authorise(&platform, &login, &cookie, "http://evil.invalid/").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let answer = authorise(&platform, &login, &cookie, TARGET).await;
    assert!(answer.field("id_token").is_some());
}

/// The claims of a visit to the picker, and the answer that a tool gives to it.
async fn pick(platform: &Platform, change: impl FnOnce(&mut Value)) -> (Value, Answer) {
    let cookie = platform.cookie(TEACHER);
    let path = "/external_tools/resource_selection?id=1&course=2";
    let login = platform.get(path, &cookie).await;
    let answer = authorise(platform, &login, &cookie, "http://127.0.0.1:9001/deep").await;
    let asked = claims(&answer.field("id_token").unwrap());
    let settings = &asked[format!("{DL}deep_linking_settings")];
    let now = platform.clock.now().timestamp();
    let mut token = json!({
        "iss": CLIENT_ID, "aud": ISSUER, "iat": now, "exp": now + 60, "nonce": "x", "jti": "y",
        format!("{LTI}deployment_id"): "1",
        format!("{LTI}message_type"): "LtiDeepLinkingResponse",
        format!("{LTI}version"): "1.3.0",
        format!("{DL}data"): settings["data"],
        format!("{DL}content_items"): [{
            "type": "ltiResourceLink", "title": "Scenario", "url": TARGET,
            "custom": {"due": "$ResourceLink.submission.endDateTime", "odd": "$Not.known"},
            "submission": {"endDateTime": "2026-12-24T12:00:00Z"},
            "lineItem": {"scoreMaximum": 40, "resourceId": "r", "tag": "t"},
        }, {"type": "html", "html": "<p>no activity</p>"}],
    });
    change(&mut token);
    let form = [("JWT", tool_key().sign(&token).unwrap())];
    let form = form.each_ref().map(|(name, token)| (*name, token.as_str()));
    let url = settings["deep_link_return_url"].as_str().unwrap();
    let path = url.strip_prefix(crate::platform::BASE).unwrap();
    (
        asked.clone(),
        platform.post_form(path, &cookie, &form).await,
    )
}

#[tokio::test]
async fn a_picked_activity_has_its_column_and_its_due_date() {
    let platform = canvas();
    let (asked, answer) = pick(&platform, |_| {}).await;
    let settings = &asked[format!("{DL}deep_linking_settings")];
    assert_eq!(settings["accept_lineitem"], true);
    assert_eq!(
        asked["https://www.instructure.com/placement"],
        "link_selection"
    );
    assert_eq!(answer.status, 200, "{}", answer.body);
    let links = platform.lms.links(platform.course);
    assert_eq!(links.len(), 2, "only resource links are taken");
    let columns = platform.lms.line_items(platform.course);
    assert_eq!(
        (columns[1].resource_id.as_str(), columns[1].tag.as_str()),
        ("r", "t")
    );
    let order = LaunchOrder::new(LEARNER, links[1].id, "n");
    let launch = claims(&platform.lms.issue_launch(&order).unwrap());
    let custom = &launch[format!("{LTI}custom")];
    assert_eq!(custom["due"], "2026-12-24T12:00:00Z");
    assert_eq!(custom["odd"], "$Not.known");
}

#[tokio::test]
async fn an_answer_for_another_issuer_or_deployment_is_refused() {
    for (name, value) in [
        ("aud", "http://127.0.0.1:8090"),
        ("iss", "another"),
        (
            "https://purl.imsglobal.org/spec/lti/claim/deployment_id",
            "9",
        ),
        (
            "https://purl.imsglobal.org/spec/lti/claim/message_type",
            "Other",
        ),
    ] {
        let platform = canvas();
        let (_, answer) = pick(&platform, |token| token[name] = json!(value)).await;
        assert_eq!(answer.status, 400, "{name}");
        assert_eq!(platform.lms.links(platform.course).len(), 1);
    }
}

#[tokio::test]
async fn a_copied_link_names_the_links_that_it_came_from() {
    let platform = canvas();
    let seed = activity("Remembers")
        .with_custom("links", "$ResourceLink.id.history")
        .with_custom("courses", "$Context.id.history");
    let link = platform.lms.add_link(platform.course, seed).unwrap();
    let copy = |from| {
        let label = "NEXT".to_owned();
        let title = "The next cohort".to_owned();
        platform
            .lms
            .copy_course(from, NewCourse { label, title })
            .unwrap()
    };
    let first = copy(platform.course);
    let second = copy(first.course);
    let learner = platform.lms.add_person(NewPerson::named("New", "Learner"));
    platform
        .lms
        .enrol(second.course, learner, Role::Participant)
        .unwrap();
    let (middle, last) = (first.links[&link], second.links[&first.links[&link]]);
    let token = platform
        .lms
        .issue_launch(&LaunchOrder::new(learner, last, "n"));
    let custom = &claims(&token.unwrap())[format!("{LTI}custom")];
    let lms = &platform.lms;
    assert_eq!(
        custom["links"],
        format!(
            "{},{}",
            lms.resource_link_of(middle),
            lms.resource_link_of(link)
        )
    );
    assert_eq!(
        custom["courses"],
        format!(
            "{},{}",
            lms.context_of(first.course),
            lms.context_of(platform.course)
        )
    );
}

#[tokio::test]
async fn an_observer_comes_as_mentor_of_those_they_observe() {
    let platform = canvas();
    let coach = platform.lms.add_person(NewPerson::named("Helen", "Marsh"));
    let participants = [LEARNER, PersonId(6)].into();
    let role = Role::Coach { participants };
    platform.lms.enrol(platform.course, coach, role).unwrap();
    let order = LaunchOrder::new(coach, platform.link, "n-1");
    let token = platform.lms.issue_launch(&order).unwrap();
    let launch = verify(&platform, &token, CLIENT_ID, "1");
    let observed = [LEARNER, PersonId(6)].map(|person| platform.lms.subject_of(person));
    assert_eq!(launch.mentees(), observed);
}

#[tokio::test]
async fn a_tool_is_shown_where_it_is_placed() {
    let platform = canvas();
    let mut placed = registration();
    placed.placements = vec![Placement::CourseNavigation, Placement::AssignmentSelection];
    platform.lms.register_tool(placed);
    let (learner, teacher) = (platform.cookie(LEARNER), platform.cookie(TEACHER));
    let page = platform.get("/course/2", &teacher).await;
    assert!(page.body.contains("Make an assignment from pylab"));
    assert!(!page.body.contains("Add activities from pylab"));
    let assignment =
        "/external_tools/resource_selection?id=1&course=2&placement=assignment_selection";
    let login = platform.get(assignment, &teacher).await;
    let answer = authorise(&platform, &login, &teacher, "http://127.0.0.1:9001/deep").await;
    let asked = claims(&answer.field("id_token").unwrap());
    assert_eq!(
        asked[format!("{DL}deep_linking_settings")]["accept_multiple"],
        false
    );
    assert_eq!(
        asked["https://www.instructure.com/placement"],
        "assignment_selection"
    );
    assert_eq!(platform.get(assignment, &learner).await.status, 403);

    let page = platform.get("/course/2", &learner).await;
    let entry = "/course/2/pick/1?placement=course_navigation";
    assert!(page.body.contains(entry));
    let page = platform.get(entry, &learner).await;
    let frame = page.attribute("iframe class=\"tool\" src").unwrap();
    let login = platform.get(&frame, &learner).await;
    let answer = authorise(&platform, &login, &learner, TARGET).await;
    let launch = verify(
        &platform,
        &answer.field("id_token").unwrap(),
        CLIENT_ID,
        "1",
    );
    assert!(launch.ags().unwrap().lineitem.is_none());
    let launch = claims(&answer.field("id_token").unwrap());
    let course = platform.lms.context_of(platform.course);
    assert_eq!(launch[format!("{LTI}resource_link")]["id"], course);
}
