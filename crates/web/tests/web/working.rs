//! A participant's work: saving, conflicts, evidence, submission, and a session that ends.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chrono::TimeDelta;

use super::app::{ACTIVITY, TestApp};
use super::browser::{Answer, Browser};

struct Desk {
    app: TestApp,
    browser: Browser,
    page: Answer,
}

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let mut browser = Browser::new(&app);
        let page = browser
            .launch(&app, app.participant(), app.scenario())
            .await;
        Self { app, browser, page }
    }

    fn base(&self) -> String {
        self.page.path.trim_end_matches('/').to_owned()
    }

    fn draft(&self) -> String {
        self.page.address("/draft")
    }

    fn fields(&self, question: &str) -> Vec<(&'static str, String)> {
        vec![
            ("form_token", self.page.input("form_token")),
            ("stage", "context".to_owned()),
            ("based_on", self.page.input("based_on")),
            ("writer", self.page.input("writer")),
            ("text.setting", "A class of twenty-eight.".to_owned()),
            ("text.question", question.to_owned()),
        ]
    }
}

#[tokio::test]
async fn a_draft_is_saved_by_its_buttons_and_while_it_is_typed() {
    let mut desk = Desk::open().await;
    let (draft, mut fields) = (desk.draft(), desk.fields("Why?"));
    fields.push(("go", "plan".to_owned()));
    let saved = desk.browser.post(&draft, &fields).await;
    assert!(saved.header(header::LOCATION).ends_with("?stage=plan"));
    let page = desk.browser.follow(saved).await;
    assert!(page.says("2. Plan") && page.says("(written)"));

    let typed = desk
        .browser
        .post_json(&draft, &desk.fields("Why now?"))
        .await;
    assert_eq!(typed.status, StatusCode::OK, "{}", typed.body);
    let said = typed.json();
    assert_eq!(
        (said["revision"].as_i64(), said["conflict"].as_bool()),
        (Some(2), Some(false))
    );
    assert_eq!(said["words"], "6 words");
    let page = desk
        .browser
        .get(&format!("{}/work/{ACTIVITY}?stage=context", desk.base()))
        .await;
    assert!(page.says("Why now?") && page.says("2 versions") || page.says("1 version"));
}

#[tokio::test]
async fn a_late_window_loses_nothing_and_is_asked() {
    let mut desk = Desk::open().await;
    let draft = desk.draft();
    desk.browser.post_json(&draft, &desk.fields("Mine")).await;
    let mut late = desk.fields("Theirs");
    late[3].1 = "another window".to_owned();
    let said = desk.browser.post_json(&draft, &late).await.json();
    assert_eq!(said["conflict"], true);
    let page = desk
        .browser
        .get(&format!("{}/work/{ACTIVITY}?stage=context", desk.base()))
        .await;
    assert!(page.says("Text from another window") && page.says("Theirs") && page.says("Mine"));
    let settle = [
        ("form_token", page.input("form_token")),
        ("take", "append".to_owned()),
    ];
    let settled = desk.browser.post(&page.address("/asides/1"), &settle).await;
    let page = desk.browser.follow(settled).await;
    assert!(page.says("Mine\n\nTheirs") && !page.says("Text from another window"));
}

#[tokio::test]
async fn a_refused_text_comes_back_with_the_reason_beside_its_field() {
    let mut desk = Desk::open().await;
    let draft = desk.draft();
    let long = "x".repeat(1_001);
    let page = desk.browser.post(&draft, &desk.fields(&long)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("“Your question” is too long") && page.body.contains(&long));
    assert!(page.body.contains("<a href=\"#text-question\">") && page.says("<title>Error: "));
}

#[tokio::test]
async fn a_session_that_ends_while_somebody_types_loses_no_text() {
    let mut desk = Desk::open().await;
    let (draft, fields) = (
        desk.draft(),
        desk.fields("A question that took an hour <b>"),
    );
    desk.app.clock.advance(TimeDelta::hours(13));

    let typed = desk.browser.post_json(&draft, &fields).await;
    assert_eq!(typed.status, StatusCode::UNAUTHORIZED);
    assert_eq!(typed.json()["code"], "session_expired");
    let page = desk.browser.post(&draft, &fields).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.says("Your session has ended") && page.says("A question that took an hour <b>"));
    assert!(!page.body.contains("hour <b>"), "what was typed is escaped");

    // After a new launch in another tab the same form is simply saved.
    let relaunched = desk
        .browser
        .launch(&desk.app, desk.app.participant(), desk.app.scenario())
        .await;
    assert_eq!(relaunched.status, StatusCode::OK);
    let saved = desk.browser.post(&draft, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
}

