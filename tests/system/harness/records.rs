//! Learning records: those of the embedded store, and a record store outside that the test can
//! make fail.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use mtl_programme::InstitutionId;
use mtl_store::Store;
use mtl_store::launch::LrsSettings;
use mtl_xapi::StatementQuery;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The statements of the embedded store that were not voided, oldest first.
pub(crate) async fn embedded(store: &Store, institution: InstitutionId) -> Result<Vec<Value>> {
    const PAGE: u32 = 500;
    let mut statements = Vec::new();
    let mut cursor = None;
    loop {
        let query = StatementQuery::default();
        let page = store
            .query_statements(institution, query, cursor, PAGE)
            .await?;
        for statement in page.statements {
            statements.push(serde_json::from_str(&statement.body)?);
        }
        cursor = page.more;
        if cursor.is_none() {
            statements.reverse();
            return Ok(statements);
        }
    }
}

/// The last part of a statement's verb.
pub(crate) fn verb(statement: &Value) -> &str {
    let verb = statement["verb"]["id"].as_str().unwrap_or_default();
    verb.rsplit('/').next().unwrap_or_default()
}

/// How many statements there are of each verb.
pub(crate) fn count_verbs(statements: &[Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for statement in statements {
        *counts.entry(verb(statement).to_owned()).or_default() += 1;
    }
    counts
}

/// What a record store does with the next batches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Mood {
    /// Takes them.
    #[default]
    Takes,
    /// Answers 503 and takes nothing.
    Down,
    /// Takes so many, but answers 504.
    LosesAnswers(u32),
    /// Does not know the credentials any more.
    Refuses,
}

/// A learning record store outside the bridge.
pub(crate) struct RecordStore {
    shared: Arc<Mutex<Shared>>,
    address: String,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    mood: Mood,
    statements: BTreeMap<String, Value>,
    /// Statements in the order in which they were first taken.
    order: Vec<String>,
    /// Batches that were answered, by status.
    answers: Vec<u16>,
    /// Statements that came again with another content.
    conflicts: Vec<String>,
    unauthorised: usize,
}

const KEY: &str = "bridge:correct horse";
/// `bridge:correct horse` in base64.
const BASIC: &str = "Basic YnJpZGdlOmNvcnJlY3QgaG9yc2U=";

impl RecordStore {
    /// Serves an empty store on a loopback port.
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}/xapi", listener.local_addr()?);
        let shared: Arc<Mutex<Shared>> = Arc::default();
        let router = Router::new()
            .route("/xapi/statements", get(find).post(take))
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            shared,
            address,
            server,
        })
    }

    /// How an institution names it.
    pub(crate) fn settings(&self) -> LrsSettings {
        LrsSettings {
            endpoint: self.address.clone(),
            auth: format!("basic:{KEY}"),
            version: "1.0.3".to_owned(),
        }
    }

    /// Its address.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// `key:secret`, as the operator's file holds it.
    pub(crate) fn credentials() -> &'static str {
        KEY
    }

    /// From now on.
    pub(crate) fn set_mood(&self, mood: Mood) {
        self.shared().mood = mood;
    }

    /// The statements that it holds, in the order in which they came.
    pub(crate) fn statements(&self) -> Vec<Value> {
        let shared = self.shared();
        shared
            .order
            .iter()
            .filter_map(|id| shared.statements.get(id).cloned())
            .collect()
    }

    /// The statuses that it answered to batches.
    pub(crate) fn answers(&self) -> Vec<u16> {
        self.shared().answers.clone()
    }

    /// Statements that came twice with different contents.
    pub(crate) fn conflicts(&self) -> Vec<String> {
        self.shared().conflicts.clone()
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }
}

impl Drop for RecordStore {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn take(
    State(shared): State<Arc<Mutex<Shared>>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let mut shared = lock(&shared);
    let status = shared.take(&headers, &body);
    shared.answers.push(status.as_u16());
    status.into_response()
}

impl Shared {
    fn take(&mut self, headers: &HeaderMap, body: &str) -> StatusCode {
        let is = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
        if self.mood == Mood::Refuses || !is(header::AUTHORIZATION.as_str(), BASIC) {
            self.unauthorised += 1;
            return StatusCode::UNAUTHORIZED;
        }
        if self.mood == Mood::Down {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        let statements: Vec<Value> = match serde_json::from_str(body) {
            Ok(Value::Array(statements)) => statements,
            Ok(statement) => vec![statement],
            Err(_) => return StatusCode::BAD_REQUEST,
        };
        for statement in statements {
            let Some(id) = statement["id"].as_str().map(ToOwned::to_owned) else {
                return StatusCode::BAD_REQUEST;
            };
            match self.statements.get(&id) {
                Some(known) if *known == statement => {}
                Some(_) => {
                    self.conflicts.push(id);
                    return StatusCode::CONFLICT;
                }
                None => {
                    self.order.push(id.clone());
                    self.statements.insert(id, statement);
                }
            }
        }
        match self.mood {
            Mood::LosesAnswers(0) | Mood::Takes | Mood::Down | Mood::Refuses => StatusCode::OK,
            Mood::LosesAnswers(left) => {
                self.mood = if left == 1 {
                    Mood::Takes
                } else {
                    Mood::LosesAnswers(left - 1)
                };
                StatusCode::GATEWAY_TIMEOUT
            }
        }
    }
}

async fn find(
    State(shared): State<Arc<Mutex<Shared>>>,
    Query(wanted): Query<BTreeMap<String, String>>,
) -> Response {
    let shared = lock(&shared);
    let found = wanted
        .get("statementId")
        .and_then(|id| shared.statements.get(id));
    match found {
        Some(statement) => axum::Json(statement).into_response(),
        None => (StatusCode::NOT_FOUND, axum::Json(json!({}))).into_response(),
    }
}
