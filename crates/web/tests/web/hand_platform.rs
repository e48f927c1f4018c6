//! A platform that signs whatever a test wants it to say, and notes what is asked of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::routing::{get, post, put};
use mtl_bridge_core::institutions::PlatformSetup;
use mtl_lti::claims::names;
use mtl_lti::{Jwks, SigningKey};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::app::{BASE, TestApp};
use super::browser::{Answer, Browser, parameter};

pub(crate) const CLIENT: &str = "hand";
pub(crate) const DEPLOYMENT: &str = "d1";
pub(crate) const INSTRUCTOR: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor";
pub(crate) const LEARNER: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner";

/// The platform.
pub(crate) struct HandPlatform {
    key: SigningKey,
    pub(crate) url: Url,
    noted: Noted,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Noted {
    keys: Arc<Value>,
    line_items: Arc<Mutex<Vec<Value>>>,
    column_readings: Arc<AtomicUsize>,
    handlers: Arc<Mutex<Vec<Value>>>,
}

impl HandPlatform {
    /// Starts it, registered with the institution of the app.
    pub(crate) async fn start(app: &TestApp) -> Self {
        let key = SigningKey::generate().unwrap();
        let keys = Jwks {
            keys: vec![key.public_key().clone()],
        };
        let noted = Noted {
            keys: Arc::new(serde_json::to_value(keys).unwrap()),
            line_items: Arc::default(),
            column_readings: Arc::default(),
            handlers: Arc::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: Url = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let router = Router::new()
            .route(
                "/jwks",
                get(async |State(noted): State<Noted>| Json((*noted.keys).clone())),
            )
            .route("/token", post(token))
            .route("/lineitems", get(line_items))
            .route("/notices", put(subscribe))
            .with_state(noted.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        let end = |path: &str| url.join(path).unwrap();
        app.bridge
            .add_platform(PlatformSetup {
                institution: Some("north".to_owned()),
                name: "By hand".to_owned(),
                issuer: url.origin().ascii_serialization(),
                client_id: CLIENT.to_owned(),
                auth_url: end("/authorise"),
                token_url: end("/token"),
                token_audience: None,
                jwks_url: end("/jwks"),
                frame_origins: Vec::new(),
                product: None,
                deployments: vec![(DEPLOYMENT.to_owned(), None)],
                ask_for_deployments: false,
            })
            .await
            .unwrap();
        Self {
            key,
            url,
            noted,
            server,
        }
    }

    /// Puts a line item into the gradebook.
    pub(crate) fn add_line_item(&self, mut item: Value) {
        let mut items = self.noted.line_items.lock().unwrap();
        let url = self.url.join(&format!("/items/{}", items.len())).unwrap();
        item["id"] = url.as_str().into();
        items.push(item);
    }

    /// How often the gradebook's columns were read.
    pub(crate) fn column_readings(&self) -> usize {
        self.noted.column_readings.load(Ordering::SeqCst)
    }

    /// What was subscribed to.
    pub(crate) fn handlers(&self) -> Vec<Value> {
        self.noted.handlers.lock().unwrap().clone()
    }

    /// A notice that a course was copied; `changes` are laid over its claims.
    pub(crate) fn copy_notice(
        &self,
        app: &TestApp,
        from: &str,
        to: &str,
        changes: &Value,
    ) -> Value {
        let mut claims = self.claims(app, "notice-nonce", &json!({
            "sub": null,
            (names::MESSAGE_TYPE): null,
            (names::RESOURCE_LINK): null,
            (names::ROLES): null,
            (names::TARGET_LINK_URI): null,
            (names::CONTEXT): { "id": to, "title": "A copy" },
            (names::ORIGIN_CONTEXTS): [from],
            (names::NOTICE): {
                "id": "n-1", "timestamp": "2026-11-23T20:00:00Z", "type": "LtiContextCopyNotice",
            },
        }));
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    /// The claims of a launch that nothing is wrong with; `changes` are laid over them, and a null
    /// takes a claim away.
    pub(crate) fn claims(&self, app: &TestApp, nonce: &str, changes: &Value) -> Value {
        let now = app.clock.now().timestamp();
        let mut claims = json!({
            "iss": self.url.origin().ascii_serialization(),
            "aud": CLIENT,
            "sub": "tutor-1",
            "name": "Tara Tutor",
            "nonce": nonce,
            "iat": now,
            "exp": now + 60,
            (names::DEPLOYMENT_ID): DEPLOYMENT,
            (names::VERSION): names::VERSION_1_3,
            (names::MESSAGE_TYPE): "LtiResourceLinkRequest",
            (names::TARGET_LINK_URI): format!("{BASE}/lti/launch"),
            (names::ROLES): [INSTRUCTOR],
            (names::RESOURCE_LINK): { "id": "link-1", "title": "A link" },
            (names::CONTEXT): { "id": "course-1", "title": "Teaching, 2026 entry" },
        });
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        claims
    }

    /// A token with these claims.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.key.sign(claims).unwrap()
    }

    /// A whole launch in a browser, to its first page or its refusal.
    pub(crate) async fn launch(
        &self,
        app: &TestApp,
        browser: &mut Browser,
        changes: &Value,
    ) -> Answer {
        self.launch_with(app, browser, changes, |_| ()).await
    }

    /// The same, with a last change to the whole of the claims.
    pub(crate) async fn launch_with(
        &self,
        app: &TestApp,
        browser: &mut Browser,
        changes: &Value,
        last: impl FnOnce(&mut Value),
    ) -> Answer {
        let login = [
            ("iss", self.url.origin().ascii_serialization()),
            ("client_id", CLIENT.to_owned()),
            ("login_hint", "x".to_owned()),
            ("target_link_uri", format!("{BASE}/lti/launch")),
        ];
        let mut answer = browser.post_from_elsewhere("/lti/login", &login).await;
        if answer.header(header::LOCATION).starts_with('/') {
            let next = answer.header(header::LOCATION).to_owned();
            answer = browser.get(&next).await;
        }
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let authorisation: Url = answer.header(header::LOCATION).parse().unwrap();
        let mut claims = self.claims(app, &parameter(&authorisation, "nonce"), changes);
        last(&mut claims);
        let fields = [
            ("id_token", self.sign(&claims)),
            ("state", parameter(&authorisation, "state")),
        ];
        let answer = browser.post_from_elsewhere("/lti/launch", &fields).await;
        browser.follow(answer).await
    }

    /// A launch of the picker; `settings` are laid over what Moodle sends.
    pub(crate) async fn pick(
        &self,
        app: &TestApp,
        browser: &mut Browser,
        settings: &Value,
        changes: &Value,
    ) -> Answer {
        let mut all = json!({
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["frame", "iframe", "window"],
            "accept_multiple": true,
            "deep_link_return_url": self.url.join("/return?course=2&sesskey=RY3HIAYIUF").unwrap(),
        });
        for (name, value) in settings.as_object().unwrap() {
            all[name] = value.clone();
        }
        let mut claims = json!({
            (names::MESSAGE_TYPE): "LtiDeepLinkingRequest",
            (names::RESOURCE_LINK): null,
            (names::DEEP_LINKING_SETTINGS): all,
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        self.launch(app, browser, &claims).await
    }
}

impl Drop for HandPlatform {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A token for whatever was asked for.
async fn token(body: String) -> Json<Value> {
    let scope = url::form_urlencoded::parse(body.as_bytes())
        .find(|(name, _)| name == "scope")
        .map(|(_, scope)| scope.into_owned());
    Json(json!({
        "access_token": "t", "token_type": "Bearer", "expires_in": 3600, "scope": scope,
    }))
}

async fn line_items(
    State(noted): State<Noted>,
) -> ([(header::HeaderName, &'static str); 1], String) {
    noted.column_readings.fetch_add(1, Ordering::SeqCst);
    let items = Value::from(noted.line_items.lock().unwrap().clone());
    let media = "application/vnd.ims.lis.v2.lineitemcontainer+json";
    ([(header::CONTENT_TYPE, media)], items.to_string())
}

async fn subscribe(State(noted): State<Noted>, Json(handler): Json<Value>) -> Json<Value> {
    noted.handlers.lock().unwrap().push(handler);
    Json(json!({}))
}