#[tokio::test]
async fn a_form_of_before_the_keys_changed_is_confirmed_and_loses_no_text() {
    let mut desk = Desk::open().await;
    let (draft, mut fields) = (desk.draft(), desk.fields("A question that took an hour"));
    fields[0].1 = "of-another-key".to_owned();
    let page = desk.browser.post(&draft, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.says("Please send this once more") && page.says("A question that took an hour"));
    let fresh = desk.browser.post_json(&draft, &fields).await;
    assert_eq!(fresh.json()["form_token"], page.input("form_token"));
    let mut again = fields.clone();
    again[0].1 = page.input("form_token");
    let saved = desk.browser.post(&draft, &again).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
}

#[tokio::test]
async fn evidence_is_added_refused_downloaded_and_taken_away() {
    let mut desk = Desk::open().await;
    let token = desk.page.input("form_token");
    let attempt = desk.draft().trim_end_matches("/draft").to_owned();
    let upload = |name: &str, kind: &str, bytes: &[u8]| {
        let mut body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--x--\r\n");
        Request::post(format!("{attempt}/evidence"))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .header(header::ACCEPT, "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap()
    };
    let added = desk
        .browser
        .send(upload("Who speaks?.txt", "text/plain", b"six pupils"))
        .await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    let page = desk
        .browser
        .get(added.json()["next"].as_str().unwrap())
        .await;
    assert!(page.says("Added to your evidence.") && page.says("10 bytes"));

    let refused = desk
        .browser
        .send(upload("x.exe", "application/octet-stream", b"MZ"))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let large = vec![b'x'; (25 << 20) + 1];
    let refused = desk
        .browser
        .send(upload("large.txt", "text/plain", &large))
        .await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);

    // Anyone with the address gets the file, as a download that can do nothing; but not for long.
    let address = page
        .body
        .split('"')
        .find(|part| part.starts_with("/evidence/"))
        .unwrap()
        .to_owned();
    let mut stranger = Browser::new(&desk.app);
    let file = stranger.get(&address).await;
    assert_eq!(
        (file.status, file.body.as_str()),
        (StatusCode::OK, "six pupils")
    );
    assert!(
        file.header(header::CONTENT_DISPOSITION)
            .starts_with("attachment; ")
    );
    assert!(
        file.header(header::CONTENT_SECURITY_POLICY)
            .contains("sandbox")
    );
    desk.app.clock.advance(TimeDelta::minutes(11));
    assert_eq!(stranger.get(&address).await.status, StatusCode::GONE);

    let remove = [("form_token", page.input("form_token"))];
    let removed = desk.browser.post(&page.address("/remove"), &remove).await;
    assert!(
        desk.browser
            .follow(removed)
            .await
            .says("No files or links yet.")
    );
    let link = [
        ("form_token", page.input("form_token")),
        ("url", "javascript:alert(1)".to_owned()),
        ("title", "x".to_owned()),
    ];
    let refused = desk.browser.post(&format!("{attempt}/links"), &link).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_unfinished_draft_is_not_taken_and_says_what_is_missing() {
    let mut desk = Desk::open().await;
    let attempt = desk.draft().trim_end_matches("/draft").to_owned();
    let page = desk.browser.get(&format!("{attempt}/submit")).await;
    assert!(page.says("Not ready to submit yet"), "{}", page.body);
    let fields = [
        ("form_token", desk.page.input("form_token")),
        ("revision", "0".to_owned()),
        ("declare", "yes".to_owned()),
    ];
    let refused = desk
        .browser
        .post(&format!("{attempt}/submit"), &fields)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let home = desk.browser.get(&format!("{}/home", desk.base())).await;
    assert!(
        home.says("Your four strands") && home.says("Begin writing"),
        "{}",
        home.body
    );
    let versions = desk.browser.get(&format!("{attempt}/versions")).await;
    assert_eq!(versions.status, StatusCode::OK);
}
