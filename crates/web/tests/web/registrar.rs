//! A platform that registers tools: answers as Moodle 4.5 was recorded, or as Canvas says it does.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// The token that the platform gave to the browser.
pub(crate) const TOKEN: &str = "registration-token-1";
const RECORDED_BASE: &str = "http://127.0.0.1:8090";
const TOOL: &str = "https://purl.imsglobal.org/spec/lti-tool-configuration";

/// Which platform.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    Moodle,
    Canvas,
}

/// A running platform.
pub(crate) struct Registrar {
    base: Url,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    product: Product,
    base: String,
    seen: Mutex<Vec<Value>>,
    refusals: Mutex<VecDeque<(StatusCode, &'static str)>>,
    changes: Mutex<Vec<(&'static str, Value)>>,
    calls: Mutex<usize>,
}

impl Registrar {
    pub(crate) async fn start(product: Product) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            product,
            base: base.clone(),
            seen: Mutex::default(),
            refusals: Mutex::default(),
            changes: Mutex::default(),
            calls: Mutex::default(),
        });
        let router = Router::new()
            .route("/configuration", get(configuration))
            .route(
                "/elsewhere",
                get(async || Redirect::temporary("/configuration")),
            )
            .route("/mod/lti/openid-registration.php", post(register))
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self {
            base: base.parse().unwrap(),
            shared,
            server,
        }
    }

    /// Its address.
    pub(crate) fn at(&self, path: &str) -> String {
        self.base.join(path).unwrap().to_string()
    }

    /// Says this in place of what it would say in its configuration.
    pub(crate) fn change(&self, member: &'static str, value: Value) {
        self.shared.changes.lock().unwrap().push((member, value));
    }

    /// Refuses the next registration.
    pub(crate) fn refuse(&self, status: StatusCode, words: &'static str) {
        let mut refusals = self.shared.refusals.lock().unwrap();
        refusals.push_back((status, words));
    }

    /// What was registered, in order.
    pub(crate) fn seen(&self) -> Vec<Value> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// How many requests came.
    pub(crate) fn calls(&self) -> usize {
        *self.shared.calls.lock().unwrap()
    }
}

impl Drop for Registrar {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn bears_token(headers: &HeaderMap) -> bool {
    let expected = format!("Bearer {TOKEN}");
    headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value == &expected)
}

fn recording() -> Value {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/recordings/moodle-4.5/dynamic-registration.json"
    );
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

async fn configuration(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    *shared.calls.lock().unwrap() += 1;
    let recorded = recording()[0]["response"]["body"].clone();
    let text = recorded
        .as_str()
        .unwrap()
        .replace(RECORDED_BASE, &shared.base);
    let mut body: Value = serde_json::from_str(&text).unwrap();
    if shared.product == Product::Canvas {
        if !bears_token(&headers) {
            return (StatusCode::UNAUTHORIZED, "invalid token").into_response();
        }
        as_canvas(&mut body);
    }
    for (member, value) in &*shared.changes.lock().unwrap() {
        body[*member] = value.clone();
    }
    axum::Json(body).into_response()
}

/// Canvas's issuer is shared, its server's name is no address, its placements are its own.
fn as_canvas(body: &mut Value) {
    body["issuer"] = "https://canvas.instructure.com".into();
    body["authorization_server"] = "canvas.instructure.com".into();
    body["https://purl.imsglobal.org/spec/lti-platform-configuration"] = json!({
        "product_family_code": "canvas",
        "version": "vCloud",
        "messages_supported": [
            { "type": "LtiResourceLinkRequest", "placements": [
                "https://canvas.instructure.com/lti/account_navigation",
                "https://canvas.instructure.com/lti/course_navigation",
            ] },
            { "type": "LtiDeepLinkingRequest", "placements": [
                "https://canvas.instructure.com/lti/assignment_selection",
                "https://canvas.instructure.com/lti/link_selection",
                "https://canvas.instructure.com/lti/editor_button",
                "ContentArea",
            ] },
        ],
        "variables": ["Context.id.history", "Canvas.user.id"],
        "https://canvas.instructure.com/lti/account_name": "Test <script>alert(1)</script> University",
        "https://canvas.instructure.com/lti/account_lti_guid": "guid:canvas-lms",
    });
}

async fn register(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    *shared.calls.lock().unwrap() += 1;
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    if let Some((status, words)) = shared.refusals.lock().unwrap().pop_front() {
        return (status, html, words).into_response();
    }
    if !bears_token(&headers) {
        return (StatusCode::UNAUTHORIZED, html, "invalid_token").into_response();
    }
    let asked: Value = serde_json::from_slice(&body).unwrap();
    for required in [
        "response_types",
        "initiate_login_uri",
        "redirect_uris",
        "client_name",
        "jwks_uri",
        "token_endpoint_auth_method",
        TOOL,
    ] {
        if asked[required].is_null() {
            let words = format!("missing required attribute {required}");
            return (StatusCode::BAD_REQUEST, html, words).into_response();
        }
    }
    shared.seen.lock().unwrap().push(asked.clone());
    let answer = match shared.product {
        Product::Moodle => {
            let recorded = recording()[1]["response"]["body"].clone();
            serde_json::from_str(recorded.as_str().unwrap()).unwrap()
        }
        Product::Canvas => {
            let mut answer = asked;
            answer["client_id"] = "10000000000042".into();
            // The administrator took a scope away.
            answer["scope"] = "https://purl.imsglobal.org/spec/lti-ags/scope/score \
                               https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
                .into();
            answer
        }
    };
    axum::Json::<Value>(answer).into_response()
}
