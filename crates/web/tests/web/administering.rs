//! The pages of an institution's administrator.

use axum::http::{StatusCode, header};
use mtl_bridge_core::institutions::PlatformSetup;
use mtl_demo_lms::{LinkId, LinkSeed, PersonId, ToolKeys, ToolRegistration};

use super::app::{ACTIVITY, BASE, TestApp};
use super::browser::{Answer, Browser, parameter};

/// A browser whose person signed in by a link for that institution.
async fn administrator(app: &TestApp, slug: &str) -> Browser {
    let mut browser = Browser::new(app);
    let path = sign_in_link(app, slug).await;
    let entered = browser.post(&path, &[("", "")]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
    browser
}

async fn sign_in_link(app: &TestApp, slug: &str) -> String {
    let institution = app.bridge.load_institution(slug).await.unwrap().id;
    let link = app.bridge.invite_administrator(institution).await.unwrap();
    link.url.as_str().strip_prefix(BASE).unwrap().to_owned()
}

async fn post(browser: &mut Browser, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
    let token = page.input("form_token");
    let mut all = vec![("form_token", token.as_str())];
    all.extend_from_slice(fields);
    browser.post(path, &all).await
}

/// The page of the only platform.
async fn platform_page(browser: &mut Browser) -> Answer {
    let list = browser.get("/admin/platforms").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.body);
    let href = list
        .body
        .split('"')
        .find(|part| part.starts_with("/admin/platforms/") && !part.ends_with("invite"))
        .unwrap()
        .to_owned();
    browser.get(&href).await
}

#[tokio::test]
async fn a_sign_in_link_works_once_and_only_by_its_button() {
    let app = TestApp::start().await;
    let path = sign_in_link(&app, "north").await;
    let mut browser = Browser::new(&app);
    for _ in 0..2 {
        let page = browser.get(&path).await;
        assert!(page.says("Sign in as administrator"));
        assert!(
            browser.cookies.is_empty(),
            "looking at a link uses nothing up"
        );
    }
    let elsewhere = browser.post_from_elsewhere(&path, &[("", "")]).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    let entered = browser.post(&path, &[("", "")]).await;
    let cookie = entered.header(header::SET_COOKIE).to_owned();
    assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
    let list = browser.follow(entered).await;
    assert!(list.says("University of the North") && list.says("LMS"));
    assert!(
        list.header(header::CONTENT_SECURITY_POLICY)
            .ends_with("frame-ancestors 'none'")
    );

    let again = Browser::new(&app).post(&path, &[("", "")]).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.says("does not work any more"));
    let late = sign_in_link(&app, "north").await;
    app.clock.advance(chrono::TimeDelta::minutes(31));
    let late = Browser::new(&app).post(&late, &[("", "")]).await;
    assert_eq!(late.status, StatusCode::GONE);

    let left = post(&mut browser, &list, "/admin/sign-out", &[]).await;
    assert!(left.says("You are signed out"));
    assert_eq!(
        browser.get("/admin/platforms").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn nobody_administers_without_a_sign_in_or_with_a_foreign_form() {
    let app = TestApp::start().await;
    // A tutor's launch opens no administration.
    let mut tutor = Browser::new(&app);
    tutor.launch(&app, app.people.tutor, app.scenario()).await;
    for path in ["/admin/platforms", "/admin/set-up"] {
        assert_eq!(tutor.get(path).await.status, StatusCode::UNAUTHORIZED);
    }
    let mut browser = administrator(&app, "north").await;
    let list = browser.get("/admin/platforms").await;
    let token = list.input("form_token");
    let forged = browser
        .post("/admin/platforms/invite", &[("form_token", "made-up")])
        .await;
    assert_eq!(forged.status, StatusCode::UNAUTHORIZED);
    let foreign = browser
        .post_from_elsewhere("/admin/platforms/invite", &[("form_token", &token)])
        .await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let invited = browser
        .post("/admin/platforms/invite", &[("form_token", &token)])
        .await;
    assert!(invited.body.contains("/lti/register/"), "{}", invited.body);
    let listed = browser.get("/admin/platforms").await;
    assert!(listed.says("Not used yet"));
}

#[tokio::test]
async fn an_administrator_sees_how_a_platform_does_and_tests_it() {
    let app = TestApp::start().await;
    Browser::new(&app)
        .launch(&app, app.participant(), app.scenario())
        .await;
    let mut browser = administrator(&app, "north").await;
    let page = platform_page(&mut browser).await;
    assert!(page.says("Not tested") && page.says("Last launch"));
    assert!(!page.says("None in the last month"), "{}", page.body);

    let path = page.path.clone();
    let tested = post(&mut browser, &page, &format!("{path}/test"), &[]).await;
    let page = browser.follow(tested).await;
    assert!(page.says("It answers with one key."), "{}", page.body);
    assert!(page.says("The platform gives a token.") && !page.says("Fails"));

    // The platform's administrator has deleted the tool.
    app.lms.remove_tool(app.lms.tools()[0].id);
    let tested = post(&mut browser, &page, &format!("{path}/test"), &[]).await;
    let page = browser.follow(tested).await;
    assert!(page.says("It answers with one key."), "{}", page.body);
    assert!(page.says("Fails") && page.says("Needs attention"));
}

#[tokio::test]
async fn one_institution_does_not_see_anothers_platforms() {
    let app = TestApp::start().await;
    app.add_institution("south").await;
    let mut north = administrator(&app, "north").await;
    let path = platform_page(&mut north).await.path;
    let mut south = administrator(&app, "south").await;
    let list = south.get("/admin/platforms").await;
    assert!(list.says("No platform is connected yet"));
    assert_eq!(south.get(&path).await.status, StatusCode::NOT_FOUND);
    for action in ["test", "accept"] {
        let refused = post(
            &mut south,
            &list,
            &format!("{path}/{action}"),
            &[("deployment", "1")],
        )
        .await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{action}");
    }
}

#[tokio::test]
async fn a_deployment_waits_until_an_administrator_accepts_it() {
    let app = TestApp::start().await;
    app.add_institution("south").await;
    let tool = |path: &str| format!("{BASE}{path}").parse::<url::Url>().unwrap();
    let registered = app.lms.register_tool(ToolRegistration::new(
        "MTL Bridge, asked for",
        "asked",
        "7",
        tool("/lti/login"),
        vec![tool("/lti/launch")],
        ToolKeys::Url(tool("/.well-known/jwks.json")),
    ));
    let seed = LinkSeed::new("Asked", tool("/lti/launch")).with_custom("mtl_activity", ACTIVITY);
    let link = app
        .lms
        .add_link_of(registered, app.people.course, seed)
        .unwrap();
    register_asking(&app, "asked").await;

    let mut participant = Browser::new(&app);
    let refused = try_launch(&mut participant, &app, app.participant(), link).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.says("it is on their list now"), "{}", refused.body);

    let mut other = administrator(&app, "south").await;
    assert!(!other.get("/admin/platforms").await.says("Waiting for you"));
    let mut browser = administrator(&app, "north").await;
    let list = browser.get("/admin/platforms").await;
    assert!(list.says("Waiting for you") && list.says(">7</span> of LMS that asks"));
    let action = list.address("/accept");
    let accepted = post(&mut browser, &list, &action, &[("deployment", "7")]).await;
    let list = browser.follow(accepted).await;
    assert!(list.says("Accepted.") && !list.says("Waiting for you"));
    let twice = post(&mut browser, &list, &action, &[("deployment", "7")]).await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND);

    let welcome = participant.launch(&app, app.participant(), link).await;
    assert_eq!(welcome.status, StatusCode::OK, "{}", welcome.body);
}

