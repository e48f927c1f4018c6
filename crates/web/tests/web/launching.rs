//! Logins and launches: with cookies, without, with the platform's storage, and refused.

use axum::http::{StatusCode, header};

use super::app::TestApp;
use super::browser::{Browser, parameter};

#[tokio::test]
async fn a_browser_that_keeps_cookies_is_sent_to_the_platform() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let fields = app.login_fields(app.participant(), app.scenario());

    let first = browser.post_from_elsewhere("/lti/login", &fields).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let cookie = first.header(header::SET_COOKIE);
    assert!(cookie.starts_with("mtl-kept=1; "), "{cookie}");
    assert!(
        cookie.ends_with("Secure; HttpOnly; SameSite=None; Partitioned"),
        "{cookie}"
    );
    let next = first.header(header::LOCATION).to_owned();
    assert!(next.starts_with("/lti/login/continue?iss="), "{next}");

    let second = browser.get(&next).await;
    assert!(
        second
            .header(header::LOCATION)
            .starts_with(app.platform.as_str())
    );
    assert_eq!(browser.cookies.len(), 2, "one more for this very login");

    // The next login needs no extra way.
    let again = browser
        .post_from_elsewhere(
            "/lti/login",
            &app.login_fields(app.participant(), app.scenario()),
        )
        .await;
    assert!(
        again
            .header(header::LOCATION)
            .starts_with(app.platform.as_str())
    );
}

#[tokio::test]
async fn a_launch_leads_to_the_activity_and_spends_its_cookie() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let page = browser
        .launch(&app, app.participant(), app.scenario())
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.says("Context and question") && page.says("Amara Okafor"));
    assert!(page.path.starts_with("/l/") && page.path.ends_with('/'));
    assert!(browser.cookies.contains_key("mtl-session"));
    assert!(
        !browser
            .cookies
            .keys()
            .any(|name| name.starts_with("mtl-login-"))
    );
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    let ancestors = format!(
        "frame-ancestors {}",
        app.platform.origin().ascii_serialization()
    );
    assert!(
        policy.contains(&ancestors) && policy.contains("script-src 'self'"),
        "{policy}"
    );
    assert_eq!(page.header(header::CACHE_CONTROL), "no-store");
    assert_eq!(page.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(page.header("x-request-id").len(), 10);
}

#[tokio::test]
async fn without_cookies_a_tab_of_its_own_is_offered_before_the_platform_is_called() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    browser.keeps_cookies = false;
    let fields = app.login_fields(app.participant(), app.scenario());
    let first = browser.post_from_elsewhere("/lti/login", &fields).await;
    let page = browser.follow(first).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Open MTL Bridge in a new tab") && page.body.contains("target=\"_blank\""));
    assert!(!page.body.contains("data-storage"));
    // The new tab begins the same login: it keeps cookies, so it is sent to the platform.
    let mut addresses = page.body.split('"');
    let login = addresses.find(|part| part.starts_with("/lti/login?"));
    let login = login.unwrap().replace("&#38;", "&");
    let mut tab = Browser::new(&app);
    let first = tab.get(&login).await;
    let sent = tab.get(first.header(header::LOCATION)).await;
    let authorisation: url::Url = sent.header(header::LOCATION).parse().unwrap();
    assert_eq!(authorisation.origin(), app.platform.origin());
    for (name, value) in fields {
        if ["login_hint", "lti_message_hint", "client_id"].contains(&name.as_str()) {
            assert_eq!(parameter(&authorisation, &name), value, "{name}");
        }
    }
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    assert!(
        policy.contains(&app.platform.origin().ascii_serialization()),
        "{policy}"
    );
}

