//! The router as it is mounted, a store in a temporary folder, a clock that ticks when it is read,
//! and a client that speaks xAPI.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use chrono::{DateTime, Utc};
use mtl_lrs::{LrsSettings, LrsState, Scope, hash_secret, router};
use mtl_programme::InstitutionId;
use mtl_store::launch::{ActorNaming, NewInstitution};
use mtl_store::sealing::Sealer;
use mtl_store::statements::NewLrsCredential;
use mtl_store::{Store, StoreConfig};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;
use uuid::Uuid;

/// When the clock begins, in milliseconds: 2026-11-23T08:53:20Z.
const BEGINNING: i64 = 1_795_424_000_000;

pub(crate) struct App {
    pub(crate) store: Store,
    router: Router,
    ticks: Arc<AtomicI64>,
    _folder: TempDir,
}

/// A credential of an institution, with which requests are made.
pub(crate) struct Client<'a> {
    app: &'a App,
    pub(crate) institution: InstitutionId,
    pub(crate) credential: Uuid,
    authorization: String,
    pub(crate) version: &'static str,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl App {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut LrsSettings)) -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let store = Store::open(&StoreConfig::new(url)).await.unwrap();
        store.migrate().await.unwrap();
        let mut settings = LrsSettings::new("https://mtl.example.ac.uk/xapi");
        change(&mut settings);
        let ticks = Arc::new(AtomicI64::new(BEGINNING));
        let clock = Arc::clone(&ticks);
        let now = move || at(clock.fetch_add(1, Ordering::Relaxed));
        let state = LrsState::new(store.clone(), settings, now);
        let router = Router::new().nest("/xapi", router(state));
        Self {
            store,
            router,
            ticks,
            _folder: folder,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        at(self.ticks.load(Ordering::Relaxed))
    }

    /// A client with all permissions in an institution of its own.
    pub(crate) async fn client(&self, institution: &str) -> Client<'_> {
        self.client_with(institution, &[Scope::All]).await
    }

    pub(crate) async fn client_with(&self, slug: &str, scopes: &[Scope]) -> Client<'_> {
        let institution = self.institution(slug).await;
        let access_key = Uuid::new_v4().to_string();
        let new = NewLrsCredential {
            name: format!("credential of {slug}"),
            access_key: access_key.clone(),
            secret_hash: hash_secret("the-secret").unwrap(),
            scopes: scopes.iter().map(Scope::to_string).collect(),
        };
        let credential = self
            .store
            .add_lrs_credential(institution, new, self.now())
            .await
            .unwrap();
        let authorization = basic(&access_key, "the-secret");
        Client {
            app: self,
            institution,
            credential,
            authorization,
            version: "1.0.3",
        }
    }

    async fn institution(&self, slug: &str) -> InstitutionId {
        let known = self.store.list_institutions().await.unwrap();
        if let Some(institution) = known.iter().find(|institution| institution.slug == slug) {
            return institution.id;
        }
        let new = NewInstitution {
            slug: slug.to_owned(),
            name: format!("University of {slug}"),
            home_page: format!("https://{slug}.example.ac.uk"),
            time_zone: "Europe/London".to_owned(),
            actor_naming: ActorNaming::Pseudonym,
            lrs: None,
        };
        let sealer = Sealer::new(&[7; 32]).unwrap();
        self.store
            .add_institution(new, &sealer, self.now())
            .await
            .unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text,
        }
    }
}

impl Client<'_> {
    /// A request with everything that xAPI asks for, and no body.
    pub(crate) fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("/xapi/{path}"))
            .header("authorization", &self.authorization)
            .header("x-experience-api-version", self.version)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.app
            .send(self.request(Method::GET, path).body(Body::empty()).unwrap())
            .await
    }

    /// A GET of statements that match.
    pub(crate) async fn find(&self, parameters: &[(&str, &str)]) -> Answer {
        let query = serde_urlencoded::to_string(parameters).unwrap();
        self.get(&format!("statements?{query}")).await
    }

    pub(crate) async fn post(&self, body: &Value) -> Answer {
        self.post_as("application/json", body.to_string()).await
    }

    pub(crate) async fn post_as(&self, content_type: &str, body: String) -> Answer {
        let request = self
            .request(Method::POST, "statements")
            .header("content-type", content_type);
        self.app.send(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) async fn put(&self, parameters: &str, body: &Value) -> Answer {
        let request = self
            .request(Method::PUT, &format!("statements{parameters}"))
            .header("content-type", "application/json");
        self.app
            .send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// Stores statements that must be taken.
    pub(crate) async fn store(&self, statements: &[Value]) {
        let answer = self.post(&json!(statements)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The numbers of the statements of a list, by their ids.
    pub(crate) fn numbers(&self) -> Vec<u128> {
        assert_eq!(self.status, 200, "{}", self.text);
        let list = self.json();
        let ids = list["statements"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["id"].as_str().unwrap());
        ids.map(|id| id.parse::<Uuid>().unwrap().as_u128())
            .collect()
    }

    /// Status and code of a refusal.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (
            self.status.as_u16(),
            self.json()["error"].as_str().unwrap().to_owned(),
        )
    }
}

pub(crate) fn basic(key: &str, secret: &str) -> String {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{key}:{secret}"));
    format!("Basic {encoded}")
}

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap()
}

pub(crate) fn id(number: u128) -> String {
    Uuid::from_u128(number).to_string()
}

/// A small statement of a number, which is its id.
pub(crate) fn statement(number: u128) -> Value {
    json!({
        "id": id(number),
        "actor": {"account": {"homePage": "https://north.example.ac.uk", "name": "ann"}},
        "verb": {"id": "http://example.org/verbs/did", "display": {"en": "did", "de": "tat"}},
        "object": {
            "id": "http://example.org/activity",
            "definition": {"name": {"en": "Activity", "cy": "Gweithgaredd"}},
        },
    })
}
