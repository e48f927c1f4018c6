//! Groups and mentors as platforms other than Moodle tell them, from the launch's claims to the page.

use axum::extract::Query;
use axum::routing::get;
use axum::{Json, Router};
use mtl_lti::claims::names;
use serde_json::{Value, json};
use std::collections::HashMap;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::app::TestApp;
use super::browser::Browser;
use super::hand_platform::{CLIENT, HandPlatform, LEARNER};
use super::people::refresh;

const MENTOR: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor";

/// The services of a course with two learners, one of them in a group of the laboratory.
struct Services {
    url: String,
    server: JoinHandle<()>,
}

impl Services {
    async fn start(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/list", get(list))
            .route(
                "/groups",
                get(async || {
                    Json(json!({"groups": [
                        {"id": "1", "name": "Leeds &amp; Hull"},
                        {"id": "2", "name": "Tuesday", "set_id": "5"},
                    ]}))
                }),
            )
            .route(
                "/sets",
                get(async || Json(json!({"sets": [{"id": "5", "name": "Laboratory"}]}))),
            );
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        // They are not at the platform's own address.
        app.bridge
            .add_platform_origin(CLIENT, None, &url.parse().unwrap())
            .await
            .unwrap();
        Self { url, server }
    }

    /// The claims that offer them.
    fn claims(&self) -> Value {
        let url = &self.url;
        json!({
            (names::NRPS_ENDPOINT): {
                "context_memberships_url": format!("{url}/list"),
                "service_versions": ["2.0"],
            },
            (names::GROUPS_ENDPOINT): {
                "scope": [mtl_lti::groups::SCOPE_CONTEXT_GROUP_READ],
                "context_groups_url": format!("{url}/groups"),
                "context_group_sets_url": format!("{url}/sets"),
                "service_versions": ["1.0"],
            },
        })
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn list(Query(query): Query<HashMap<String, String>>) -> Json<Value> {
    let mut zoe = json!({"user_id": "8", "name": "Zoe Quist", "roles": ["Learner"]});
    if query.get("groups").is_some_and(|groups| groups == "true") {
        zoe["group_enrollments"] = json!([{"group_id": "2"}]);
    }
    Json(json!({"members": [zoe, {"user_id": "9", "name": "Yan Li", "roles": ["Learner"]}]}))
}

#[tokio::test]
async fn a_cohort_is_looked_through_by_group() {
    let app = TestApp::start().await;
    let platform = HandPlatform::start(&app).await;
    let services = Services::start(&app).await;
    let mut tutor = Browser::new(&app);
    let mut claims = services.claims();
    claims[names::CUSTOM] = json!({"mtl_activity": super::app::ACTIVITY});
    let first = platform.launch(&app, &mut tutor, &claims).await;
    // The link leads to an activity, so a tutor's first page is the cohort.
    let page = refresh(&app, &mut tutor, &first).await;
    assert!(
        page.says("The list of people is up to date."),
        "{}",
        page.body
    );
    assert!(page.says("Zoe Quist") && page.says("Yan Li"));
    assert!(page.says("Leeds & Hull") && page.says("Laboratory: Tuesday"));
    let base = first.path.trim_end_matches('/').to_owned();
    let tuesday = tutor.get(&format!("{base}/cohort?group=2")).await;
    assert!(tuesday.says("Zoe Quist") && !tuesday.says("Yan Li"));
    let pairing = tutor.get(&format!("{base}/pairing?group=1")).await;
    assert!(pairing.says("Nobody fits."), "{}", pairing.body);
}

#[tokio::test]
async fn a_mentor_sees_exactly_whom_the_platform_names() {
    let app = TestApp::start().await;
    let platform = HandPlatform::start(&app).await;
    let services = Services::start(&app).await;
    let mut coach = Browser::new(&app);
    let mut claims = services.claims();
    claims[names::CUSTOM] = json!({"mtl_activity": super::app::ACTIVITY});
    claims["sub"] = json!("coach-1");
    claims["name"] = json!("Cara Coach");
    claims[names::ROLES] = json!([MENTOR]);
    claims[names::ROLE_SCOPE_MENTOR] = json!(["8"]);
    let first = platform.launch(&app, &mut coach, &claims).await;
    assert!(first.says("1 participant"), "{}", first.body);
    let page = refresh(&app, &mut coach, &first).await;
    assert!(
        page.says("Zoe Quist") && !page.says("Yan Li"),
        "{}",
        page.body
    );
    // A launch without the claim, or with one that cannot be read, says nothing about it.
    for silent in [Value::Null, json!({"odd": true})] {
        claims[names::ROLE_SCOPE_MENTOR] = silent;
        let page = platform.launch(&app, &mut coach, &claims).await;
        assert!(page.says("Zoe Quist"), "{}", page.body);
    }
    // An empty one takes everybody away.
    claims[names::ROLE_SCOPE_MENTOR] = json!([]);
    let page = platform.launch(&app, &mut coach, &claims).await;
    assert!(page.says("Nobody is paired with you"), "{}", page.body);
    // Beside another role than Mentor the claim counts for nothing.
    let mut learner = Browser::new(&app);
    claims["sub"] = json!("9");
    claims[names::ROLES] = json!([LEARNER]);
    claims[names::ROLE_SCOPE_MENTOR] = json!(["8"]);
    let page = platform.launch(&app, &mut learner, &claims).await;
    assert!(!page.says("Your participants"), "{}", page.body);
}

#[tokio::test]
async fn a_launch_without_a_person_says_what_must_be_changed() {
    let app = TestApp::start().await;
    let platform = HandPlatform::start(&app).await;
    let back = platform.url.join("/course?key=secret").unwrap();
    let claims = json!({
        "sub": null,
        (names::LAUNCH_PRESENTATION): {"return_url": back},
    });
    let page = platform
        .launch(&app, &mut Browser::new(&app), &claims)
        .await;
    assert!(page.says("Please sign in to your course first"));
    assert!(page.says("the tool’s privacy settings must let the learning site send a user ID"));
    assert!(
        page.body
            .contains("lti_errormsg=Please+sign+in+to+your+course+first")
    );
}
