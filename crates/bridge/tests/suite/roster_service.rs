//! Lists of people as other platforms give them: differences, groups, nothing at all, refusals.

use std::sync::Arc;

use chrono::TimeDelta;
use mtl_bridge_core::Visit;
use mtl_bridge_core::institutions::PlatformSetup;
use mtl_bridge_core::roster::{RosterGroup, RosterProblem, RosterView};
use mtl_bridge_core::secret::token_hash;
use mtl_programme::LaunchId;
use mtl_store::launch::{LaunchContext, LaunchLink, LaunchPerson, LaunchWrite, NewSession};
use mtl_store::natural_ids::{deployment_id, registration_id};
use serde_json::{Value, json};
use uuid::Uuid;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::app::TestApp;

const CLIENT: &str = "by-hand";

/// A platform that answers what a test lets it answer.
async fn platform(app: &TestApp) -> MockServer {
    let server = MockServer::start().await;
    let token = json!({ "access_token": "t", "token_type": "bearer", "expires_in": 3600 });
    Mock::given(method("POST"))
        .and(path("/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(token))
        .mount(&server)
        .await;
    let at = |name: &str| format!("{}/{name}", server.uri()).parse().unwrap();
    let setup = PlatformSetup {
        institution: Some("north".to_owned()),
        name: "By hand".to_owned(),
        issuer: server.uri(),
        client_id: CLIENT.to_owned(),
        auth_url: at("auth"),
        token_url: at("token"),
        token_audience: None,
        jwks_url: at("jwks"),
        frame_origins: Vec::new(),
        product: None,
        deployments: vec![("1".to_owned(), None)],
        ask_for_deployments: false,
    };
    app.bridge.add_platform(setup).await.unwrap();
    server
}

/// A tutor in a course of the platform, which offers the list of this name.
async fn tutor(app: &TestApp, server: &MockServer, list: Option<&str>) -> Arc<Visit> {
    let registration = registration_id(&server.uri(), CLIENT);
    let list = list.map(|name| format!("{}/{name}", server.uri()));
    let launch = LaunchId(Uuid::new_v4());
    let now = app.clock.now();
    let write = LaunchWrite {
        launch,
        institution: app.institution,
        registration,
        deployment: deployment_id(registration, "1"),
        nonce: launch.to_string(),
        nonce_expires_at: now + TimeDelta::minutes(2),
        person: LaunchPerson {
            subject: "700".to_owned(),
            ..LaunchPerson::default()
        },
        candidate_pseudonym: Uuid::new_v4(),
        context: LaunchContext {
            id: "elsewhere".to_owned(),
            ..LaunchContext::default()
        },
        resource_link: Some(LaunchLink {
            id: "elsewhere".to_owned(),
            memberships_url: list,
            ..LaunchLink::default()
        }),
        roles: vec!["Instructor".to_owned()],
        role_kind: "tutor".to_owned(),
        mentees: Vec::new(),
        message_type: "LtiResourceLinkRequest".to_owned(),
        return_url: None,
        locale: None,
        details: None,
        session: NewSession {
            token_hash: token_hash(&launch.to_string()).to_vec(),
            expires_at: now + TimeDelta::hours(12),
        },
        statement: None,
        now,
    };
    app.bridge.store().record_launch(write).await.unwrap();
    let session = launch.to_string();
    app.bridge.load_visit(&session, launch).await.unwrap()
}

fn member(id: &str, name: Option<&str>, status: &str) -> Value {
    json!({
        "user_id": id,
        "name": name,
        "status": status,
        "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
    })
}

async fn serve(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(method("GET"))
        .and(path(at))
        .respond_with(answer)
        .mount(server)
        .await;
}

fn list(members: &[Value]) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "members": members }))
}

async fn refresh(app: &TestApp, visit: &Visit) -> RosterView {
    app.clock.advance(TimeDelta::seconds(10));
    app.bridge.refresh_roster(visit).await.unwrap()
}

async fn names(app: &TestApp, visit: &Visit) -> Vec<String> {
    let people = app.bridge.load_cohort(visit).await.unwrap().people;
    people.into_iter().map(|one| one.person.name).collect()
}

#[tokio::test]
async fn a_platform_without_the_service_is_not_asked() {
    let app = TestApp::start().await;
    let server = platform(&app).await;
    let tutor = tutor(&app, &server, None).await;
    let roster = refresh(&app, &tutor).await;
    assert!(!roster.is_offered && !roster.is_being_read);
    assert_eq!((roster.problem, roster.read_at), (None, None));
}

#[tokio::test]
async fn no_name_no_mail_no_role_still_make_a_list() {
    let app = TestApp::start().await;
    let server = platform(&app).await;
    let bare = json!({ "user_id": 7 });
    let escaped = member("8", Some("Zo&euml; O&#39;Neill &amp; Co"), "Active");
    serve(
        &server,
        "/list",
        list(&[bare, escaped, member("9", None, "Active")]),
    )
    .await;
    let tutor = tutor(&app, &server, Some("list")).await;
    assert_eq!(refresh(&app, &tutor).await.problem, None);
    let names = names(&app, &tutor).await;
    assert_eq!(names.len(), 2, "who has no role takes no part: {names:?}");
    assert!(names.iter().any(|name| name.starts_with("Person ")));
    assert!(names.iter().any(|name| name.contains("O'Neill & Co")));
}

