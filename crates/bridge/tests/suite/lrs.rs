//! Statements for an institution that has a learning record store of its own.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use chrono::TimeDelta;
use mtl_store::launch::LrsSettings;
use mtl_store::outbox::{DeliveryFilter, DeliveryKind, DeliveryState};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::app::TestApp;

/// A store that takes everything, or answers everything with one status.
#[derive(Clone, Default)]
struct Stub {
    memory: Arc<Mutex<Memory>>,
}

#[derive(Default)]
struct Memory {
    refuses_with: Option<u16>,
    posts: usize,
    statements: Vec<Value>,
}

impl Stub {
    async fn start() -> (Self, LrsSettings, JoinHandle<()>) {
        let stub = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = LrsSettings {
            endpoint: format!("http://{}/xapi", listener.local_addr().unwrap()),
            auth: "basic:the-key:the-secret".to_owned(),
            version: "1.0.3".to_owned(),
        };
        let pages = Router::new()
            .route("/xapi/statements", post(take))
            .with_state(stub.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, pages).await;
        });
        (stub, settings, server)
    }

    fn refuse_with(&self, status: impl Into<Option<u16>>) {
        self.memory.lock().unwrap().refuses_with = status.into();
    }

    fn posts(&self) -> usize {
        self.memory.lock().unwrap().posts
    }

    fn verbs(&self) -> Vec<String> {
        let memory = self.memory.lock().unwrap();
        let verb = |statement: &Value| statement["verb"]["id"].as_str().unwrap().to_owned();
        memory.statements.iter().map(verb).collect()
    }
}

async fn take(State(stub): State<Stub>, headers: HeaderMap, body: Json<Vec<Value>>) -> Response {
    let mut memory = stub.memory.lock().unwrap();
    memory.posts += 1;
    assert_eq!(headers["x-experience-api-version"], "1.0.3");
    assert!(
        headers["authorization"]
            .to_str()
            .unwrap()
            .starts_with("Basic ")
    );
    if let Some(status) = memory.refuses_with {
        return StatusCode::from_u16(status).unwrap().into_response();
    }
    let ids: Vec<_> = body
        .iter()
        .map(|statement| statement["id"].clone())
        .collect();
    memory.statements.extend(body.0);
    Json(ids).into_response()
}

async fn states(app: &TestApp) -> Vec<(&'static str, i64)> {
    let rows = app.deliveries(DeliveryKind::Statement).await;
    rows.iter().map(|row| (row.state, row.attempts)).collect()
}

#[tokio::test]
async fn statements_go_to_the_institutions_own_store() {
    let (stub, settings, server) = Stub::start().await;
    let app = TestApp::start_with(Some(settings)).await;
    app.recipient(0).await;
    app.recipient(1).await;
    assert_eq!(states(&app).await, [("pending", 0); 2]);
    app.deliver().await;
    assert_eq!(states(&app).await, [("delivered", 1); 2]);
    assert_eq!(stub.posts(), 1, "one batch");
    assert_eq!(stub.verbs(), ["http://adlnet.gov/expapi/verbs/launched"; 2]);
    server.abort();
}

#[tokio::test]
async fn a_store_that_refuses_our_key_is_left_alone_for_a_while() {
    let (stub, settings, server) = Stub::start().await;
    let app = TestApp::start_with(Some(settings)).await;
    app.recipient(0).await;
    stub.refuse_with(401);
    app.deliver().await;
    assert_eq!(
        (stub.posts(), states(&app).await),
        (1, vec![("pending", 1)])
    );
    // What comes meanwhile is not sent either, and nothing dies of it.
    let tomasz = app.recipient(1).await;
    for _ in 0..4 {
        app.deliver_after(TimeDelta::minutes(1)).await;
    }
    assert_eq!(stub.posts(), 1);
    // Scores do not wait for statements.
    app.enqueue(&tomasz, 55.0).await;
    app.deliver().await;
    assert_eq!(app.mark(1).unwrap().0, 55.0);

    app.deliver_after(TimeDelta::minutes(2)).await;
    assert_eq!(stub.posts(), 2, "it is asked again");
    stub.refuse_with(None);
    app.deliver_after(TimeDelta::minutes(7)).await;
    assert_eq!(stub.verbs().len(), 2);
    let delivered = states(&app).await;
    assert!(delivered.iter().all(|(state, _)| *state == "delivered"));
    server.abort();
}

#[tokio::test]
async fn a_store_that_is_busy_gets_its_statements_later() {
    let (stub, settings, server) = Stub::start().await;
    let app = TestApp::start_with(Some(settings)).await;
    app.recipient(0).await;
    stub.refuse_with(503);
    app.deliver().await;
    assert_eq!(states(&app).await, [("pending", 1)]);
    stub.refuse_with(None);
    app.deliver_after(TimeDelta::seconds(3)).await;
    assert_eq!(states(&app).await, [("delivered", 2)]);
    server.abort();
}

#[tokio::test]
async fn a_statement_that_the_store_will_never_take_is_a_dead_letter() {
    let (stub, settings, server) = Stub::start().await;
    let app = TestApp::start_with(Some(settings)).await;
    app.recipient(0).await;
    stub.refuse_with(400);
    app.deliver().await;
    let filter = DeliveryFilter {
        state: Some(DeliveryState::Dead),
        ..DeliveryFilter::default()
    };
    let dead = app.bridge.list_deliveries(app.institution, filter).await;
    let dead = dead.unwrap();
    assert_eq!((dead.len(), dead[0].kind), (1, "statement"));
    stub.refuse_with(None);
    app.bridge
        .retry_delivery(app.institution, dead[0].id)
        .await
        .unwrap();
    app.deliver().await;
    assert_eq!(stub.verbs().len(), 1);
    server.abort();
}
