//! Dynamic registration: each recorded exchange again, and the administrator's side of it.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mtl_demo_lms::{LaunchOrder, LinkSeed, ToolId};
use serde_json::{Value, json};

use crate::{
    launching::{claims, comparable},
    platform::{
        ADMINISTRATOR, Answer, BASE, LEARNER, Platform, TEACHER, activity, recording, registration,
    },
};

const PAGE: &str = "http://127.0.0.1:9002/register?invitation=1";

fn exchanges() -> Vec<Value> {
    serde_json::from_str(&recording("dynamic-registration.json")).unwrap()
}

/// What the recorded token allowed: the client id or tool it named, and the scope.
fn recorded_token(exchange: &Value) -> Option<Value> {
    let header = exchange["request"]["headers"]["Authorization"].as_str()?;
    let payload = header.split('.').nth(1)?;
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

impl Platform {
    /// Two tools stood there already when the recording was made.
    fn with_two_tools() -> Self {
        let platform = Self::new();
        let mut second = registration();
        "second".clone_into(&mut second.client_id);
        platform.lms.register_tool(second);
        platform
    }

    async fn post_registration(&self, token: Option<&str>, body: &str) -> Answer {
        let mut request = Request::post("/mod/lti/openid-registration.php")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    fn registration_token(&self, tool: Option<ToolId>) -> String {
        let url = self
            .lms
            .registration_url(&PAGE.parse().unwrap(), tool)
            .unwrap();
        let mut query = url.query_pairs();
        let token = query.find(|(name, _)| name == "registration_token");
        token.unwrap().1.into_owned()
    }
}

#[tokio::test]
async fn the_recorded_registrations_are_answered_as_recorded() {
    let platform = Platform::with_two_tools();
    let exchanges = exchanges();
    for exchange in &exchanges {
        let request = &exchange["request"];
        let path = request["url"].as_str().unwrap().strip_prefix(BASE).unwrap();
        let answer = match recorded_token(exchange) {
            None => platform.get(path, "").await,
            // The recorded key is not ours, so its tokens are signed again.
            Some(token) => {
                platform.clock.set(token["iat"].as_i64().unwrap());
                let token = platform.lms.sign_claims(&token).unwrap();
                let body = request["body"].as_str().unwrap();
                platform.post_registration(Some(&token), body).await
            }
        };
        let recorded = &exchange["response"];
        let body = recorded["body"].as_str().unwrap();
        assert_eq!(json!(answer.status.as_u16()), recorded["status"], "{body}");
        assert_eq!(
            json!(answer.header("content-type")),
            recorded["headers"]["Content-Type"]
        );
        match serde_json::from_str::<Value>(body) {
            Ok(recorded) => assert_eq!(answer.json(), recorded),
            Err(_) => assert_eq!(answer.body, body),
        }
    }
    assert_eq!(exchanges.len(), 10);
    let tools = platform.lms.tools();
    assert_eq!(tools.len(), 3, "refused registrations leave nothing behind");
}

#[tokio::test]
async fn a_tool_waits_until_an_administrator_activates_it() {
    let platform = Platform::new();
    let (administrator, teacher) = (platform.cookie(ADMINISTRATOR), platform.cookie(TEACHER));
    let page = platform
        .get(
            "/tools?url=http%3A%2F%2F127.0.0.1%3A9002%2Fregister",
            &administrator,
        )
        .await;
    let frame = page
        .attribute("iframe class=\"tool is-registration\" src")
        .unwrap();
    let start = platform.get(&frame, &administrator).await;
    assert_eq!(start.status, StatusCode::SEE_OTHER);
    let location: url::Url = start.header("location").unwrap().parse().unwrap();
    let parameter = |name: &str| {
        let mut query = location.query_pairs();
        query
            .find(|(known, _)| known == name)
            .unwrap()
            .1
            .into_owned()
    };
    assert_eq!(
        parameter("openid_configuration"),
        format!("{BASE}/mod/lti/openid-configuration.php")
    );
    let body = exchanges()[1]["request"]["body"]
        .as_str()
        .unwrap()
        .to_owned();
    let token = parameter("registration_token");
    let answer = platform.post_registration(Some(&token), &body).await;
    assert_eq!(answer.status, 200);

    let offer = "Add activities from dynlab";
    let course = platform.get("/course/2", &teacher).await;
    assert!(!course.body.contains(offer));
    let tools = platform.get("/tools", &administrator).await;
    assert!(tools.body.contains("Waits for you"));
    let activate = [
        ("id", "2"),
        ("action", "activate"),
        ("sesskey", &tools.field("sesskey").unwrap()),
    ];
    let answer = platform
        .post_form("/tools/change", &administrator, &activate)
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let course = platform.get("/course/2", &teacher).await;
    assert!(course.body.contains(offer));
}

#[tokio::test]
async fn a_registration_token_works_once_and_for_an_hour() {
    let platform = Platform::new();
    let body = exchanges()[1]["request"]["body"]
        .as_str()
        .unwrap()
        .to_owned();
    let token = platform.registration_token(None);
    let first = platform.post_registration(Some(&token), &body).await;
    assert_eq!(first.status, 200);
    let again = platform.post_registration(Some(&token), &body).await;
    assert_eq!(
        (again.status.as_u16(), again.body.as_str()),
        (401, "token_already_used")
    );
    let none = platform.post_registration(None, &body).await;
    assert_eq!(
        (none.status.as_u16(), none.body.as_str()),
        (401, "missing_registration_token")
    );
    let late = platform.registration_token(None);
    platform.clock.set(platform.clock.now().timestamp() + 3601);
    assert_eq!(
        platform.post_registration(Some(&late), &body).await.status,
        404
    );
    assert_eq!(platform.lms.tools().len(), 2);
}

#[tokio::test]
async fn registering_again_keeps_the_client_and_the_activation() {
    let platform = Platform::new();
    let body = exchanges()[1]["request"]["body"]
        .as_str()
        .unwrap()
        .to_owned();
    let token = platform.registration_token(None);
    let first = platform.post_registration(Some(&token), &body).await.json();
    platform.lms.activate_tool(ToolId(2));
    let token = platform.registration_token(Some(ToolId(2)));
    let renamed = body.replace("dynlab", "renamed");
    let second = platform
        .post_registration(Some(&token), &renamed)
        .await
        .json();
    assert_eq!(second["client_id"], first["client_id"]);
    let tools = platform.lms.tools();
    assert_eq!(tools.len(), 2);
    assert_eq!(tools[1].registration.name, "renamed");
    assert!(!tools[1].is_pending);
}

#[tokio::test]
async fn only_an_administrator_registers_tools() {
    let platform = Platform::new();
    let teacher = platform.cookie(TEACHER);
    let page = platform.get("/tools", &teacher).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let form = [("id", "1"), ("action", "remove"), ("sesskey", "guessed")];
    let administrator = platform.cookie(ADMINISTRATOR);
    let answer = platform
        .post_form("/tools/change", &administrator, &form)
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(platform.lms.tools().len(), 1);
}

#[tokio::test]
async fn a_launch_of_a_tool_that_registered_itself_is_the_recorded_one() {
    let name = "launches/ltiresourcelinkrequest-learner-lineitem-registered-dynamically.json";
    let recorded: Value = serde_json::from_str(&recording(name)).unwrap();
    let recorded = &recorded["id_token_claims"];
    let platform = Platform::with_two_tools();
    for title in ["Second", "Third"] {
        platform
            .lms
            .add_link(platform.course, activity(title))
            .unwrap();
    }
    let body = exchanges()[1]["request"]["body"]
        .as_str()
        .unwrap()
        .to_owned();
    let token = recorded_token(&exchanges()[1]).unwrap();
    platform.clock.set(token["iat"].as_i64().unwrap());
    let token = platform.lms.sign_claims(&token).unwrap();
    platform.post_registration(Some(&token), &body).await;
    let seed = LinkSeed::new(
        "Dyn activity (pending)",
        "http://127.0.0.1:9002/launch".parse().unwrap(),
    );
    let seed = seed.described("lab INTRO").graded();
    let link = platform
        .lms
        .add_link_of(ToolId(3), platform.course, seed)
        .unwrap();

    platform.clock.set(recorded["iat"].as_i64().unwrap());
    let nonce = recorded["nonce"].as_str().unwrap();
    let order = LaunchOrder::new(LEARNER, link, nonce);
    let ours = claims(&platform.lms.issue_launch(&order).unwrap());
    // The recorded link and column had other numbers.
    let text = recorded
        .to_string()
        .replace("/lineitems/7/", "/lineitems/3/");
    let text = text
        .replace("instanceid=3", "instanceid=4")
        .replace("\"id\":\"3\"", "\"id\":\"4\"");
    let recorded: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(comparable(ours), comparable(recorded));
}
