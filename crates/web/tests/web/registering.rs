//! A platform registers itself at the address of an invitation.

use axum::http::{StatusCode, header};
use mtl_bridge_core::registering::InvitationPlan;
use serde_json::json;

use super::app::{BASE, TestApp};
use super::browser::{Answer, Browser, encode};
use super::registrar::{Product, Registrar, TOKEN};

const TOOL: &str = "https://purl.imsglobal.org/spec/lti-tool-configuration";

/// The path of a new invitation.
async fn invited(app: &TestApp) -> String {
    invited_by(app, "north", InvitationPlan::default()).await
}

async fn invited_by(app: &TestApp, slug: &str, plan: InvitationPlan) -> String {
    let institution = app.bridge.load_institution(slug).await.unwrap().id;
    let link = app.bridge.invite_platform(institution, plan).await.unwrap();
    link.url.as_str().strip_prefix(BASE).unwrap().to_owned()
}

/// What the platform opens in its frame.
fn opened(path: &str, configuration: &str) -> String {
    let query = encode(&[
        ("openid_configuration", configuration),
        ("registration_token", TOKEN),
    ]);
    format!("{path}?{query}")
}

async fn offered(browser: &mut Browser, path: &str, platform: &Registrar) -> Answer {
    let page = browser
        .get(&opened(path, &platform.at("configuration")))
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page
}

async fn connect(browser: &mut Browser, path: &str, page: &Answer) -> Answer {
    browser.post(path, &[("offer", page.input("offer"))]).await
}

#[tokio::test]
async fn an_administrator_of_moodle_connects_it_by_pasting_one_address() {
    let app = TestApp::start().await;
    let platform = Registrar::start(Product::Moodle).await;
    let mut browser = Browser::new(&app);
    let path = invited(&app).await;

    let by_hand = browser.get(&path).await;
    assert!(by_hand.says("Add LTI Advantage") && by_hand.says("University of the North"));

    let page = offered(&mut browser, &path, &platform).await;
    for words in [
        "Moodle at 127.0.0.1",
        "University of the North",
        "Send marks and feedback",
        "No e-mail address",
        "activities can be picked",
    ] {
        assert!(page.says(words), "{words}: {}", page.body);
    }
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    assert!(policy.ends_with("frame-ancestors *"), "{policy}");
    assert!(!page.body.contains(TOKEN), "the platform's token is sealed");
    assert!(
        platform.seen().is_empty(),
        "nothing is registered by looking"
    );

    let done = connect(&mut browser, &path, &page).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert!(done.says("Activate") && done.says("g8nMWktCPuXmEGU"));
    assert!(done.body.contains("data-lti-close"));

    let asked = &platform.seen()[0];
    assert_eq!(
        asked["scope"],
        "https://purl.imsglobal.org/spec/lti-ags/scope/score \
         https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly \
         https://purl.imsglobal.org/spec/lti-ags/scope/lineitem \
         https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
    );
    assert_eq!(
        asked["grant_types"],
        json!(["client_credentials", "implicit"])
    );
    assert_eq!(
        asked["redirect_uris"],
        json!([format!("{BASE}/lti/launch")])
    );
    assert_eq!(asked[TOOL]["domain"], "localhost:8080");
    assert_eq!(
        asked[TOOL]["claims"],
        json!(["iss", "sub", "name", "given_name", "family_name"])
    );
    assert_eq!(
        asked[TOOL]["messages"][0]["placements"],
        json!(["ContentArea"])
    );
    assert_eq!(
        asked[TOOL]["custom_parameters"],
        json!({ "mtl_context_history": "$Context.id.history" })
    );

    let kept = app.bridge.list_platforms().await.unwrap();
    let kept = kept.iter().find(|one| one.client_id == "g8nMWktCPuXmEGU");
    let kept = kept.unwrap();
    assert_eq!(kept.token_url, platform.at("mod/lti/token.php"));
    assert_eq!(kept.jwks_url, platform.at("mod/lti/certs.php"));
    assert_eq!(kept.product.as_deref(), Some("moodle"));
    assert_eq!(kept.scopes.as_ref().map(Vec::len), Some(5));
    let deployments = app.bridge.store().list_deployments(kept.id).await.unwrap();
    assert_eq!(deployments[0].lms_deployment, "3");
    assert!(kept.allow_new_deployments);
}

