//! The authorisation endpoint against each recorded outcome.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::platform::{Answer, CLIENT_ID, LEARNER, Platform, TEACHER, recording};

const REDIRECT: &str = "http://127.0.0.1:9001/launch";

/// A request that is accepted, to be spoilt.
struct Attempt {
    fields: BTreeMap<&'static str, String>,
    cookie: String,
    is_post: bool,
}

impl Attempt {
    fn begin(platform: &Platform) -> Self {
        let cookie = platform.cookie(LEARNER);
        let initiation = platform.lms.begin_launch(&cookie, platform.link).unwrap();
        let hint = initiation
            .fields
            .iter()
            .find(|(name, _)| name == "lti_message_hint");
        let fields = BTreeMap::from([
            ("scope", "openid".to_owned()),
            ("response_type", "id_token".to_owned()),
            ("response_mode", "form_post".to_owned()),
            ("prompt", "none".to_owned()),
            ("client_id", CLIENT_ID.to_owned()),
            ("redirect_uri", REDIRECT.to_owned()),
            ("login_hint", LEARNER.to_string()),
            ("lti_message_hint", hint.unwrap().1.clone()),
            ("nonce", "n-1".to_owned()),
            ("state", "st-1".to_owned()),
        ]);
        Self {
            fields,
            cookie,
            is_post: false,
        }
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.fields.insert(name, value.to_owned());
    }

    /// Spoils the request as the recording's name says.
    fn spoil(&mut self, platform: &Platform, case: &str) {
        if let Some(name) = case.strip_prefix("missing ") {
            let removed = self.fields.keys().copied().find(|known| *known == name);
            self.fields.remove(removed.unwrap());
            return;
        }
        match case {
            "ok GET" | "first use" => {}
            "ok POST" => self.is_post = true,
            "scope openid profile" => self.set("scope", "openid profile"),
            "response_type code" => self.set("response_type", "code"),
            "response_mode query" => self.set("response_mode", "query"),
            "prompt login" => self.set("prompt", "login"),
            "wrong client" => self.set("client_id", "another"),
            "unregistered redirect" => self.set("redirect_uri", "http://evil.invalid/launch"),
            "redirect w/ query" => self.set("redirect_uri", &format!("{REDIRECT}?a=1")),
            "redirect /deep for resource launch" => {
                self.set("redirect_uri", "http://127.0.0.1:9001/deep");
            }
            "login_hint of another" => self.set("login_hint", "6"),
            "hint of other session" => self.cookie = platform.cookie(LEARNER),
            "not logged in" => self.cookie = String::new(),
            "long state 3000" => self.set("state", &"x".repeat(3000)),
            "state with <>\"" => self.set("state", "<>\""),
            "nonce with spaces/plus" => self.set("nonce", "a b+c"),
            other => panic!("an unknown case: {other}"),
        }
    }

    async fn send(&self, platform: &Platform) -> Answer {
        let fields: Vec<(&str, &str)> = self
            .fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        if self.is_post {
            let path = "/mod/lti/auth.php";
            return platform.post_form(path, &self.cookie, &fields).await;
        }
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let path = format!("/mod/lti/auth.php?{query}");
        platform.get(&path, &self.cookie).await
    }
}

/// The outcome in the recording's shape: status, action, and the fields without the token.
fn outcome(answer: &Answer) -> (u16, Value, Value) {
    let status = answer.status.as_u16();
    // The page of people to choose from has forms too, but they are not for a tool.
    let form = answer
        .form()
        .filter(|(action, _)| action.starts_with("http"));
    match form {
        None => (
            status,
            Value::Null,
            json!("HTML error page; the tool is not called"),
        ),
        Some((action, fields)) => (
            status,
            json!(action),
            without_token(json!(BTreeMap::from_iter(fields))),
        ),
    }
}

fn without_token(mut result: Value) -> Value {
    if let Some(token) = result.get_mut("id_token") {
        *token = json!("a token");
    }
    result
}

#[tokio::test]
async fn each_recorded_authorisation_comes_out_as_recorded() {
    let platform = Platform::new();
    let cases: Vec<Value> = serde_json::from_str(&recording("authorize-outcomes.json")).unwrap();
    let mut seen = 0;
    let mut used: Option<Attempt> = None;
    for case in cases {
        let name = case["name"].as_str().unwrap();
        if name.starts_with("DL ") {
            continue;
        }
        let answer = if name == "hint replay" {
            used.take().unwrap().send(&platform).await
        } else {
            let mut attempt = Attempt::begin(&platform);
            attempt.spoil(&platform, name);
            let answer = attempt.send(&platform).await;
            used = Some(attempt);
            answer
        };
        let recorded = (
            u16::try_from(case["status"].as_u64().unwrap()).unwrap(),
            case["action"].clone(),
            without_token(case["result"].clone()),
        );
        assert_eq!(outcome(&answer), recorded, "{name}");
        seen += 1;
    }
    assert_eq!(seen, 26);
}

#[tokio::test]
async fn a_refused_request_uses_up_its_hint() {
    let platform = Platform::new();
    let mut attempt = Attempt::begin(&platform);
    attempt.set("prompt", "login");
    assert_eq!(
        attempt.send(&platform).await.field("error").as_deref(),
        Some("invalid_request")
    );
    attempt.set("prompt", "none");
    assert_eq!(attempt.send(&platform).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_attempt_from_another_session_leaves_the_hint_usable() {
    let platform = Platform::new();
    let mut attempt = Attempt::begin(&platform);
    let own = std::mem::replace(&mut attempt.cookie, platform.cookie(TEACHER));
    assert_eq!(attempt.send(&platform).await.status, StatusCode::NOT_FOUND);
    attempt.cookie = own;
    assert!(attempt.send(&platform).await.field("id_token").is_some());
}

#[tokio::test]
async fn a_forged_cookie_is_nobody() {
    let platform = Platform::new();
    let mut attempt = Attempt::begin(&platform);
    attempt.cookie = attempt.cookie.replace(".5.", ".3.");
    let answer = attempt.send(&platform).await;
    assert!(answer.body.contains("Who would you like to be?"));
}
