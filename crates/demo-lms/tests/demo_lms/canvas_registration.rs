//! Dynamic registration with the Canvas flavour.

use axum::{body::Body, http::Request};
use mtl_demo_lms::ToolId;
use serde_json::{Value, json};

use crate::{
    canvas::canvas,
    platform::{Answer, Platform, TEACHER},
};

const TOOL: &str = "https://purl.imsglobal.org/spec/lti-tool-configuration";

fn registration_token(platform: &Platform, tool: Option<ToolId>) -> String {
    let page = "http://127.0.0.1:9002/register".parse().unwrap();
    let url = platform.lms.registration_url(&page, tool).unwrap();
    let mut query = url.query_pairs();
    let token = query.find(|(name, _)| name == "registration_token");
    token.unwrap().1.into_owned()
}

fn payload() -> Value {
    let at = |path: &str| format!("http://127.0.0.1:9002/{path}");
    json!({
        "application_type": "web",
        "grant_types": ["client_credentials", "implicit"],
        "response_types": ["id_token"],
        "initiate_login_uri": at("login"),
        "redirect_uris": [at("launch")],
        "client_name": "A tool",
        "jwks_uri": at("jwks"),
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": "https://purl.imsglobal.org/spec/lti-ags/scope/score https://unknown.invalid/x",
        TOOL: {
            "domain": "127.0.0.1:9002",
            "target_link_uri": at("launch"),
            "claims": ["sub", "name"],
            "custom_parameters": {"a": "b"},
            "https://canvas.instructure.com/lti/privacy_level": "name_only",
            "messages": [
                {"type": "LtiResourceLinkRequest", "placements": ["course_navigation"]},
                {"type": "LtiDeepLinkingRequest", "placements": ["assignment_selection", "link_selection"]},
            ],
        },
    })
}

async fn send(platform: &Platform, token: &str, payload: &Value) -> Answer {
    let request = Request::post("/api/lti/registrations")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(payload.to_string()));
    platform.send(request.unwrap()).await
}

#[tokio::test]
async fn the_configuration_is_shown_to_holders_of_a_token_alone() {
    let platform = canvas();
    let path = "/api/lti/security/openid-configuration";
    assert_eq!(platform.get(path, "").await.status, 401);
    let token = registration_token(&platform, None);
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    let answer = platform.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.json()["issuer"], "https://canvas.instructure.com");
    let configuration = "https://purl.imsglobal.org/spec/lti-platform-configuration";
    assert_eq!(
        answer.json()[configuration]["product_family_code"],
        "canvas"
    );
}

#[tokio::test]
async fn both_grant_types_and_known_placements_are_needed() {
    let platform = canvas();
    let token = registration_token(&platform, None);
    let mut one_grant = payload();
    one_grant["grant_types"] = json!(["client_credentials"]);
    let mut odd_placement = payload();
    odd_placement[TOOL]["messages"][0]["placements"] = json!(["the_moon"]);
    for refused in [one_grant, odd_placement] {
        assert_eq!(send(&platform, &token, &refused).await.status, 422);
    }
    assert_eq!(send(&platform, &token, &payload()).await.status, 200);
    assert_eq!(
        send(&platform, &token, &payload()).await.status,
        401,
        "it was used up"
    );
    assert_eq!(platform.lms.tools().len(), 2);
}

#[tokio::test]
async fn a_deployment_comes_when_an_administrator_switches_the_tool_on() {
    let platform = canvas();
    let token = registration_token(&platform, None);
    let answer = send(&platform, &token, &payload()).await.json();
    assert_eq!(
        answer["scope"],
        "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    );
    assert!(answer[TOOL].get("deployment_id").is_none());
    let tool = platform.lms.tools()[1].clone();
    assert_eq!(answer["client_id"], tool.registration.client_id);
    assert!(tool.is_pending && tool.registration.deployment_id.is_empty());
    assert!(tool.registration.share_names && !tool.registration.share_emails);

    platform.lms.activate_tool(tool.id);
    let deployment = platform.lms.tools()[1].registration.deployment_id.clone();
    assert!(deployment.starts_with("2:"), "{deployment}");
    let course = platform.get("/course/2", &platform.cookie(TEACHER)).await;
    assert!(course.body.contains("Add activities from A tool"));
    assert!(course.body.contains("Make an assignment from A tool"));
    assert!(
        course
            .body
            .contains("/course/2/pick/2?placement=course_navigation")
    );

    let token = registration_token(&platform, Some(tool.id));
    let mut renamed = payload();
    renamed["client_name"] = json!("Renamed");
    let again = send(&platform, &token, &renamed).await.json();
    assert_eq!(again["client_id"], answer["client_id"]);
    let tool = platform.lms.tools()[1].clone();
    assert_eq!(tool.registration.deployment_id, deployment);
    assert!(!tool.is_pending && tool.registration.name == "Renamed");
}