#[tokio::test]
async fn an_empty_list_takes_nobody_away() {
    let app = TestApp::start().await;
    let server = platform(&app).await;
    let full = list(&[member("8", Some("Zoe"), "Active")]);
    let first = Mock::given(path("/list")).respond_with(full);
    first.up_to_n_times(1).mount(&server).await;
    serve(&server, "/list", list(&[])).await;
    let tutor = tutor(&app, &server, Some("list")).await;
    assert_eq!(refresh(&app, &tutor).await.problem, None);
    let roster = refresh(&app, &tutor).await;
    assert_eq!(roster.problem, Some(RosterProblem::Empty));
    assert_eq!(names(&app, &tutor).await, ["Zoe"]);
}

#[tokio::test]
async fn a_refusal_is_told_from_a_page_that_makes_no_sense() {
    let app = TestApp::start().await;
    // All stay open: a server that is closed lends its address to the next.
    let mut servers = Vec::new();
    for (status, problem) in [
        (403, RosterProblem::NotAllowed),
        (404, RosterProblem::Gone),
        (500, RosterProblem::Unreachable),
        (200, RosterProblem::Unreadable),
    ] {
        let server = platform(&app).await;
        let answer = ResponseTemplate::new(status).set_body_string("<html>no list</html>");
        serve(&server, "/list", answer).await;
        let tutor = tutor(&app, &server, Some("list")).await;
        let roster = refresh(&app, &tutor).await;
        assert_eq!(roster.problem, Some(problem), "{status}");
        servers.push(server);
    }
}

#[tokio::test]
async fn changes_are_asked_for_where_the_platform_tells_them() {
    let app = TestApp::start().await;
    let server = platform(&app).await;
    let link = |to: &str| format!("<{}{to}>; rel=\"differences\"", server.uri());
    let people = [
        member("8", Some("Zoe"), "Active"),
        member("9", Some("Yan"), "Active"),
    ];
    let full = list(&people).insert_header("Link", link("/changes/1"));
    serve(&server, "/list", full).await;
    let changed = [
        member("9", Some("Yan"), "Deleted"),
        member("10", Some("Xi"), "Active"),
    ];
    let second = list(&changed).insert_header("Link", link("/changes/2"));
    serve(&server, "/changes/1", second).await;
    serve(&server, "/changes/2", ResponseTemplate::new(410)).await;
    let asked = async |at: &str| {
        let requests = server.received_requests().await.unwrap();
        requests.iter().filter(|one| one.url.path() == at).count()
    };
    let tutor = tutor(&app, &server, Some("list")).await;
    app.bridge.read_due_rosters().await.unwrap();
    assert_eq!(names(&app, &tutor).await, ["Yan", "Zoe"]);
    app.clock.advance(TimeDelta::hours(6));
    app.bridge.read_due_rosters().await.unwrap();
    assert_eq!(names(&app, &tutor).await, ["Xi", "Zoe"]);
    assert_eq!((asked("/list").await, asked("/changes/1").await), (1, 1));
    // An address that has run out is no failure: the whole list says the same.
    app.clock.advance(TimeDelta::hours(6));
    app.bridge.read_due_rosters().await.unwrap();
    assert_eq!((asked("/list").await, asked("/changes/2").await), (2, 1));
    assert_eq!(names(&app, &tutor).await, ["Yan", "Zoe"]);
}

#[tokio::test]
async fn groups_and_their_sets_are_read() {
    let app = TestApp::start().await;
    let server = platform(&app).await;
    let mut zoe = member("8", Some("Zoe"), "Active");
    zoe["group_enrollments"] = json!([{ "group_id": "2" }]);
    Mock::given(path("/list"))
        .and(query_param("groups", "true"))
        .respond_with(list(&[zoe, member("9", Some("Yan"), "Active")]))
        .mount(&server)
        .await;
    let groups = json!({ "groups": [
        { "id": "1", "name": "Leeds" },
        { "id": "2", "name": "Tuesday", "set_id": "5" },
    ]});
    let groups = ResponseTemplate::new(200).set_body_json(groups);
    serve(&server, "/groups", groups).await;
    let sets = json!({ "sets": [{ "id": "5", "name": "Laboratory" }] });
    let sets = ResponseTemplate::new(200).set_body_json(sets);
    serve(&server, "/sets", sets).await;
    let at = |name: &str| format!("{}/{name}", server.uri());
    let tutor = tutor(&app, &server, Some("list")).await;
    app.bridge
        .store()
        .record_groups_service(
            app.institution,
            tutor.context.id,
            at("groups"),
            Some(at("sets")),
        )
        .await
        .unwrap();
    let roster = refresh(&app, &tutor).await;
    assert_eq!(roster.problem, None);
    let titles: Vec<String> = roster.groups.iter().map(RosterGroup::title).collect();
    assert_eq!(titles, ["Leeds", "Laboratory: Tuesday"]);
    let people = app.bridge.load_cohort(&tutor).await.unwrap().people;
    assert_eq!(
        (people[0].person.name.as_str(), &people[0].groups),
        ("Yan", &Vec::new())
    );
    assert_eq!(people[1].groups, ["2"]);
}

#[tokio::test]
async fn a_list_at_an_address_of_somebody_else_is_not_read() {
    let app = TestApp::start().await;
    let server = platform(&app).await;
    let elsewhere = MockServer::start().await;
    serve(
        &elsewhere,
        "/list",
        list(&[member("8", Some("Zoe"), "Active")]),
    )
    .await;
    let foreign = format!("{}/list", elsewhere.uri());
    let link = format!("<{foreign}>; rel=\"differences\"");
    let full = list(&[member("9", Some("Yan"), "Active")]).insert_header("Link", link);
    serve(&server, "/list", full).await;
    let tutor = tutor(&app, &server, Some("list")).await;
    for _ in 0..2 {
        app.clock.advance(TimeDelta::hours(6));
        app.bridge.read_due_rosters().await.unwrap();
    }
    assert_eq!(names(&app, &tutor).await, ["Yan"]);
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}
