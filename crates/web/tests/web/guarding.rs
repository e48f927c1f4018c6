//! What nobody gets: other people's pages, forms from other sites, secrets in answers.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::app::{ACTIVITY, TestApp};
use super::browser::Browser;

#[tokio::test]
async fn without_a_session_there_is_a_page_that_says_so() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let page = browser
        .launch(&app, app.participant(), app.scenario())
        .await;
    let mut stranger = Browser::new(&app);
    let refused = stranger.get(&page.path).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.says("Your session has ended"));
    let policy = refused.header(header::CONTENT_SECURITY_POLICY);
    assert!(
        policy.contains("form-action 'none'") && !policy.contains("script-src"),
        "{policy}"
    );

    // Somebody else's session opens nobody's launch but their own.
    let mut other = Browser::new(&app);
    other
        .launch(&app, app.people.participants[1], app.scenario())
        .await;
    assert_eq!(other.get(&page.path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn forms_of_other_sites_change_nothing() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let page = browser
        .launch(&app, app.participant(), app.scenario())
        .await;
    let fields = [
        ("form_token", page.input("form_token")),
        ("stage", "context".to_owned()),
        ("based_on", "0".to_owned()),
        ("text.question", "planted".to_owned()),
    ];
    let refused = browser
        .post_from_elsewhere(&page.address("/draft"), &fields)
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        !refused.body.contains("planted"),
        "nothing of it is shown either"
    );
    let without: Vec<_> = fields.iter().skip(1).cloned().collect();
    let refused = browser.post(&page.address("/draft"), &without).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let base = page.path.trim_end_matches('/').to_owned();
    let now = browser
        .get(&format!("{base}/work/{ACTIVITY}?stage=context"))
        .await;
    assert!(!now.body.contains("planted"));
}

#[tokio::test]
async fn each_role_gets_its_own_pages_and_no_others() {
    let app = TestApp::start().await;
    let table: [(_, [(&str, u16); 6]); 4] = [
        (
            app.participant(),
            [
                ("home", 200),
                ("cohort", 403),
                ("pairing", 403),
                ("catalogue", 403),
                ("policies", 403),
                ("statements", 403),
            ],
        ),
        (
            app.people.coach,
            [
                ("home", 200),
                ("cohort", 200),
                ("pairing", 403),
                ("catalogue", 403),
                ("policies", 403),
                ("statements", 403),
            ],
        ),
        (
            app.people.tutor,
            [
                ("home", 200),
                ("cohort", 200),
                ("pairing", 200),
                ("catalogue", 200),
                ("policies", 200),
                ("statements", 200),
            ],
        ),
        (
            app.people.lead,
            [
                ("home", 200),
                ("cohort", 200),
                ("pairing", 200),
                ("catalogue", 200),
                ("policies", 200),
                ("statements", 200),
            ],
        ),
    ];
    for (person, pages) in table {
        let mut browser = Browser::new(&app);
        let first = browser.launch(&app, person, app.scenario()).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        let base = first.path.trim_end_matches('/').to_owned();
        for (page, status) in pages {
            let answer = browser.get(&format!("{base}/{page}")).await;
            assert_eq!(
                answer.status.as_u16(),
                status,
                "{page} for {person:?}: {}",
                answer.body
            );
            if let Some(nav) = first.body.split("aria-label=\"Main\"").nth(1) {
                let is_offered = nav
                    .split("</nav>")
                    .next()
                    .unwrap()
                    .contains(&format!("/{page}\""));
                assert!(
                    !is_offered || status == 200,
                    "{page} is offered to {person:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn what_programs_ask_for_is_there() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    assert_eq!(browser.get("/healthz").await.body, "ok");
    assert_eq!(browser.get("/readyz").await.body, "ready");
    let keys = browser.get("/.well-known/jwks.json").await.json();
    assert_eq!(keys["keys"][0]["alg"], "RS256");
    assert!(
        keys["keys"][0].get("d").is_none(),
        "the private half stays here"
    );
    assert_eq!(browser.get("/xapi/about").await.status, StatusCode::OK);
    let statements = Request::get("/xapi/statements")
        .header("x-experience-api-version", "1.0.3")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        browser.send(statements).await.status,
        StatusCode::UNAUTHORIZED
    );
    let missing = browser.get("/nowhere").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.says("There is nothing here"));
    assert_eq!(
        browser.get("/lti/launch").await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    let style = missing.attribute("rel=\"stylesheet\" href");
    let style = browser.get(&style).await;
    assert!(
        style.status == StatusCode::OK && style.header(header::CACHE_CONTROL).contains("immutable")
    );
}
