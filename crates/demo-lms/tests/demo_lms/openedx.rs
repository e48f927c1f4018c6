//! The Open edX flavour, held against its recordings.

use axum::{body::Body, http::Request};
use mtl_demo_lms::{Flavour, LaunchOrder, Lms, PersonId, Role};
use serde_json::{Value, json};

use crate::{
    launching::claims,
    platform::{
        Answer, CLIENT_ID, LEARNER, Platform, TEACHER, recording_of, registration, tool_key,
    },
    recorded_services::{Tokens, same},
};

const RECORDED: &str = "http://127.0.0.1:8095";
const BASE: &str = "http://127.0.0.1:8090";
const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";
const DL: &str = "https://purl.imsglobal.org/spec/lti-dl/claim/";

fn edx() -> Platform {
    Platform::of(Flavour::OpenEdx)
}

fn recorded(name: &str) -> Value {
    serde_json::from_str(&recording_of("openedx-11.4", name)).unwrap()
}

/// The claims without what belongs to the recorded site alone.
fn comparable(mut claims: Value, lms: &Lms) -> Value {
    let text = claims
        .to_string()
        .replace(RECORDED, BASE)
        .replace("edx-client", CLIENT_ID);
    claims = serde_json::from_str(&text).unwrap();
    for name in [
        "sub",
        "name",
        "email",
        "preferred_username",
        "iat",
        "exp",
        "nonce",
    ] {
        assert!(!claims[name].is_null(), "{name}");
        claims[name] = Value::Null;
    }
    assert!(!lms.people().is_empty());
    for (claim, fields) in [
        ("context", vec!["id", "title", "label"]),
        ("resource_link", vec!["id", "title"]),
        ("tool_platform", vec!["guid", "name"]),
    ] {
        if let Some(claim) = claims.get_mut(format!("{LTI}{claim}")) {
            for field in fields {
                assert!(claim[field].is_string());
                claim[field] = Value::Null;
            }
        }
    }
    if let Some(custom) = claims.get_mut(format!("{LTI}custom")) {
        *custom = json!(custom.is_object());
    }
    // Ours serves several courses, so the addresses say which.
    let text = claims.to_string().replace("/members?course=2", "/members");
    let text = text.replace("/lineitems?link=1", "/lineitems");
    let text = text.replace("/lineitems/2\"", "/lineitems/1\"");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_launch_is_the_recorded_one() {
    let platform = edx();
    let name = "launches/ltiresourcelinkrequest-none+learner+none-lineitem.json";
    let recorded = recorded(name);
    let mut wanted = recorded["id_token_claims"].clone();
    wanted[format!("{LTI}target_link_uri")] = json!("http://127.0.0.1:9001/launch");
    let token = platform
        .lms
        .issue_launch(&LaunchOrder::new(LEARNER, platform.link, "n"));
    let ours = claims(&token.unwrap());
    assert_eq!(
        ours["exp"].as_i64().unwrap() - ours["iat"].as_i64().unwrap(),
        wanted["exp"].as_i64().unwrap() - wanted["iat"].as_i64().unwrap()
    );
    assert_eq!(
        comparable(ours, &platform.lms),
        comparable(wanted, &platform.lms)
    );
    let keys = platform.get("/jwks", "").await.json();
    let names = |key: &Value| key.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&keys["keys"][0]),
        names(&recorded["platform_jwks"]["keys"][0])
    );
}

/// A visit to the picker: the login page, the claims, and the way to answer.
async fn visit(platform: &Platform) -> (Answer, Value, String) {
    let cookie = platform.cookie(TEACHER);
    let login = platform.get("/deep_linking?id=1&course=2", &cookie).await;
    let field = |name| login.field(name).unwrap();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("scope", "openid"),
            ("response_type", "id_token"),
            ("response_mode", "form_post"),
            ("prompt", "none"),
            ("client_id", CLIENT_ID),
            ("redirect_uri", "http://127.0.0.1:9001/deep"),
            ("login_hint", &field("login_hint")),
            ("lti_message_hint", &field("lti_message_hint")),
            ("nonce", "n"),
            ("state", "s"),
        ])
        .finish();
    let answer = platform.get(&format!("/authorize?{query}"), &cookie).await;
    let claims = claims(&answer.field("id_token").unwrap());
    (login, claims, cookie)
}