#[tokio::test]
async fn a_refusal_is_shown_in_the_platforms_own_words_and_the_address_still_works() {
    let app = TestApp::start().await;
    let platform = Registrar::start(Product::Moodle).await;
    platform.refuse(
        StatusCode::BAD_REQUEST,
        "missing required attribute client_name",
    );
    let mut browser = Browser::new(&app);
    let path = invited(&app).await;
    let page = offered(&mut browser, &path, &platform).await;
    let refused = connect(&mut browser, &path, &page).await;
    assert_eq!(refused.status, StatusCode::BAD_GATEWAY);
    assert!(
        refused.says("missing required attribute client_name"),
        "{}",
        refused.body
    );
    let page = offered(&mut browser, &path, &platform).await;
    let done = connect(&mut browser, &path, &page).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
}

#[tokio::test]
async fn an_address_works_once_also_when_two_press_the_button_together() {
    let app = TestApp::start().await;
    let platform = Registrar::start(Product::Moodle).await;
    let path = invited(&app).await;
    let (mut one, mut other) = (Browser::new(&app), Browser::new(&app));
    let page = offered(&mut one, &path, &platform).await;
    let (a, b) = tokio::join!(
        connect(&mut one, &path, &page),
        connect(&mut other, &path, &page)
    );
    let mut statuses = [a.status, b.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::GONE]);
    let late = one.get(&opened(&path, &platform.at("configuration"))).await;
    assert_eq!(late.status, StatusCode::GONE);
    assert!(late.says("used already"));
}

#[tokio::test]
async fn registering_again_brings_the_same_registration_up_to_date() {
    let app = TestApp::start().await;
    let platform = Registrar::start(Product::Moodle).await;
    let mut browser = Browser::new(&app);
    for round in 0..2 {
        let path = invited(&app).await;
        let page = offered(&mut browser, &path, &platform).await;
        let done = connect(&mut browser, &path, &page).await;
        assert_eq!(done.says("up to date"), round == 1, "{}", done.body);
        // The platform has moved its token endpoint before the second round.
        platform.change("token_endpoint", platform.at("moved").into());
    }
    let kept = app.bridge.list_platforms().await.unwrap();
    let urls: Vec<_> = kept
        .iter()
        .filter(|one| one.client_id == "g8nMWktCPuXmEGU")
        .map(|one| one.token_url.clone())
        .collect();
    assert_eq!(urls, [platform.at("moved")]);
}

#[tokio::test]
async fn nobody_takes_over_the_platform_of_another_institution() {
    let app = TestApp::start().await;
    app.add_institution("south").await;
    let platform = Registrar::start(Product::Moodle).await;
    let mut browser = Browser::new(&app);
    let mut statuses = Vec::new();
    let shared = InvitationPlan {
        shared: true,
        ..InvitationPlan::default()
    };
    for (slug, plan) in [
        ("north", InvitationPlan::default()),
        ("south", InvitationPlan::default()),
        ("south", shared),
    ] {
        let path = invited_by(&app, slug, plan).await;
        let page = offered(&mut browser, &path, &platform).await;
        statuses.push(connect(&mut browser, &path, &page).await.status);
    }
    assert_eq!(
        statuses,
        [StatusCode::OK, StatusCode::CONFLICT, StatusCode::CONFLICT]
    );
}

#[tokio::test]
async fn an_administrator_of_canvas_who_drops_a_scope_is_told_what_will_not_work() {
    let app = TestApp::start().await;
    let platform = Registrar::start(Product::Canvas).await;
    let mut browser = Browser::new(&app);
    let path = invited(&app).await;
    let page = offered(&mut browser, &path, &platform).await;
    assert!(page.says("Test <script>alert(1)</script> University (Canvas)"));
    assert!(!page.body.contains("<script>alert"), "names are escaped");

    let done = connect(&mut browser, &path, &page).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert!(done.says("did not grant everything") && done.says("Read who is in a course"));

    let tool = &platform.seen()[0][TOOL];
    assert_eq!(
        tool["https://canvas.instructure.com/lti/privacy_level"],
        "name_only"
    );
    assert_eq!(
        tool["messages"][0]["placements"],
        json!([
            "https://canvas.instructure.com/lti/assignment_selection",
            "https://canvas.instructure.com/lti/link_selection",
        ])
    );
    assert_eq!(
        tool["messages"][1]["placements"],
        json!(["https://canvas.instructure.com/lti/course_navigation"])
    );
    let kept = app.bridge.list_platforms().await.unwrap();
    let kept = kept.iter().find(|one| one.client_id == "10000000000042");
    let kept = kept.unwrap();
    assert_eq!(kept.issuer, "https://canvas.instructure.com");
    // Its token endpoint is whom assertions are for: the server's name is no address.
    assert_eq!(kept.token_audience, None);
    assert_eq!(kept.scopes.as_ref().map(Vec::len), Some(2));
    let deployments = app.bridge.store().list_deployments(kept.id).await.unwrap();
    assert!(deployments.is_empty());
}

