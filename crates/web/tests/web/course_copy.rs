//! Links that name no activity, copied courses, and work that stays with its own cohort.

use axum::http::StatusCode;
use mtl_lti::claims::names;
use serde_json::{Value, json};

use super::app::TestApp;
use super::browser::{Answer, Browser};
use super::hand_platform::{HandPlatform, LEARNER};

const READ_COLUMNS: &str = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly";

async fn start() -> (TestApp, HandPlatform) {
    let app = TestApp::start().await;
    let platform = HandPlatform::start(&app).await;
    (app, platform)
}

/// A launch by a learner from a link of a course; `custom` are its parameters.
fn from(course: &str, link: &str, title: &str, custom: &Value) -> Value {
    json!({
        "sub": "learner-1",
        "name": "Lena Learner",
        (names::ROLES): [LEARNER],
        (names::CONTEXT): { "id": course, "title": format!("Course {course}") },
        (names::RESOURCE_LINK): { "id": link, "title": title },
        (names::CUSTOM): custom,
    })
}

fn with(mut claims: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn is_scenario(page: &Answer) -> bool {
    page.says("Context and question")
}

/// A tutor opens a link and binds it to the first scenario.
async fn bind(app: &TestApp, platform: &HandPlatform, claims: &Value) {
    let mut tutor = Browser::new(app);
    let tutors = json!({ "sub": "tutor-1", (names::ROLES): [super::hand_platform::INSTRUCTOR] });
    let page = platform
        .launch(app, &mut tutor, &with(claims.clone(), &tutors))
        .await;
    assert!(page.says("Which activity belongs here?"), "{}", page.body);
    let fields = [
        ("form_token", page.input("form_token")),
        ("activity", "mtl/first-question".to_owned()),
    ];
    let bound = tutor.post(&page.address("/link"), &fields).await;
    assert_eq!(bound.status, StatusCode::SEE_OTHER, "{}", bound.body);
}

#[tokio::test]
async fn a_link_without_parameters_finds_its_activity_by_its_column() {
    let (app, platform) = start().await;
    platform.add_line_item(json!({
        "label": "Another link's", "scoreMaximum": 100,
        "resourceLinkId": "link-8", "resourceId": "mtl/small-change", "tag": "mtl-activity",
    }));
    platform.add_line_item(json!({
        "label": "Scenario 1", "scoreMaximum": 100,
        "resourceLinkId": "link-9", "resourceId": "mtl/first-question", "tag": "mtl-activity",
    }));
    let ags = json!({ (names::AGS_ENDPOINT): {
        "scope": [READ_COLUMNS],
        "lineitems": platform.url.join("/lineitems").unwrap(),
    }});
    let claims = with(from("course-1", "link-9", "Week 3", &json!({})), &ags);
    let page = platform
        .launch(&app, &mut Browser::new(&app), &claims)
        .await;
    assert!(is_scenario(&page), "{}", page.body);
    // It is kept with the link: nobody asks the gradebook again.
    let page = platform
        .launch(&app, &mut Browser::new(&app), &claims)
        .await;
    assert!(is_scenario(&page));
    assert_eq!(platform.column_readings(), 1);
}

#[tokio::test]
async fn a_column_that_says_nothing_is_read_once_and_a_learner_is_told_to_wait() {
    let (app, platform) = start().await;
    platform.add_line_item(json!({
        "label": "By hand", "scoreMaximum": 10, "resourceLinkId": "link-9", "resourceId": "chapter 3",
    }));
    let ags = json!({ (names::AGS_ENDPOINT): {
        "scope": [READ_COLUMNS],
        "lineitems": platform.url.join("/lineitems").unwrap(),
    }});
    let claims = with(from("course-1", "link-9", "Week 3", &json!({})), &ags);
    for _ in 0..3 {
        let page = platform
            .launch(&app, &mut Browser::new(&app), &claims)
            .await;
        assert!(page.says("not set up yet"), "{}", page.body);
    }
    assert_eq!(platform.column_readings(), 1);
}

#[tokio::test]
async fn a_copied_courses_links_work_at_once_by_the_links_history() {
    let (app, platform) = start().await;
    let original = from("course-1", "link-1", "Week 3", &json!({}));
    bind(&app, &platform, &original).await;
    // Copied twice; the link was renamed in between.
    let history = json!({ "mtl_link_history": "link-5,link-1" });
    let copy = from("course-3", "link-7", "Third week", &history);
    let page = platform.launch(&app, &mut Browser::new(&app), &copy).await;
    assert!(is_scenario(&page), "{}", page.body);
    // A platform that does not know the variable sends it as it was written.
    let unknown = json!({ "mtl_link_history": "$ResourceLink.id.history" });
    let other = from("course-4", "link-8", "Third week", &unknown);
    let page = platform.launch(&app, &mut Browser::new(&app), &other).await;
    assert!(page.says("not set up yet"), "{}", page.body);
}

#[tokio::test]
async fn a_link_that_a_tutor_set_up_works_in_a_copied_course_by_its_title() {
    let (app, platform) = start().await;
    bind(
        &app,
        &platform,
        &from("course-1", "link-1", "Week 3", &json!({})),
    )
    .await;
    let history = json!({ "mtl_context_history": "course-1" });
    let copy = from("course-2", "link-4", "Week 3", &history);
    let page = platform.launch(&app, &mut Browser::new(&app), &copy).await;
    assert!(is_scenario(&page), "{}", page.body);
    // Another title may be anything.
    let other = from("course-2", "link-5", "Week 4", &history);
    let page = platform.launch(&app, &mut Browser::new(&app), &other).await;
    assert!(page.says("not set up yet"), "{}", page.body);
    // Without a history the same title means nothing.
    let stranger = from("course-9", "link-6", "Week 3", &json!({}));
    let page = platform
        .launch(&app, &mut Browser::new(&app), &stranger)
        .await;
    assert!(page.says("not set up yet"), "{}", page.body);
}

#[tokio::test]
async fn somebody_in_a_course_and_in_its_copy_has_work_of_their_own_in_each() {
    let (app, platform) = start().await;
    let named = json!({ "mtl_activity": "mtl/first-question" });
    let first = from("course-1", "link-1", "Scenario 1", &named);
    let second = from("course-2", "link-2", "Scenario 1", &named);
    let mut browser = Browser::new(&app);
    let page = platform.launch(&app, &mut browser, &first).await;
    let write = async |browser: &mut Browser, page: &Answer, question: &str| {
        let fields = [
            ("form_token", page.input("form_token")),
            ("stage", "context".to_owned()),
            ("based_on", page.input("based_on")),
            ("writer", page.input("writer")),
            ("text.question", question.to_owned()),
        ];
        let saved = browser.post(&page.address("/draft"), &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    };
    write(&mut browser, &page, "The question of the first year").await;

    // The copy begins anew, as a first attempt, and its overview says so.
    let page = platform.launch(&app, &mut browser, &second).await;
    assert!(
        is_scenario(&page) && !page.says("The question of the first year"),
        "{}",
        page.body
    );
    assert!(!page.says("Attempt 2"));
    write(&mut browser, &page, "Another question").await;

    // Each course keeps its own, whichever was opened last.
    for (course, own, other) in [
        (&first, "The question of the first year", "Another question"),
        (
            &second,
            "Another question",
            "The question of the first year",
        ),
    ] {
        let page = platform.launch(&app, &mut browser, course).await;
        let base = page.path.trim_end_matches('/').to_owned();
        let page = browser
            .get(&format!("{base}/work/mtl/first-question?stage=context"))
            .await;
        assert!(page.says(own) && !page.says(other), "{}", page.body);
    }

    // A course in which the activity is not placed goes on with the newest of them: the programme's
    // overview leads to it.
    let other = from(
        "course-3",
        "link-3",
        "Scenario 2",
        &json!({ "mtl_activity": "mtl/small-change" }),
    );
    let page = platform.launch(&app, &mut browser, &other).await;
    let base = page.path.trim_end_matches('/').to_owned();
    let page = browser
        .get(&format!("{base}/work/mtl/first-question?stage=context"))
        .await;
    assert!(page.says("Another question"), "{}", page.body);
}

#[tokio::test]
async fn a_date_that_was_set_when_the_link_was_placed_holds_in_its_own_course_only() {
    let (app, platform) = start().await;
    let custom = json!({
        "mtl_activity": "mtl/first-question",
        "mtl_due": "2031-05-01T11:00:00Z",
        "mtl_set_in": "course-1",
        "mtl_platform_due": "$ResourceLink.submission.endDateTime",
    });
    let open = async |course: &str, custom: &Value| {
        let claims = from(course, &format!("link-{course}"), "Scenario 1", custom);
        platform
            .launch(&app, &mut Browser::new(&app), &claims)
            .await
    };
    let page = open("course-1", &custom).await;
    assert!(page.says("1 May 2031, 12:00 BST"), "{}", page.body);
    let page = open("course-2", &custom).await;
    assert!(!page.says("2031"), "{}", page.body);
    // What a teacher changed in the platform wins.
    let changed = with(
        custom,
        &json!({ "mtl_platform_due": "2032-01-10T09:00:00Z" }),
    );
    let page = open("course-3", &changed).await;
    assert!(page.says("10 January 2032, 09:00 GMT"), "{}", page.body);
}

/// Posts notices as the platform's server does.
async fn notify(app: &TestApp, tokens: &[String]) -> Answer {
    let notices: Vec<Value> = tokens.iter().map(|jwt| json!({ "jwt": jwt })).collect();
    let request = axum::http::Request::post("/lti/notices")
        .header(axum::http::header::CONTENT_TYPE, "application/json")
        .body(axum::body::Body::from(
            json!({ "notices": notices }).to_string(),
        ))
        .unwrap();
    Browser::new(app).send(request).await
}

#[tokio::test]
async fn a_platform_that_says_when_a_course_was_copied_is_listened_to() {
    let (app, platform) = start().await;
    let original = from("course-1", "link-1", "Week 3", &json!({}));
    let service = json!({ (names::NOTIFICATION_SERVICE): {
        "service_versions": ["1.0"],
        "platform_notification_service_url": platform.url.join("/notices").unwrap(),
        "scope": ["https://purl.imsglobal.org/spec/lti/scope/noticehandlers"],
        "notice_types_supported": ["LtiContextCopyNotice"],
    }});
    bind(&app, &platform, &with(original.clone(), &service)).await;
    assert_eq!(app.bridge.subscribe_to_notices().await.unwrap(), 1);
    let [handler] = &platform.handlers()[..] else {
        panic!("{:?}", platform.handlers());
    };
    assert_eq!(handler["notice_type"], "LtiContextCopyNotice");
    assert_eq!(handler["handler"], "http://localhost:8080/lti/notices");
    // Once is enough, whoever launches.
    platform
        .launch(&app, &mut Browser::new(&app), &with(original, &service))
        .await;
    assert_eq!(app.bridge.subscribe_to_notices().await.unwrap(), 0);

    // Forged ones say nothing.
    let good = platform.copy_notice(&app, "course-1", "course-2", &json!({}));
    let stranger = mtl_lti::SigningKey::generate().unwrap();
    let elsewhere = platform.copy_notice(
        &app,
        "course-1",
        "course-2",
        &json!({ (names::DEPLOYMENT_ID): "d9" }),
    );
    let old = platform.copy_notice(&app, "course-1", "course-2", &json!({ "iat": 1, "exp": 2 }));
    let no_notice = platform.copy_notice(
        &app,
        "course-1",
        "course-2",
        &json!({ (names::NOTICE): null }),
    );
    let refused = [
        (stranger.sign(&good).unwrap(), "unknown_key"),
        (platform.sign(&elsewhere), "notice_deployment_unknown"),
        (platform.sign(&old), "expired"),
        (platform.sign(&no_notice), "unknown_message_type"),
        ("a.b.c".to_owned(), "token_malformed"),
    ];
    for (token, code) in refused {
        let answer = notify(&app, &[token]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.json()["code"], code);
    }
    let copy = from("course-2", "link-4", "Week 3", &json!({}));
    let page = platform.launch(&app, &mut Browser::new(&app), &copy).await;
    assert!(page.says("not set up yet"), "{}", page.body);

    // Of several notices the good ones count. What was looked for in vain is looked for again soon.
    let answer = notify(&app, &["a.b.c".to_owned(), platform.sign(&good)]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let copy = from("course-2", "link-5", "Week 3", &json!({}));
    let page = platform.launch(&app, &mut Browser::new(&app), &copy).await;
    assert!(is_scenario(&page), "{}", page.body);

    // A copy of the copy.
    let again = platform.copy_notice(&app, "course-2", "course-3", &json!({}));
    let answer = notify(&app, &[platform.sign(&again)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let copy = from("course-3", "link-6", "Week 3", &json!({}));
    let page = platform.launch(&app, &mut Browser::new(&app), &copy).await;
    assert!(is_scenario(&page), "{}", page.body);
}
