//! Every recorded service exchange, sent again in its order: same status, reason, type, meaning.

use axum::{body::Body, http::Request};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mtl_lti::SigningKey;
use serde_json::{Value, json};

use crate::platform::{Answer, BASE, Platform, activity, recording, tool_key};

#[tokio::test]
async fn the_recorded_exchanges_are_answered_as_recorded() {
    let platform = Platform::new();
    platform.prepare_columns().await;
    let exchanges: Vec<Value> =
        serde_json::from_str(&recording("services-exchanges.json")).unwrap();
    let mut tokens = Tokens::default();
    let mut wrong = Vec::new();
    for exchange in &exchanges {
        let name = exchange["name"].as_str().unwrap();
        let answer = platform
            .send(tokens.request(name, &exchange["request"]))
            .await;
        if let Err(difference) = compare(name, &answer, &exchange["response"]) {
            wrong.push(format!("{name}: {difference}"));
        }
        tokens.learn(&exchange["response"], &answer);
    }
    assert_eq!(exchanges.len(), 98);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

impl Platform {
    /// What stood in the gradebook when the recording began.
    async fn prepare_columns(&self) {
        let token = self.access_token(crate::platform::ALL_SCOPES).await;
        let column = json!({
            "label": "Created by AGS", "scoreMaximum": 50, "resourceId": "r-new", "tag": "sep",
        });
        assert_eq!(self.create_column(&token, &column).await.status, 201);
        let ungraded = activity("Ungraded B").graded();
        self.lms.add_link(self.course, ungraded).unwrap();
        let score = json!({
            "userId": "5", "scoreGiven": 73.5, "scoreMaximum": 100,
            "comment": "Well <b>done</b>",
            "activityProgress": "Completed", "gradingProgress": "FullyGraded",
            "timestamp": "2026-11-23T15:29:08Z",
        });
        assert_eq!(self.post_score(&token, &score).await.status, 200);
    }
}

/// Recorded access tokens, and ours in their place.
#[derive(Default)]
pub(crate) struct Tokens(Vec<(String, String)>);

impl Tokens {
    pub(crate) fn learn(&mut self, recorded: &Value, ours: &Answer) {
        let body = recorded["body"].as_str().unwrap_or_default();
        let token = |body: &str| {
            let json: Value = serde_json::from_str(body).ok()?;
            Some(json["access_token"].as_str()?.to_owned())
        };
        if let (Some(recorded), Some(ours)) = (token(body), token(&ours.body)) {
            self.0.push((recorded, ours));
        }
    }

    pub(crate) fn request(&self, name: &str, recorded: &Value) -> Request<Body> {
        let url = recorded["url"].as_str().unwrap();
        let mut request = Request::builder()
            .method(recorded["method"].as_str().unwrap())
            .uri(url.strip_prefix(BASE).unwrap());
        for (header, value) in recorded["headers"].as_object().unwrap() {
            let mut value = value.as_str().unwrap().to_owned();
            for (theirs, ours) in &self.0 {
                value = value.replace(theirs, ours);
            }
            request = request.header(header, value);
        }
        let body = recorded["body"].as_str().unwrap_or_default();
        request.body(Body::from(resign(name, body))).unwrap()
    }
}

/// The tool's private key was not recorded, so its assertions are signed again with our own.
fn resign(name: &str, body: &str) -> String {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    if !fields.iter().any(|(name, _)| name == "client_assertion") {
        return body.to_owned();
    }
    let fields = fields.into_iter().map(|(field, value)| {
        let value = match field.as_str() {
            "client_assertion" => resign_assertion(name, &value).unwrap_or(value),
            _ => value,
        };
        (field, value)
    });
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

fn resign_assertion(name: &str, recorded: &str) -> Option<String> {
    let mut parts = recorded.split('.');
    let (header, claims) = (decode(parts.next()?)?, decode(parts.next()?)?);
    if name == "token: wrong key" {
        return other_key_signs(&claims);
    }
    let signed = tool_key().sign(&claims).unwrap();
    let usual = header["kid"].as_str().is_some_and(|kid| kid != "nope");
    if usual {
        return Some(signed);
    }
    // The header was odd, and is refused before anybody looks at the signature.
    let (_, rest) = signed.split_once('.')?;
    let header = BASE64_URL_SAFE_NO_PAD.encode(header.to_string());
    Some(format!("{header}.{rest}"))
}

/// Another key under the id of the right one.
fn other_key_signs(claims: &Value) -> Option<String> {
    let other = SigningKey::generate().unwrap().sign(claims).unwrap();
    let header = tool_key().sign(claims).unwrap();
    let (header, _) = header.split_once('.')?;
    let (_, rest) = other.split_once('.')?;
    Some(format!("{header}.{rest}"))
}

fn decode(part: &str) -> Option<Value> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn compare(name: &str, ours: &Answer, recorded: &Value) -> Result<(), String> {
    same("status", &json!(ours.status.as_u16()), &recorded["status"])?;
    // A space at the end of a status line does not survive the way.
    same(
        "reason",
        &json!(ours.reason.trim_end()),
        &recorded["reason"],
    )?;
    let content_type = ours.header("content-type").unwrap_or_default();
    same(
        "type",
        &json!(content_type),
        &recorded["headers"]["Content-Type"],
    )?;
    // The header was recorded as the Latin-1 reading of its bytes.
    let link = recorded["headers"]["Link"].as_str().map(|link| {
        let bytes = link
            .chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap());
        String::from_utf8(bytes.collect()).unwrap()
    });
    same("link", &json!(ours.header("link")), &json!(link))?;

    let body = recorded["body"].as_str().unwrap_or_default();
    if body.starts_with("<html") || body.starts_with("<!DOCTYPE") {
        return Ok(());
    }
    let read = |text: &str| serde_json::from_str::<Value>(text).map(without_chance);
    match (read(&ours.body), read(body)) {
        (Ok(ours), Ok(recorded)) if name.starts_with("token:") && ours["scope"].is_string() => {
            same("scopes", &scopes(&ours), &scopes(&recorded))?;
            same("lifetime", &ours["expires_in"], &recorded["expires_in"])
        }
        (Ok(ours), Ok(recorded)) => same("body", &ours, &recorded),
        _ => same("text", &json!(ours.body), &json!(body)),
    }
}

pub(crate) fn same(what: &str, ours: &Value, recorded: &Value) -> Result<(), String> {
    if ours == recorded {
        return Ok(());
    }
    Err(format!(
        "{what}\n    ours     {ours}\n    recorded {recorded}"
    ))
}

fn scopes(token: &Value) -> Value {
    let mut scopes: Vec<&str> = token["scope"].as_str().unwrap().split(' ').collect();
    scopes.sort_unstable();
    json!(scopes)
}

/// Drops what is random in a roster's messages.
fn without_chance(mut body: Value) -> Value {
    let members = body.get_mut("members").and_then(Value::as_array_mut);
    for member in members.into_iter().flatten() {
        if let Some(message) = member.get_mut("message") {
            let outcome = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome";
            message[0][outcome]["lis_result_sourcedid"] = Value::Null;
        }
    }
    body
}
