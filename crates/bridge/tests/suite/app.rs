//! One bridge with its platform, put together for a test.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use mtl_bridge_core::catalogue::Catalogue;
use mtl_bridge_core::delivery::DeliveryRow;
use mtl_bridge_core::institutions::{InstitutionSetup, PlatformSetup};
use mtl_bridge_core::launch::{BrowserProof, Launched};
use mtl_bridge_core::secret::MasterSecret;
use mtl_bridge_core::{Bridge, BridgeParts, Clock, LaunchAnswer, Visit};
use mtl_demo_lms::{
    Demonstration, GradebookRow, LaunchOrder, LinkId, LinkSeed, Lms, LmsConfig, PersonId, ToolKeys,
    ToolRegistration,
};
use mtl_lrs_client::{DeliveryLimits, LrsClient};
use mtl_lti::ags::Score;
use mtl_lti::login::LoginInitiation;
use mtl_lti::url_rules::ToolUrl;
use mtl_lti_client::{OutboundRules, Platforms};
use mtl_policy::{CompiledCache, Limits, PolicyHost};
use mtl_programme::InstitutionId;
use mtl_store::launch::{ActorNaming, LrsSettings};
use mtl_store::outbox::{DeliveryFilter, DeliveryKind, Effects, NewScore, ScoreTarget};
use mtl_store::work::Recipient;
use mtl_store::{Store, StoreConfig};
use mtl_xapi::mtl::Profile;
use object_store::memory::InMemory;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;
use uuid::Uuid;

const SECRET: [u8; 32] = [7; 32];
const BASE: &str = "http://localhost:8080";

/// A bridge and its platform.
pub(crate) struct TestApp {
    pub(crate) bridge: Bridge,
    pub(crate) clock: Clock,
    pub(crate) institution: InstitutionId,
    pub(crate) lms: Lms,
    pub(crate) people: Demonstration,
    /// How many of the next new columns are made, but never confirmed.
    pub(crate) lost_columns: Arc<AtomicUsize>,
    store: Store,
    server: JoinHandle<()>,
    _folder: TempDir,
}

impl TestApp {
    /// Everything, with statements in the embedded store.
    pub(crate) async fn start() -> Self {
        Self::start_with(None).await
    }

    /// Everything, with statements in the embedded store, at a platform that was registered as
    /// that product.
    pub(crate) async fn start_at(product: &str) -> Self {
        Self::start_as(None, Some(product), None).await
    }

    /// Everything, at a platform whose administrator lets the tool read results and no more.
    pub(crate) async fn start_without_columns() -> Self {
        let scopes = vec![mtl_lti::ags::SCOPE_RESULT_READ.to_owned()];
        Self::start_as(None, None, Some(scopes)).await
    }

    /// Everything, with statements where these settings say.
    pub(crate) async fn start_with(lrs: Option<LrsSettings>) -> Self {
        Self::start_as(lrs, None, None).await
    }

