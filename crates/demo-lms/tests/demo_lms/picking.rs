//! Picking activities: the request as it was recorded, and what becomes of each recorded answer.

use axum::http::StatusCode;
use mtl_demo_lms::{Period, SubmissionReview};
use mtl_lti::SigningKey;
use serde_json::{Value, json};

use crate::{
    launching::{claims, comparable},
    platform::{Answer, BASE, CLIENT_ID, LEARNER, Platform, TEACHER, recording, tool_key},
};

const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";
const DL: &str = "https://purl.imsglobal.org/spec/lti-dl/claim/";
const TARGET: &str = "http://127.0.0.1:9001/launch";

/// A visit to the picker, up to the token that the tool gets.
pub(crate) struct Visit {
    cookie: String,
    pub(crate) claims: Value,
}

impl Visit {
    pub(crate) async fn begin(platform: &Platform, nonce: &str) -> Self {
        let cookie = platform.cookie(TEACHER);
        let path = "/mod/lti/contentitem.php?id=1&course=2";
        let login = platform.get(path, &cookie).await;
        let field = |name| login.field(name).unwrap();
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
                    ("redirect_uri", "http://127.0.0.1:9001/deep"),
                    ("login_hint", &field("login_hint")),
                    ("lti_message_hint", &field("lti_message_hint")),
                    ("nonce", nonce),
                    ("state", "st-1"),
                ],
            )
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let claims = claims(&answer.field("id_token").unwrap());
        Self { cookie, claims }
    }

    fn return_path(&self) -> String {
        let settings = &self.claims[format!("{DL}deep_linking_settings")];
        let url = settings["deep_link_return_url"].as_str().unwrap();
        url.strip_prefix(BASE).unwrap().to_owned()
    }

    pub(crate) async fn answer(&self, platform: &Platform, token: &str) -> Answer {
        let form = [("JWT", token)];
        platform
            .post_form(&self.return_path(), &self.cookie, &form)
            .await
    }
}

/// The claims of an answer with these items, as the recorded tool wrote them.
pub(crate) fn answer_claims(platform: &Platform, items: &Value) -> Value {
    let now = platform.clock.now().timestamp();
    json!({
        "iss": CLIENT_ID,
        "aud": [BASE],
        "iat": now,
        "exp": now + 600,
        "nonce": "nonce-1",
        format!("{LTI}deployment_id"): "1",
        format!("{LTI}message_type"): "LtiDeepLinkingResponse",
        format!("{LTI}version"): "1.3.0",
        format!("{DL}content_items"): items,
        format!("{DL}data"): null,
    })
}

#[tokio::test]
async fn the_request_is_the_recorded_one() {
    let platform = Platform::new();
    let name = "launches/ltideeplinkingrequest-instructor-nolineitem.json";
    let recorded: Value = serde_json::from_str(&recording(name)).unwrap();
    let form = &recorded["login_request"]["form"];
    let login = platform
        .get(
            "/mod/lti/contentitem.php?id=1&course=2",
            &platform.cookie(TEACHER),
        )
        .await;
    for field in [
        "iss",
        "target_link_uri",
        "login_hint",
        "client_id",
        "lti_deployment_id",
    ] {
        assert_eq!(json!(login.field(field)), form[field], "{field}");
    }
    let hint: Value = serde_json::from_str(&login.field("lti_message_hint").unwrap()).unwrap();
    let launch = hint["launchid"].as_str().unwrap();
    assert!(launch.starts_with("ltilaunch_ContentItemSelectionRequest"));
    assert_eq!(hint.as_object().unwrap().len(), 1);

    let recorded = &recorded["id_token_claims"];
    platform.clock.set(recorded["iat"].as_i64().unwrap());
    let visit = Visit::begin(&platform, recorded["nonce"].as_str().unwrap()).await;
    assert_eq!(
        comparable(visit.claims.clone()),
        comparable(recorded.clone())
    );
}