#[tokio::test]
async fn a_platform_is_set_up_by_hand_with_the_values_of_the_page() {
    let app = TestApp::start().await;
    let mut browser = administrator(&app, "north").await;
    let page = browser.get("/admin/set-up").await;
    for value in [
        format!("{BASE}/lti/launch"),
        format!("{BASE}/lti/login"),
        format!("{BASE}/.well-known/jwks.json"),
        format!("{BASE}/lti/canvas.json"),
    ] {
        assert!(page.says(&value), "{value}");
    }
    let wrong = post(
        &mut browser,
        &page,
        "/admin/set-up",
        &[
            ("name", "Moodle <b>"),
            ("auth_url", "moodle.example"),
            ("ask", "yes"),
        ],
    )
    .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.says("Enter the field “Issuer”."));
    assert!(wrong.says("Enter a whole address"));
    assert!(wrong.says("Moodle <b>") && !wrong.body.contains("Moodle <b>"));
    assert!(wrong.body.contains("value=\"yes\" checked"));

    let filled = [
        ("name", "Hand-made Moodle"),
        ("issuer", "https://moodle.example"),
        ("client_id", "by-hand"),
        ("auth_url", "https://moodle.example/mod/lti/auth.php"),
        ("token_url", "https://moodle.example/mod/lti/token.php"),
        ("jwks_url", "https://moodle.example/mod/lti/certs.php"),
        ("deployment", "4"),
        ("ask", "yes"),
    ];
    let added = post(&mut browser, &page, "/admin/set-up", &filled).await;
    let shown = browser.follow(added).await;
    assert!(shown.says("Hand-made Moodle") && shown.says("by-hand"));
    let again = post(&mut browser, &page, "/admin/set-up", &filled).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.says("registered already"));
    let kept = app.bridge.list_platforms().await.unwrap();
    let kept = kept.iter().find(|one| one.client_id == "by-hand").unwrap();
    assert_eq!(kept.product.as_deref(), Some("moodle"));
    assert!(!kept.allow_new_deployments);
}

/// Registers the platform once more, for a client id whose deployments must be accepted.
async fn register_asking(app: &TestApp, client_id: &str) {
    let ends = app.lms.endpoints();
    let setup = PlatformSetup {
        institution: Some("north".to_owned()),
        name: "LMS that asks".to_owned(),
        issuer: ends.issuer,
        client_id: client_id.to_owned(),
        auth_url: ends.authorization.parse().unwrap(),
        token_url: ends.token.parse().unwrap(),
        token_audience: None,
        jwks_url: ends.jwks.parse().unwrap(),
        frame_origins: Vec::new(),
        product: None,
        deployments: Vec::new(),
        ask_for_deployments: true,
    };
    app.bridge.add_platform(setup).await.unwrap();
}

/// A launch to whatever it leads to.
async fn try_launch(
    browser: &mut Browser,
    app: &TestApp,
    person: PersonId,
    link: LinkId,
) -> Answer {
    let authorisation = browser.login(app, person, link).await;
    let state = parameter(&authorisation, "state");
    let token = app.token(person, link, &parameter(&authorisation, "nonce"));
    browser
        .post_from_elsewhere("/lti/launch", &[("id_token", &token), ("state", &state)])
        .await
}