    /// Everything, on a clock that stands still at the beginning of a second.
    async fn start_as(
        lrs: Option<LrsSettings>,
        product: Option<&str>,
        scopes: Option<Vec<String>>,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Clock::fixed(Utc::now().trunc_subsecs(0));
        let store = Store::open(&StoreConfig::new(format!(
            "sqlite:{}",
            folder.path().join("bridge.db").display()
        )))
        .await
        .unwrap();
        store.migrate().await.unwrap();
        let bridge = open_bridge(store.clone(), clock.clone(), SECRET);

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let lms = Lms::open(LmsConfig::new(address.parse().unwrap())).unwrap();
        let people = furnish(&lms, &bridge, scopes).await;
        let lost_columns = Arc::new(AtomicUsize::new(0));
        let lose = from_fn_with_state(Arc::clone(&lost_columns), lose_columns);
        let pages = lms.router().layer(lose);
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, pages).await;
        });
        let institution = register(&bridge, &lms, lrs, product).await;
        Self {
            bridge,
            clock,
            institution,
            lms,
            people,
            lost_columns,
            store,
            server,
            _folder: folder,
        }
    }

    /// Another replica on the same database, which remembers nothing.
    pub(crate) fn replica(&self) -> Bridge {
        self.replica_with_secret(SECRET)
    }

    /// The same with another master secret in its configuration.
    pub(crate) fn replica_with_secret(&self, secret: [u8; 32]) -> Bridge {
        open_bridge(self.store.clone(), self.clock.clone(), secret)
    }

    /// Moves the clock and delivers what is due then.
    pub(crate) async fn deliver_after(&self, wait: TimeDelta) {
        self.clock.advance(wait);
        self.bridge.deliver_due().await.unwrap();
    }

    /// Delivers what is due now.
    pub(crate) async fn deliver(&self) {
        self.deliver_after(TimeDelta::zero()).await;
    }

    /// A whole launch by a person, from one of the links.
    pub(crate) async fn visit(&self, person: PersonId, link: LinkId) -> Arc<Visit> {
        self.visit_for(person, link, None).await
    }

    /// The same; or a review of somebody's submission.
    pub(crate) async fn visit_for(
        &self,
        person: PersonId,
        link: LinkId,
        for_user: Option<PersonId>,
    ) -> Arc<Visit> {
        let launched = self.launch(person, link, for_user).await;
        let load = || {
            self.bridge
                .load_visit(&launched.session_token, launched.launch)
        };
        let stranger = self.bridge.load_visit("a guess", launched.launch).await;
        assert_eq!(stranger.unwrap_err().code(), "session_missing");
        // The first is handed on by the launch, the second is asked of the store.
        let (first, second) = (load().await.unwrap(), load().await.unwrap());
        assert_eq!(first, second);
        first
    }

    /// A launch whose first page has not been asked for.
    pub(crate) async fn launch(
        &self,
        person: PersonId,
        link: LinkId,
        for_user: Option<PersonId>,
    ) -> Launched {
        let cookie = self.lms.sign_in(person).unwrap();
        let fields = self.lms.begin_launch(&cookie, link).unwrap().fields;
        let login = LoginInitiation::parse(fields).unwrap();
        let started = self.bridge.begin_login(login).await.unwrap();
        let nonce = parameter(&started.authorisation_url, "nonce");
        let mut order = LaunchOrder::new(person, link, &nonce);
        order.for_user = for_user;
        let answer = LaunchAnswer {
            id_token: self.lms.issue_launch(&order).unwrap(),
            state: started.state,
        };
        let proof = BrowserProof {
            cookie_secret: Some(started.cookie_secret),
            storage_secret: None,
        };
        Box::pin(self.bridge.complete_launch(answer, proof))
            .await
            .unwrap()
    }

    /// A participant who came from the first link, and where their marks can go.
    pub(crate) async fn recipient(&self, number: usize) -> (Arc<Visit>, Recipient) {
        let person = self.people.participants[number];
        let visit = self.visit(person, self.people.links[0]).await;
        let recipients = self
            .bridge
            .store()
            .list_recipients(self.institution, visit.person)
            .await
            .unwrap();
        (visit, recipients[0].clone())
    }

    /// Puts a score for the link's own column into the outbox.
    pub(crate) async fn enqueue(&self, to: &(Arc<Visit>, Recipient), given: f64) {
        let target = ScoreTarget::LineItem {
            url: to.1.line_item_url.clone().unwrap(),
            link: Some(to.1.lms_resource_link.clone()),
        };
        self.enqueue_for(to, target, given).await;
    }

    /// Puts a score into the outbox.
    pub(crate) async fn enqueue_for(
        &self,
        (visit, recipient): &(Arc<Visit>, Recipient),
        target: ScoreTarget,
        given: f64,
    ) {
        let now = self.clock.now();
        let score = NewScore {
            registration: recipient.registration,
            deployment: recipient.deployment,
            context: recipient.context,
            target,
            person: visit.person,
            score: Score {
                comment: Some(format!("Worth {given}.")),
                ..Score::graded(&recipient.subject, given, 100.0, now)
            },
            repeats_comment: true,
            causes: vec![Uuid::new_v4()],
        };
        let effects = Effects {
            scores: vec![score],
            ..Effects::default()
        };
        let institution = self.institution;
        self.bridge
            .store()
            .write(move |tx| Box::pin(async move { effects.record(tx, institution, now).await }))
            .await
            .unwrap();
    }

    /// The scores of the outbox, oldest first.
    pub(crate) async fn scores(&self) -> Vec<DeliveryRow> {
        self.deliveries(DeliveryKind::Score).await
    }

    /// The rows of the outbox, oldest first.
    pub(crate) async fn deliveries(&self, kind: DeliveryKind) -> Vec<DeliveryRow> {
        let filter = DeliveryFilter {
            kind: Some(kind),
            ..DeliveryFilter::default()
        };
        let mut rows = self
            .bridge
            .list_deliveries(self.institution, filter)
            .await
            .unwrap();
        rows.reverse();
        rows
    }

    /// State and number of tries of each score, oldest first.
    pub(crate) async fn score_states(&self) -> Vec<(&'static str, i64)> {
        let rows = self.scores().await;
        rows.iter().map(|row| (row.state, row.attempts)).collect()
    }

    /// What the platform's gradebook shows of a person, column by column.
    pub(crate) fn grades(&self, person: PersonId) -> Vec<GradebookRow> {
        let mut rows = self.lms.gradebook(self.people.course);
        rows.retain(|row| row.person == person && row.grade.is_some());
        rows
    }

    /// A participant's mark and comment in the column of the first link.
    pub(crate) fn mark(&self, number: usize) -> Option<(f64, String)> {
        let rows = self.grades(self.people.participants[number]);
        let row = rows
            .into_iter()
            .find(|row| row.link == Some(self.people.links[0]))?;
        let grade = row.grade?;
        Some((grade.mark?, grade.comment?))
    }

    /// The seconds of the scores that the platform took, in the order in which they came.
    pub(crate) fn seconds(&self) -> Vec<DateTime<Utc>> {
        let log = self.lms.score_log();
        log.iter()
            .filter(|record| record.status == 200)
            .map(|record| {
                let score: serde_json::Value = serde_json::from_str(&record.body).unwrap();
                score["timestamp"].as_str().unwrap().parse().unwrap()
            })
            .collect()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The tool, the people and the links of the platform.
async fn furnish(lms: &Lms, bridge: &Bridge, scopes: Option<Vec<String>>) -> Demonstration {
    let tool = |path: &str| format!("{BASE}{path}").parse::<Url>().unwrap();
    let keys = bridge.own_keys().await.unwrap().published;
    let mut registration = ToolRegistration::new(
        "MTL Bridge",
        "mtl-bridge",
        "1",
        tool("/lti/login"),
        vec![tool("/lti/launch")],
        ToolKeys::Inline(serde_json::to_value(&*keys).unwrap()),
    );
    if let Some(scopes) = scopes {
        registration.scopes = scopes;
    }
    lms.register_tool(registration);
    let link = |title: &str, activity: &str| {
        LinkSeed::new(title, tool("/lti/launch"))
            .with_custom("mtl_activity", activity)
            .graded()
    };
    lms.seed_demonstration(&[
        link("Scenario 1", "mtl/first-question"),
        link("Scenario 2", "mtl/small-change"),
    ])
    .unwrap()
}

fn open_bridge(store: Store, clock: Clock, secret: [u8; 32]) -> Bridge {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/programmes/mtl.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let rules = OutboundRules {
        allow_loopback_http: true,
        allow_private_networks: false,
    };
    // Limits that a busy machine does not reach by itself.
    let limits = Limits {
        deadline: Duration::from_secs(10),
        describe_deadline: Duration::from_secs(20),
        ..Limits::default()
    };
    Bridge::new(BridgeParts {
        store,
        policies: PolicyHost::new(limits, CompiledCache::none()).unwrap(),
        platforms: Platforms::new(rules).unwrap(),
        lrs: LrsClient::new(DeliveryLimits::default(), rules).unwrap(),
        catalogue: Catalogue::new(vec![
            mtl_programme::parse_programme("mtl.toml", &text).unwrap(),
        ]),
        files: Arc::new(InMemory::new()),
        secret: MasterSecret::new(secret),
        tool_url: ToolUrl::parse(BASE).unwrap(),
        profile: Profile::new("https://mtl.example/xapi").unwrap(),
        clock,
    })
}

async fn register(
    bridge: &Bridge,
    lms: &Lms,
    lrs: Option<LrsSettings>,
    product: Option<&str>,
) -> InstitutionId {
    let institution = bridge
        .add_institution(InstitutionSetup {
            slug: "north".to_owned(),
            name: "University of the North".to_owned(),
            home_page: "https://north.example".parse().unwrap(),
            time_zone: "Europe/London".to_owned(),
            actor_naming: ActorNaming::Pseudonym,
            lrs,
        })
        .await
        .unwrap();
    let ends = lms.endpoints();
    bridge
        .add_platform(PlatformSetup {
            institution: Some("north".to_owned()),
            name: "LMS".to_owned(),
            issuer: ends.issuer,
            client_id: "mtl-bridge".to_owned(),
            auth_url: ends.authorization.parse().unwrap(),
            token_url: ends.token.parse().unwrap(),
            token_audience: None,
            jwks_url: ends.jwks.parse().unwrap(),
            frame_origins: Vec::new(),
            product: product.map(ToOwned::to_owned),
            deployments: vec![("1".to_owned(), None)],
            ask_for_deployments: false,
        })
        .await
        .unwrap();
    institution
}

/// A proxy in front of the platform that gives up after a column was made.
async fn lose_columns(
    State(left): State<Arc<AtomicUsize>>,
    request: Request,
    next: Next,
) -> Response {
    let makes = request.method() == Method::POST && request.uri().path().ends_with("/lineitems");
    let answer = next.run(request).await;
    let less = |left: usize| left.checked_sub(1);
    if makes
        && left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
            .is_ok()
    {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    answer
}

fn parameter(url: &Url, name: &str) -> String {
    let (_, value) = url.query_pairs().find(|(known, _)| known == name).unwrap();
    value.into_owned()
}