/// What was answered in each recorded case.
fn items_of(case: &str) -> Value {
    let item =
        |kind: &str, title: &str, url: &str| json!([{"type": kind, "title": title, "url": url}]);
    match case {
        "DL empty items" | "DL errormsg" => json!([]),
        "DL type link" => item("link", "L", "http://127.0.0.1:9001/x"),
        "DL type file" => item("file", "F", "http://127.0.0.1:9001/x.pdf"),
        "DL no url" => json!([{"type": "ltiResourceLink", "title": "no url"}]),
        "DL foreign url" => item("ltiResourceLink", "T", "http://other.invalid/x"),
        "DL full item" => json!([{
            "type": "ltiResourceLink", "title": "T <b>", "text": "Some <i>text</i>",
            "icon": {"url": "http://127.0.0.1:9001/i.png", "width": 10, "height": 10},
            "url": format!("{TARGET}?q=1"), "custom": {"a": "1", "n": 5},
            "lineItem": {
                "scoreMaximum": 7.5, "label": "L", "resourceId": "rid", "tag": "tg",
                "submissionReview": {"url": TARGET, "custom": {"rv": "1"}},
            },
        }]),
        _ => item("ltiResourceLink", "T", TARGET),
    }
}

#[tokio::test]
async fn each_recorded_answer_of_a_picker_comes_out_as_recorded() {
    let cases: Vec<Value> = serde_json::from_str(&recording("authorize-outcomes.json")).unwrap();
    let mut seen = 0;
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        if !name.starts_with("DL ") {
            continue;
        }
        let platform = Platform::new();
        let mut visit = Visit::begin(&platform, "n").await;
        let mut claims = answer_claims(&platform, &items_of(name));
        let mut key = tool_key();
        let other = SigningKey::generate().unwrap();
        match name {
            "DL errormsg" => claims[format!("{DL}errormsg")] = json!("tool said no"),
            "DL msg" => claims[format!("{DL}msg")] = json!("custom msg"),
            "DL iss wrong" => claims["iss"] = json!("another"),
            "DL aud wrong" => claims["aud"] = json!("http://other.invalid"),
            "DL no nonce" => claims["nonce"] = Value::Null,
            "DL expired" => claims["exp"] = json!(platform.clock.now().timestamp() - 10),
            "DL wrong deployment" => claims[format!("{LTI}deployment_id")] = json!("9"),
            "DL wrong message_type" => claims[format!("{LTI}message_type")] = json!("Other"),
            "DL bad sesskey" => {
                let settings = &mut visit.claims[format!("{DL}deep_linking_settings")];
                settings["deep_link_return_url"] = json!(format!(
                    "{BASE}/mod/lti/contentitem_return.php?course=2&id=1&sesskey=x"
                ));
            }
            "DL student" => visit.cookie = platform.cookie(LEARNER),
            "DL unknown kid" => key = &other,
            _ => {}
        }
        let answer = visit.answer(&platform, &key.sign(&claims).unwrap()).await;
        assert_eq!(json!(answer.status.as_u16()), case["status"], "{name}");
        seen += 1;
        if answer.status != StatusCode::OK {
            assert_eq!(platform.lms.links(platform.course).len(), 1, "{name}");
            continue;
        }
        let content: Value = serde_json::from_str(&answer.data("content").unwrap()).unwrap();
        let recorded = read_cut(case["result"].as_str().unwrap());
        assert_eq!(content, recorded, "{name}");
        match case["alert"].as_str() {
            Some(alert) => assert!(answer.body.contains(alert), "{name}"),
            None => assert!(!answer.body.contains("role=\"status\""), "{name}"),
        }
    }
    assert_eq!(seen, 18);
}

/// A recorded form without its icon of success, at which one recording was cut off.
fn read_cut(recorded: &str) -> Value {
    let Some((form, _)) = recorded.split_once(",\"selectcontentindicator\"") else {
        return serde_json::from_str(recorded).unwrap();
    };
    serde_json::from_str(&format!("{form}}}")).unwrap()
}