#[tokio::test]
async fn the_platforms_storage_stands_in_for_the_cookie_and_the_session_goes_to_a_new_tab() {
    let app = TestApp::start().await;
    let mut framed = Browser::new(&app);
    framed.keeps_cookies = false;
    let (person, link) = (app.participant(), app.scenario());
    let mut fields = app.login_fields(person, link);
    fields.push(("lti_storage_target".to_owned(), "_parent".to_owned()));
    let first = framed.post_from_elsewhere("/lti/login", &fields).await;
    let page = framed.follow(first).await;
    assert_eq!(page.attribute("data-storage"), "put");
    assert_eq!(page.attribute("data-frame"), "_parent");
    assert_eq!(
        page.attribute("data-origin"),
        app.platform.origin().ascii_serialization()
    );
    let (key, secret) = (page.attribute("data-key"), page.attribute("data-value"));
    let authorisation = page.attribute("data-next").parse().unwrap();

    // The platform answers; no cookie comes with it, so the page asks the storage.
    let state = parameter(&authorisation, "state");
    let token = app.token(person, link, &parameter(&authorisation, "nonce"));
    let answer = [("id_token", token.as_str()), ("state", state.as_str())];
    let page = framed.post_from_elsewhere("/lti/launch", &answer).await;
    assert_eq!(page.attribute("data-storage"), "get");
    assert_eq!(page.attribute("data-key"), key);
    assert!(!page.body.contains(&secret));

    // A wrong secret makes no session.
    let mut wrong = answer.to_vec();
    wrong.push(("storage_secret", "guessed"));
    let refused = framed.post("/lti/launch", &wrong).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.headers.get(header::SET_COOKIE).is_none());

    // The right one does, and goes over into a tab where cookies are kept: once.
    let mut right = answer.to_vec();
    right.push(("storage_secret", &secret));
    let page = framed.post("/lti/launch", &right).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let handover = [("handover", page.input("handover"))];
    let mut tab = Browser::new(&app);
    let foreign = tab.post_from_elsewhere("/lti/handover", &handover).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let entered = tab.post("/lti/handover", &handover).await;
    let entered = tab.follow(entered).await;
    assert!(entered.says("Context and question"), "{}", entered.body);
    let again = Browser::new(&app).post("/lti/handover", &handover).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn refusals_can_be_read_inside_any_frame_and_used_for_nothing() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let (person, link) = (app.participant(), app.scenario());
    let authorisation = browser.login(&app, person, link).await;
    let state = parameter(&authorisation, "state");
    let token = app.token(person, link, &parameter(&authorisation, "nonce"));
    let answer = [("id_token", token.as_str()), ("state", state.as_str())];

    // Another browser, which never began a login.
    let stolen = Browser::new(&app)
        .post_from_elsewhere("/lti/launch", &answer)
        .await;
    assert_eq!(stolen.status, StatusCode::BAD_REQUEST);
    assert!(
        stolen.says("We could not match this to your browser") && stolen.says("Reference code")
    );
    let policy = stolen.header(header::CONTENT_SECURITY_POLICY);
    assert!(
        policy.contains("form-action 'none'") && !policy.contains("script-src"),
        "{policy}"
    );

    // The right browser, then the same answer again.
    let mut twice = browser.clone();
    let entered = browser.post_from_elsewhere("/lti/launch", &answer).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    let again = twice.post_from_elsewhere("/lti/launch", &answer).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.says("This page was opened already"), "{}", again.body);

    // Malformed, foreign and oversized ones.
    let missing = browser
        .post_from_elsewhere("/lti/login", &[("iss", "https://x.example")])
        .await;
    assert_eq!(missing.status, StatusCode::BAD_REQUEST);
    let unknown = [
        ("iss", "https://x.example"),
        ("login_hint", "1"),
        ("target_link_uri", "http://localhost:8080/lti/launch"),
    ];
    let unknown = browser.post_from_elsewhere("/lti/login", &unknown).await;
    assert!(
        unknown.says("Your learning site is not connected yet"),
        "{}",
        unknown.body
    );
    let long = "x".repeat(200 << 10);
    let large = browser
        .post_from_elsewhere("/lti/launch", &[("id_token", long.as_str())])
        .await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.says("Your learning site sent too much"));
    let denied = [("error", "login_required"), ("state", state.as_str())];
    let denied = browser.post_from_elsewhere("/lti/launch", &denied).await;
    assert!(denied.says("Your learning site did not let you in"));
}

#[tokio::test]
async fn pressing_back_or_loading_the_launch_again_leads_on_to_the_work() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let (person, link) = (app.participant(), app.scenario());
    let authorisation = browser.login(&app, person, link).await;
    let state = parameter(&authorisation, "state");
    let token = app.token(person, link, &parameter(&authorisation, "nonce"));
    let answer = [("id_token", token.as_str()), ("state", state.as_str())];
    let before = browser.clone();
    let entered = browser.post_from_elsewhere("/lti/launch", &answer).await;
    let work = entered.header(header::LOCATION).to_owned();
    let work_link = format!("href=\"{work}\"");

    // The browser posts the answer once more: the page says so and leads on, without a new session.
    let again = browser.post_from_elsewhere("/lti/launch", &answer).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.headers.get(header::SET_COOKIE).is_none());
    assert!(again.says("This page was opened already"), "{}", again.body);
    assert!(again.body.contains(&work_link), "{}", again.body);
    assert!(browser.get(&work).await.says("Context and question"));

    // A double click: both answers carry the login's cookie, and the second is the one that shows.
    let clicked = before
        .clone()
        .post_from_elsewhere("/lti/launch", &answer)
        .await;
    assert_eq!(clicked.status, StatusCode::BAD_REQUEST);
    assert!(clicked.body.contains(&work_link), "{}", clicked.body);

    // Somebody else's browser learns nothing about the launch.
    let mut other = Browser::new(&app);
    other.launch(&app, app.people.tutor, link).await;
    let foreign = other.post_from_elsewhere("/lti/launch", &answer).await;
    assert!(!foreign.body.contains(&work), "{}", foreign.body);
    assert!(foreign.says("We could not match this to your browser"));
}

#[tokio::test]
async fn links_without_an_activity_are_set_up_by_a_tutor_and_wait_for_a_learner() {
    let app = TestApp::start().await;
    let (unbound, unbuilt) = (app.people.links[1], app.people.links[2]);
    let mut learner = Browser::new(&app);
    let page = learner.launch(&app, app.participant(), unbound).await;
    assert!(page.says("This link is not set up yet"), "{}", page.body);
    let page = learner.launch(&app, app.participant(), unbuilt).await;
    assert!(
        page.says("This kind of activity is still being built"),
        "{}",
        page.body
    );

    let mut tutor = Browser::new(&app);
    let page = tutor.launch(&app, app.people.tutor, unbound).await;
    assert!(page.says("Which activity belongs here?"));
    let base = page.path.trim_end_matches('/').to_owned();
    let fields = [
        ("form_token", page.input("form_token")),
        ("activity", "mtl/small-change".to_owned()),
    ];
    let bound = tutor.post(&format!("{base}/link"), &fields).await;
    assert!(
        tutor
            .follow(bound)
            .await
            .says("This link now leads to that activity.")
    );
    let page = learner.launch(&app, app.participant(), unbound).await;
    assert!(page.says("Context and question"), "{}", page.body);
}