#[tokio::test]
async fn a_visit_to_the_picker_is_the_recorded_one() {
    let platform = edx();
    let name = "launches/ltideeplinkingrequest-none+administrator+instructor+none-nolineitem.json";
    let recorded = recorded(name);
    let (login, ours, _) = visit(&platform).await;
    assert!(login.body.contains("<form method=\"get\""));
    let url: url::Url = recorded["login_request"]["url"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    for (name, _) in url.query_pairs() {
        assert!(login.field(&name).is_some(), "{name}");
    }
    let mut wanted = recorded["id_token_claims"].clone();
    wanted[format!("{LTI}target_link_uri")] = json!("http://127.0.0.1:9001/deep");
    assert_eq!(
        comparable(ours, &platform.lms),
        comparable(wanted, &platform.lms)
    );
}

#[tokio::test]
async fn the_recorded_exchanges_are_answered_as_recorded() {
    let platform = edx();
    let mut recorded_tool = registration();
    "edx-client".clone_into(&mut recorded_tool.client_id);
    platform.lms.register_tool(recorded_tool);
    // The recorded roster was empty.
    for person in 3..=7 {
        let nowhere = Role::Administrator;
        platform
            .lms
            .enrol(platform.course, PersonId(person), nowhere)
            .unwrap();
    }
    let exchanges = recorded("services-exchanges.json");
    let exchanges = exchanges.as_array().unwrap();
    let mut tokens = Tokens::default();
    platform.clock.set(1_795_448_647);
    for exchange in exchanges {
        let text = exchange["request"].to_string().replace(RECORDED, BASE);
        let request = serde_json::from_str(&text).unwrap();
        let answer = platform.send(tokens.request("edx", &request)).await;
        let response = &exchange["response"];
        same(
            "status",
            &json!(answer.status.as_u16()),
            &response["status"],
        )
        .unwrap();
        let content_type = json!(answer.header("content-type"));
        same("type", &content_type, &response["headers"]["Content-Type"]).unwrap();
        let mut ours = answer.json();
        let body = response["body"].as_str().unwrap();
        let mut theirs: Value = serde_json::from_str(body).unwrap();
        tokens.learn(response, &answer);
        for body in [&mut ours, &mut theirs] {
            if let Some(token) = body.get_mut("access_token") {
                assert_eq!(token.as_str().unwrap().split('.').count(), 3);
                *token = Value::Null;
            }
        }
        assert_eq!(ours, theirs);
    }
    assert_eq!(exchanges.len(), 2);
}

#[tokio::test]
async fn the_recorded_answers_of_a_picker_are_taken() {
    let answers = recorded("deep-linking-responses-accepted.json");
    for recorded in answers.as_array().unwrap() {
        let platform = edx();
        let text = recorded["claims"].to_string().replace(RECORDED, BASE);
        let claims: Value = serde_json::from_str(&text.replace("edx-client", CLIENT_ID)).unwrap();
        platform.clock.set(claims["iat"].as_i64().unwrap());
        let (_, _, cookie) = visit(&platform).await;
        let token = tool_key().sign(&claims).unwrap();
        let form = [("JWT", token.as_str())];
        let answer = platform.post_form("/deep_return", &cookie, &form).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let item = &claims[format!("{DL}content_items")][0];
        let link = &platform.lms.links(platform.course)[1];
        assert_eq!(json!(link.title), item["title"]);
        let column = &platform.lms.line_items(platform.course)[1];
        assert_eq!(json!(column.resource_id), item["lineItem"]["resourceId"]);

        let mut other = claims.clone();
        other["aud"] = json!("http://other.invalid");
        let token = tool_key().sign(&other).unwrap();
        let form = [("JWT", token.as_str())];
        assert_eq!(
            platform
                .post_form("/deep_return", &cookie, &form)
                .await
                .status,
            400
        );
    }
    assert_eq!(answers.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_finished_mark_stays_when_progress_is_sent_later() {
    let platform = edx();
    let now = platform.clock.now().timestamp();
    let assertion = tool_key().sign(&json!({
        "iss": CLIENT_ID, "sub": CLIENT_ID, "iat": now, "exp": now + 60,
    }));
    let form = [
        ("grant_type", "client_credentials"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", &assertion.unwrap()),
        (
            "scope",
            "https://purl.imsglobal.org/spec/lti-ags/scope/score",
        ),
    ];
    let token = platform.post_form("/token", "", &form).await.json();
    let token = token["access_token"].as_str().unwrap();
    for (second, progress, status) in [
        (1, "FullyGraded", 201),
        (2, "Pending", 201),
        (2, "Pending", 400),
    ] {
        let body = json!({
            "userId": platform.lms.subject_of(LEARNER), "scoreGiven": 7, "scoreMaximum": 10,
            "activityProgress": "Completed", "gradingProgress": progress,
            "timestamp": format!("2026-11-23T16:00:0{second}Z"),
        });
        let request = Request::post("/lineitems/2/scores")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body.to_string()));
        let answer = platform.send(request.unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    }
    let grade = platform.lms.gradebook(platform.course)[0]
        .grade
        .clone()
        .unwrap();
    assert_eq!(grade.mark, Some(70.0));
}