#[tokio::test]
async fn the_address_makes_the_bridge_call_nothing_that_it_should_not() {
    let app = TestApp::start().await;
    let platform = Registrar::start(Product::Moodle).await;
    let mut browser = Browser::new(&app);
    let path = invited(&app).await;
    for configuration in [
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "http://lms.example/",
        "file:///etc/passwd",
        "not an address",
        &platform.at("elsewhere"),
    ] {
        let refused = browser.get(&opened(&path, configuration)).await;
        assert!(refused.status.as_u16() >= 400, "{configuration}");
        assert!(!refused.body.contains(TOKEN));
    }
    // A redirect is not followed, and without an invitation nothing is called at all.
    assert_eq!(platform.calls(), 0);
    let stranger = browser
        .get(&opened(
            "/lti/register/guessed",
            &platform.at("configuration"),
        ))
        .await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    assert_eq!(platform.calls(), 0);

    // Nor do addresses inside a configuration lead astray.
    platform.change("registration_endpoint", "https://169.254.169.254/".into());
    let refused = browser
        .get(&opened(&path, &platform.at("configuration")))
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.says("registration endpoint"), "{}", refused.body);
    platform.change("registration_endpoint", platform.at("fine").into());
    platform.change("issuer", "https://other.example".into());
    let refused = browser
        .get(&opened(&path, &platform.at("configuration")))
        .await;
    assert!(
        refused.says("another host than its issuer"),
        "{}",
        refused.body
    );
    // Nor is a configuration without an end read to its end.
    platform.change("padding", "x".repeat(100_000).into());
    let refused = browser
        .get(&opened(&path, &platform.at("configuration")))
        .await;
    assert!(
        refused.says("an answer that is too long"),
        "{}",
        refused.body
    );
}

#[tokio::test]
async fn a_page_of_another_site_registers_nothing() {
    let app = TestApp::start().await;
    let platform = Registrar::start(Product::Moodle).await;
    let mut browser = Browser::new(&app);
    let path = invited(&app).await;
    let page = offered(&mut browser, &path, &platform).await;
    let fields = [("offer", page.input("offer"))];
    let refused = browser.post_from_elsewhere(&path, &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let forged = browser.post(&path, &[("offer", "made-up")]).await;
    assert_eq!(forged.status, StatusCode::BAD_REQUEST);
    // What one invitation showed cannot be sent with another.
    let other = invited(&app).await;
    let moved = browser.post(&other, &fields).await;
    assert_eq!(moved.status, StatusCode::BAD_REQUEST);
    assert!(platform.seen().is_empty());
}

#[tokio::test]
async fn an_address_that_is_a_week_old_has_run_out() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let path = invited(&app).await;
    app.clock.advance(chrono::TimeDelta::days(7));
    let late = browser.get(&path).await;
    assert_eq!(late.status, StatusCode::GONE);
    assert!(late.says("has run out"));
}

#[tokio::test]
async fn canvas_is_configured_by_hand_with_one_document() {
    let app = TestApp::start().await;
    let document = Browser::new(&app).get("/lti/canvas.json").await.json();
    assert_eq!(document["target_link_uri"], format!("{BASE}/lti/launch"));
    assert_eq!(
        document["public_jwk_url"],
        format!("{BASE}/.well-known/jwks.json")
    );
    let extension = &document["extensions"][0];
    assert_eq!(extension["privacy_level"], "name_only");
    let placements: Vec<_> = extension["settings"]["placements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["placement"].clone(), one["message_type"].clone()))
        .collect();
    assert_eq!(
        json!(placements),
        json!([
            ["assignment_selection", "LtiDeepLinkingRequest"],
            ["link_selection", "LtiDeepLinkingRequest"],
            ["course_navigation", "LtiResourceLinkRequest"],
        ])
    );
}
