//! People and links that had other ids in LTI 1.1.

use axum::http::StatusCode;
use mtl_lti::claims::names;
use mtl_lti::migration::SignedWithKey;
use serde_json::{Value, json};

use super::app::TestApp;
use super::browser::Browser;
use super::hand_platform::{CLIENT, DEPLOYMENT, HandPlatform, LEARNER};

const KEY: &str = "179248902";
const SECRET: &str = "my-lti11-secret";

/// A launch under the new ids, with the old ones signed by somebody who knows `secret`.
async fn launch_as_new(
    app: &TestApp,
    platform: &HandPlatform,
    browser: &mut Browser,
    secret: &str,
) -> super::browser::Answer {
    let claims = json!({
        "sub": "new-7",
        "name": "Lena Learner",
        (names::ROLES): [LEARNER],
        (names::RESOURCE_LINK): { "id": "new-link", "title": "Week 3" },
    });
    let issuer = platform.url.origin().ascii_serialization();
    let sign = |claims: &mut Value| {
        let signed = SignedWithKey {
            key: KEY,
            deployment_id: DEPLOYMENT,
            issuer: &issuer,
            client_id: CLIENT,
            expires_at: claims["exp"].as_i64().unwrap(),
            nonce: claims["nonce"].as_str().unwrap(),
        };
        let signature = signed.sign(secret.as_bytes());
        claims[names::LTI1P1] = json!({
            "user_id": "old-7",
            "resource_link_id": "old-link",
            "oauth_consumer_key": KEY,
            "oauth_consumer_key_sign": signature,
        });
    };
    platform.launch_with(app, browser, &claims, sign).await
}

#[tokio::test]
async fn work_under_an_old_id_is_found_when_the_platform_vouches_for_it() {
    let app = TestApp::start().await;
    let platform = HandPlatform::start(&app).await;
    let old = json!({
        "sub": "old-7",
        "name": "Lena Learner",
        (names::ROLES): [LEARNER],
        (names::RESOURCE_LINK): { "id": "old-link", "title": "Week 3" },
        (names::CUSTOM): { "mtl_activity": "mtl/first-question" },
    });
    let mut browser = Browser::new(&app);
    let page = platform.launch(&app, &mut browser, &old).await;
    let fields = [
        ("form_token", page.input("form_token")),
        ("stage", "context".to_owned()),
        ("based_on", page.input("based_on")),
        ("writer", page.input("writer")),
        ("text.question", "A question of long ago".to_owned()),
    ];
    let saved = browser.post(&page.address("/draft"), &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);

    // Without the key, with a wrong secret: nothing is taken over, and the person still gets in.
    let mut browser = Browser::new(&app);
    let page = launch_as_new(&app, &platform, &mut browser, SECRET).await;
    assert!(page.says("not set up yet"), "{}", page.body);
    app.bridge
        .set_consumer_key(CLIENT, None, KEY, SECRET)
        .await
        .unwrap();
    let page = launch_as_new(&app, &platform, &mut browser, "guessed").await;
    assert!(page.says("not set up yet"), "{}", page.body);

    // With the right one the link leads where it led, to the work that was begun.
    for _ in 0..2 {
        let page = launch_as_new(&app, &platform, &mut browser, SECRET).await;
        let base = page.path.trim_end_matches('/').to_owned();
        let page = browser
            .get(&format!("{base}/work/mtl/first-question?stage=context"))
            .await;
        assert!(page.says("A question of long ago"), "{}", page.body);
    }

    // The old id is nobody's any more.
    let page = platform.launch(&app, &mut Browser::new(&app), &old).await;
    assert!(!page.says("A question of long ago"), "{}", page.body);

    // The secret is nowhere to be read.
    let keys = app.bridge.list_consumer_keys().await.unwrap();
    assert_eq!(keys.len(), 1);
    assert!(!format!("{keys:?}").contains(SECRET));
    app.bridge
        .remove_consumer_key(CLIENT, None, KEY)
        .await
        .unwrap();
    assert!(app.bridge.list_consumer_keys().await.unwrap().is_empty());
}
