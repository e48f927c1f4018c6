//! A small learning record store whose habits can be chosen, and statements to send to it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use mtl_lrs_client::{
    DeliveryLimits, LrsAuth, LrsClient, LrsTarget, OutboundRules, StatementOutcome,
};
use mtl_xapi::{Version, equivalent};
use serde_json::{Value, json};
use uuid::Uuid;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// In which servers differ.
#[derive(Clone)]
pub(crate) struct Habits {
    /// The status of a batch in which all is known already.
    pub(crate) all_known: u16,
    /// Whether the ids of a mixed batch are those of the new statements only.
    pub(crate) only_new_ids: bool,
    /// Statements with this verb are refused with 400.
    pub(crate) refused_verb: Option<String>,
    /// Statements with this verb break the server.
    pub(crate) breaking_verb: Option<String>,
    /// A body of more bytes is too large.
    pub(crate) most_bytes: usize,
    /// Whether a batch with the same id twice is refused with 400.
    pub(crate) refuses_repeated_ids: bool,
    /// The status of every GET, if not the honest one.
    pub(crate) get_status: Option<u16>,
    /// Whether an equal statement that is known already is answered with 409 too.
    pub(crate) conflict_on_equal: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            all_known: 204,
            only_new_ids: true,
            refused_verb: None,
            breaking_verb: None,
            most_bytes: usize::MAX,
            refuses_repeated_ids: true,
            get_status: None,
            conflict_on_equal: false,
        }
    }
}

#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) statements: BTreeMap<Uuid, Value>,
    pub(crate) voided: BTreeMap<Uuid, Value>,
    /// The number of statements in each POST.
    pub(crate) posts: Vec<usize>,
    pub(crate) gets: usize,
}

pub(crate) struct FakeLrs {
    pub(crate) server: MockServer,
    pub(crate) memory: Arc<Mutex<Memory>>,
}

struct Answering {
    habits: Habits,
    memory: Arc<Mutex<Memory>>,
}

impl FakeLrs {
    pub(crate) async fn start(habits: Habits) -> Self {
        let server = MockServer::start().await;
        let memory = Arc::new(Mutex::new(Memory::default()));
        let answering = Answering {
            habits,
            memory: Arc::clone(&memory),
        };
        Mock::given(any())
            .respond_with(answering)
            .mount(&server)
            .await;
        Self { server, memory }
    }

    pub(crate) fn target(&self) -> LrsTarget {
        target(&self.server)
    }

    pub(crate) fn know(&self, statement: &str) {
        let value: Value = serde_json::from_str(statement).unwrap();
        let id = value["id"].as_str().unwrap().parse().unwrap();
        self.memory.lock().unwrap().statements.insert(id, value);
    }

    pub(crate) fn ids(&self) -> Vec<u128> {
        self.memory
            .lock()
            .unwrap()
            .statements
            .keys()
            .map(Uuid::as_u128)
            .collect()
    }

    pub(crate) fn posts(&self) -> Vec<usize> {
        self.memory.lock().unwrap().posts.clone()
    }
}

impl Respond for Answering {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        assert_eq!(request.url.path(), "/xapi/statements");
        assert_eq!(request.headers["x-experience-api-version"], "1.0.3");
        assert!(request.headers.contains_key("authorization"));
        if request.method.as_str() == "GET" {
            self.get(request)
        } else {
            self.post(request)
        }
    }
}

impl Answering {
    fn get(&self, request: &Request) -> ResponseTemplate {
        let mut memory = self.memory.lock().unwrap();
        memory.gets += 1;
        if let Some(status) = self.habits.get_status {
            return ResponseTemplate::new(status);
        }
        let (name, id) = request.url.query_pairs().next().unwrap();
        let id: Uuid = id.parse().unwrap();
        let found = match name.as_ref() {
            "statementId" => memory.statements.get(&id),
            _ => memory.voided.get(&id),
        };
        match found {
            Some(statement) => ResponseTemplate::new(200).set_body_json(statement),
            None => ResponseTemplate::new(404),
        }
    }

    fn post(&self, request: &Request) -> ResponseTemplate {
        let habits = &self.habits;
        let mut memory = self.memory.lock().unwrap();
        let batch: Vec<Value> = serde_json::from_slice(&request.body).unwrap();
        memory.posts.push(batch.len());
        if request.body.len() > habits.most_bytes {
            return ResponseTemplate::new(413);
        }
        let has_verb = |verb: &Option<String>| {
            let mut verbs = batch
                .iter()
                .map(|statement| statement["verb"]["id"].as_str());
            verb.is_some() && verbs.any(|found| found == verb.as_deref())
        };
        if has_verb(&habits.breaking_verb) {
            return ResponseTemplate::new(500);
        }
        if has_verb(&habits.refused_verb) {
            return ResponseTemplate::new(400).set_body_string("the verb is\nnot known");
        }
        let ids: Vec<Uuid> = batch
            .iter()
            .map(|statement| statement["id"].as_str().unwrap().parse().unwrap())
            .collect();
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        if habits.refuses_repeated_ids && distinct.len() < ids.len() {
            return ResponseTemplate::new(400).set_body_string("the same id twice");
        }
        let mut new_ids = Vec::new();
        for (id, statement) in ids.iter().zip(&batch) {
            match memory.statements.get(id).or_else(|| memory.voided.get(id)) {
                Some(known) if habits.conflict_on_equal || !equivalent(known, statement) => {
                    return ResponseTemplate::new(409).set_body_string("conflict");
                }
                Some(_) => {}
                None => new_ids.push(*id),
            }
        }
        for (id, statement) in ids.iter().zip(batch) {
            memory.statements.entry(*id).or_insert(statement);
        }
        if new_ids.is_empty() && habits.all_known == 204 {
            return ResponseTemplate::new(204);
        }
        let answer = if habits.only_new_ids { new_ids } else { ids };
        ResponseTemplate::new(200).set_body_json(answer)
    }
}

pub(crate) fn target(server: &MockServer) -> LrsTarget {
    let auth = LrsAuth::Basic {
        key: "the-key".to_owned(),
        secret: "the-secret".to_owned(),
    };
    LrsTarget::new(&format!("{}/xapi", server.uri()), auth, Version::V1_0_3).unwrap()
}

/// A client that may call this machine.
pub(crate) fn client_with(limits: DeliveryLimits) -> LrsClient {
    let rules = OutboundRules {
        allow_loopback_http: true,
        allow_private_networks: false,
    };
    LrsClient::new(limits, rules).unwrap()
}

pub(crate) fn client() -> LrsClient {
    client_with(DeliveryLimits::default())
}

pub(crate) fn statement(id: u128, verb: &str) -> String {
    json!({
        "id": Uuid::from_u128(id),
        "actor": {"account": {"homePage": "https://university.example", "name": "1"}},
        "verb": {"id": format!("http://example.org/{verb}")},
        "object": {"id": "http://example.org/activity"},
        "timestamp": "2026-01-02T03:04:05.678Z",
    })
    .to_string()
}

/// Rows 1 to `count`, each with the statement of that id.
pub(crate) fn statements(count: u128) -> Vec<(u128, String)> {
    (1..=count).map(|id| (id, statement(id, "did"))).collect()
}

pub(crate) fn delivered(outcomes: &[(u128, StatementOutcome)]) -> Vec<u128> {
    let delivered = outcomes
        .iter()
        .filter(|(_, o)| *o == StatementOutcome::Delivered);
    delivered.map(|(row, _)| *row).collect()
}
