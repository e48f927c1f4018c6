//! A whole launch, from the activity's page to a verified token, and what the claims say.

use axum::http::StatusCode;
use mtl_demo_lms::{LaunchOrder, LinkSeed, NewPerson, PersonId, Role};
use mtl_lti::{
    Expectation, KeySet, KnownDeployments, SigningAlgorithm, UnverifiedIdToken, VerifiedLaunch,
    url_rules::ToolUrl, verify_launch,
};
use serde_json::{Value, json};

use crate::platform::{
    ADMINISTRATOR, ALL_SCOPES, BASE, CLIENT_ID, LEARNER, Platform, TEACHER, activity, recording,
};

/// What the tool makes of a token.
fn verify(platform: &Platform, token: &str, nonce: &str) -> VerifiedLaunch {
    let keys = serde_json::to_vec(&platform.lms.jwks()).unwrap();
    let tool_url = ToolUrl::parse("http://127.0.0.1:9001").unwrap();
    let deployments = ["1".to_owned()];
    verify_launch(
        UnverifiedIdToken::parse(token).unwrap(),
        &KeySet::parse(&keys).unwrap(),
        &Expectation {
            issuer: BASE,
            client_id: CLIENT_ID,
            nonce,
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
async fn a_launch_goes_from_the_page_to_a_verified_token() {
    let platform = Platform::new();
    let cookie = platform.cookie(LEARNER);
    let page = platform.get("/activity/1", &cookie).await;
    assert!(page.body.contains("src=\"/mod/lti/launch.php?id=2\""));

    let login = platform.get("/mod/lti/launch.php?id=2", &cookie).await;
    let (action, _) = login.form().unwrap();
    assert_eq!(action, "http://127.0.0.1:9001/login");
    let field = |name| login.field(name).unwrap();
    assert_eq!(field("iss"), BASE);
    assert_eq!(field("client_id"), CLIENT_ID);
    assert_eq!(field("lti_deployment_id"), "1");
    assert_eq!(field("login_hint"), "5");
    assert_eq!(field("target_link_uri"), "http://127.0.0.1:9001/launch");
    let hint: Value = serde_json::from_str(&field("lti_message_hint")).unwrap();
    assert_eq!(hint["cmid"], 2);

    let answer = platform
        .post_form(
            "/mod/lti/auth.php",
            &cookie,
            &[
                ("scope", "openid"),
                ("response_type", "id_token"),
                ("response_mode", "form_post"),
                ("prompt", "none"),
                ("client_id", CLIENT_ID),
                ("redirect_uri", "http://127.0.0.1:9001/launch"),
                ("login_hint", &field("login_hint")),
                ("lti_message_hint", &field("lti_message_hint")),
                ("nonce", "n-1"),
                ("state", "st-1"),
            ],
        )
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    let launch = verify(&platform, &answer.field("id_token").unwrap(), "n-1");
    assert_eq!(launch.subject(), "5");
    assert_eq!(launch.name().as_deref(), Some("Sören Öst"));
    assert_eq!(launch.custom("instr"), Some("act A"));
    assert_eq!(
        launch
            .ags()
            .unwrap()
            .lineitem
            .as_ref()
            .map(ToString::to_string),
        Some(format!(
            "{BASE}/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1"
        ))
    );
}

#[tokio::test]
async fn the_claims_are_those_of_a_recorded_launch() {
    let cases = [
        ("learner-lineitem", LEARNER, true),
        ("learner-nolineitem", LEARNER, false),
        ("instructor-lineitem", TEACHER, true),
        (
            "administrator+instructor+administrator-nolineitem",
            ADMINISTRATOR,
            false,
        ),
    ];
    for (name, person, has_one_column) in cases {
        let platform = Platform::new();
        if !has_one_column {
            let item = platform.lms.line_items(platform.course)[0].id;
            platform.lms.delete_line_item(item);
        }
        let name = format!("launches/ltiresourcelinkrequest-{name}.json");
        let recorded: Value = serde_json::from_str(&recording(&name)).unwrap();
        let recorded = &recorded["id_token_claims"];
        platform.clock.set(recorded["iat"].as_i64().unwrap());
        let nonce = recorded["nonce"].as_str().unwrap();
        let order = LaunchOrder::new(person, platform.link, nonce);
        let token = platform.lms.issue_launch(&order).unwrap();
        verify(&platform, &token, nonce);
        assert_eq!(
            comparable(claims(&token)),
            comparable(recorded.clone()),
            "{name}"
        );
    }
}

/// The claims without what is random, or belongs to the recorded site alone.
pub(crate) fn comparable(mut claims: Value) -> Value {
    const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";
    let of_lti = |name: &str| format!("{LTI}{name}");
    claims["https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"]["lis_result_sourcedid"] =
        Value::Null;
    let dl = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings";
    for (claim, address) in [
        (of_lti("launch_presentation").as_str(), "return_url"),
        (dl, "deep_link_return_url"),
    ] {
        if let Some(url) = claims
            .get_mut(claim)
            .and_then(|claim| claim.get_mut(address))
        {
            let without_key = url.as_str().unwrap().split("&sesskey=").next().unwrap();
            *url = without_key.into();
        }
    }
    let platform = claims[of_lti("tool_platform")].as_object_mut().unwrap();
    platform.retain(|name, _| name == "product_family_code" || name == "version");
    // The recorded administrator has no number in the student information system.
    claims[of_lti("lis")]["person_sourcedid"] = Value::Null;
    let custom = claims[of_lti("custom")].as_object_mut().unwrap();
    custom.retain(|name, _| !name.ends_with("_setting_url") && name != "person_sourcedid");
    claims
}

pub(crate) fn claims(token: &str) -> Value {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn a_coach_comes_as_mentor_of_named_participants() {
    let platform = Platform::new();
    let coach = platform.lms.add_person(NewPerson::named("Helen", "Marsh"));
    let participants = [PersonId(5), PersonId(6)].into();
    let role = Role::Coach { participants };
    platform.lms.enrol(platform.course, coach, role).unwrap();
    let order = LaunchOrder::new(coach, platform.link, "n");
    let token = platform.lms.issue_launch(&order).unwrap();
    let launch = verify(&platform, &token, "n");
    assert_eq!(launch.mentees(), ["5", "6"]);
}

#[tokio::test]
async fn custom_parameters_also_come_in_lower_case() {
    let platform = Platform::new();
    let seed: LinkSeed = activity("Upper")
        .with_custom("UPPER", "X")
        .with_custom("who", "$User.id");
    let link = platform.lms.add_link(platform.course, seed).unwrap();
    let order = LaunchOrder::new(LEARNER, link, "n");
    let claims = claims(&platform.lms.issue_launch(&order).unwrap());
    let custom = &claims["https://purl.imsglobal.org/spec/lti/claim/custom"];
    assert_eq!(
        (&custom["UPPER"], &custom["upper"], &custom["who"]),
        (&"X".into(), &"X".into(), &"5".into())
    );
}

#[tokio::test]
async fn a_new_key_signs_and_the_one_before_stays_published() {
    let platform = Platform::new();
    let order = LaunchOrder::new(LEARNER, platform.link, "n");
    let before = platform.lms.issue_launch(&order).unwrap();
    let kid = platform.lms.rotate_key().unwrap();
    let after = platform.lms.issue_launch(&order).unwrap();
    verify(&platform, &before, "n");
    verify(&platform, &after, "n");
    platform.lms.rotate_key().unwrap();
    let published = platform.lms.jwks();
    assert_eq!(published.keys.len(), 2);
    assert_eq!(published.keys[0].kid, kid);
}

#[tokio::test]
async fn a_link_with_two_columns_names_neither() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    let column = json!({"label": "Second", "scoreMaximum": 10, "resourceLinkId": "1"});
    assert_eq!(platform.create_column(&token, &column).await.status, 201);
    let order = LaunchOrder::new(LEARNER, platform.link, "n");
    let launch = platform.lms.issue_launch(&order).unwrap();
    let services = verify(&platform, &launch, "n").ags().unwrap().clone();
    assert!(services.lineitem.is_none() && services.lineitems.is_some());
}