#[tokio::test]
async fn the_recorded_answers_make_the_activities_and_their_columns() {
    let recorded = recording("deep-linking-responses-accepted.json");
    let recorded: Vec<Value> = serde_json::from_str(&recorded).unwrap();
    for answer in &recorded {
        let platform = Platform::new();
        let claims = &answer["claims"];
        platform.clock.set(claims["iat"].as_i64().unwrap());
        let visit = Visit::begin(&platform, "n").await;
        let token = tool_key().sign(claims).unwrap();
        assert_eq!(visit.answer(&platform, &token).await.status, 200);

        let items = claims[format!("{DL}content_items")].as_array().unwrap();
        let links = platform.lms.links(platform.course);
        let columns = platform.lms.line_items(platform.course);
        assert_eq!(links.len(), 1 + items.len());
        for (link, item) in links[1..].iter().zip(items) {
            assert_eq!(json!(link.title), item["title"]);
            assert_eq!(json!(link.target_link_uri), item["url"]);
            let exercise = item["custom"]["exercise"].as_str().unwrap();
            assert!(
                link.custom
                    .contains(&("exercise".to_owned(), exercise.to_owned()))
            );
            let column = columns.iter().find(|column| column.link == Some(link.id));
            let column = column.unwrap();
            assert_eq!(json!(column.resource_id), item["lineItem"]["resourceId"]);
            assert_eq!(json!(column.tag), item["lineItem"]["tag"]);
            assert_eq!(
                Some(column.maximum),
                item["lineItem"]["scoreMaximum"].as_f64()
            );
        }
    }
    assert_eq!(recorded.len(), 3);
}

#[tokio::test]
async fn a_picked_activity_keeps_its_dates_and_its_review() {
    let platform = Platform::new();
    let visit = Visit::begin(&platform, "n").await;
    let items = json!([{
        "type": "ltiResourceLink", "title": "Dated", "url": TARGET,
        "available": {"startDateTime": "2026-12-01T09:00:00Z"},
        "submission": {"endDateTime": "2026-12-24T12:00:00+01:00"},
        "lineItem": {"scoreMaximum": 100, "submissionReview": {"custom": {"rv": "1"}}},
    }]);
    let token = tool_key().sign(&answer_claims(&platform, &items)).unwrap();
    visit.answer(&platform, &token).await;
    let links = platform.lms.links(platform.course);
    let time = |text: &str| Some(text.parse().unwrap());
    let (start, end) = (time("2026-12-01T09:00:00Z"), time("2026-12-24T11:00:00Z"));
    assert_eq!(links[1].available, Period { start, end: None });
    assert_eq!(links[1].submission, Period { start: None, end });
    let columns = platform.lms.line_items(platform.course);
    assert_eq!(
        columns[1].review,
        Some(SubmissionReview {
            url: None,
            custom: vec![("rv".to_owned(), "1".to_owned())],
        })
    );
}

#[tokio::test]
async fn only_those_who_teach_the_course_are_offered_the_picker() {
    let platform = Platform::new();
    let offer = "Add activities from pylab";
    let teacher = platform.cookie(TEACHER);
    let course = platform.get("/course/2", &teacher).await;
    assert!(course.body.contains(offer) && course.body.contains("/course/2/pick/1"));
    let page = platform.get("/course/2/pick/1", &teacher).await;
    assert!(
        page.body
            .contains("/mod/lti/contentitem.php?id=1&#38;course=2")
    );
    let learner = platform.cookie(LEARNER);
    let course = platform.get("/course/2", &learner).await;
    assert!(!course.body.contains(offer));
    let picker = "/mod/lti/contentitem.php?id=1&course=2";
    assert_eq!(platform.get(picker, &learner).await.status, 403);
    assert!(
        platform
            .lms
            .begin_picking(&learner, mtl_demo_lms::ToolId(1), platform.course)
            .is_err()
    );
}
