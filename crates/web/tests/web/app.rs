//! One bridge with its platform, put together for a test.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use chrono::Utc;
use mtl_bridge_core::catalogue::Catalogue;
use mtl_bridge_core::institutions::{InstitutionSetup, PlatformSetup};
use mtl_bridge_core::secret::MasterSecret;
use mtl_bridge_core::{Bridge, BridgeParts, Clock};
use mtl_demo_lms::{
    Demonstration, LaunchOrder, LinkId, LinkSeed, Lms, LmsConfig, PersonId, ToolKeys,
    ToolRegistration,
};
use mtl_lrs_client::{DeliveryLimits, LrsClient};
use mtl_lti::url_rules::ToolUrl;
use mtl_lti_client::{OutboundRules, Platforms};
use mtl_policy::{CompiledCache, Limits, PolicyHost};
use mtl_store::launch::ActorNaming;
use mtl_store::{Store, StoreConfig};
use mtl_web::WebState;
use mtl_xapi::mtl::Profile;
use object_store::memory::InMemory;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// Where the bridge is reached; the router is called directly, so nothing listens there.
pub(crate) const BASE: &str = "http://localhost:8080";
/// The first scored activity of the catalogue.
pub(crate) const ACTIVITY: &str = "mtl/first-question";

/// A bridge and its platform.
pub(crate) struct TestApp {
    pub(crate) router: Router,
    pub(crate) bridge: Bridge,
    pub(crate) clock: Clock,
    pub(crate) lms: Lms,
    pub(crate) people: Demonstration,
    /// The platform's address, which is its issuer.
    pub(crate) platform: Url,
    server: JoinHandle<()>,
    _folder: TempDir,
}

impl TestApp {
    /// Puts everything together, on a clock that stands still.
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Clock::fixed(Utc::now());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let platform: Url = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let now = clock.clone();
        let lms =
            Lms::open(LmsConfig::new(platform.clone()).with_clock(move || now.now())).unwrap();
        let tool = |path: &str| format!("{BASE}{path}").parse::<Url>().unwrap();
        let bridge = open_bridge(folder.path(), clock.clone()).await;
        // Nothing listens at the bridge's address, so the platform is given the keys.
        let keys = bridge.own_keys().await.unwrap().published;
        lms.register_tool(ToolRegistration::new(
            "MTL Bridge",
            "mtl-bridge",
            "1",
            tool("/lti/login"),
            vec![tool("/lti/launch")],
            ToolKeys::Inline(serde_json::to_value(&*keys).unwrap()),
        ));
        let people = lms
            .seed_demonstration(&[
                LinkSeed::new("Scenario 1", tool("/lti/launch"))
                    .with_custom("mtl_activity", ACTIVITY)
                    .graded(),
                LinkSeed::new("Not set up", tool("/lti/launch")),
                LinkSeed::new("A first statement", tool("/lti/launch"))
                    .with_custom("mtl_activity", "mtl/where-i-stand"),
            ])
            .unwrap();
        let pages = lms.router();
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, pages).await;
        });
        register(&bridge, &lms).await;
        Self {
            router: mtl_web::router(WebState::new(bridge.clone())),
            bridge,
            clock,
            lms,
            people,
            platform,
            server,
            _folder: folder,
        }
    }

    /// Adds another institution.
    pub(crate) async fn add_institution(&self, slug: &str) {
        add_institution(&self.bridge, slug).await;
    }

    /// The first participant.
    pub(crate) fn participant(&self) -> PersonId {
        self.people.participants[0]
    }

    /// The link of the scored activity.
    pub(crate) fn scenario(&self) -> LinkId {
        self.people.links[0]
    }

    /// The login that the platform's page posts for a person and a link.
    pub(crate) fn login_fields(&self, person: PersonId, link: LinkId) -> Vec<(String, String)> {
        let cookie = self.lms.sign_in(person).unwrap();
        self.lms.begin_launch(&cookie, link).unwrap().fields
    }

    /// The token with which the platform answers.
    pub(crate) fn token(&self, person: PersonId, link: LinkId, nonce: &str) -> String {
        self.lms
            .issue_launch(&LaunchOrder::new(person, link, nonce))
            .unwrap()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn open_bridge(folder: &Path, clock: Clock) -> Bridge {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let store = Store::open(&StoreConfig::new(format!(
        "sqlite:{}",
        folder.join("bridge.db").display()
    )))
    .await
    .unwrap();
    store.migrate().await.unwrap();
    let text = std::fs::read_to_string(root.join("config/programmes/mtl.toml")).unwrap();
    let rules = OutboundRules {
        allow_loopback_http: true,
        allow_private_networks: false,
    };
    Bridge::new(BridgeParts {
        store,
        policies: PolicyHost::new(Limits::default(), CompiledCache::none()).unwrap(),
        platforms: Platforms::new(rules).unwrap(),
        lrs: LrsClient::new(DeliveryLimits::default(), rules).unwrap(),
        catalogue: Catalogue::new(vec![
            mtl_programme::parse_programme("mtl.toml", &text).unwrap(),
        ]),
        files: Arc::new(InMemory::new()),
        secret: MasterSecret::new([7; 32]),
        tool_url: ToolUrl::parse(BASE).unwrap(),
        profile: Profile::new("https://mtl.example/xapi").unwrap(),
        clock,
    })
}

async fn add_institution(bridge: &Bridge, slug: &str) {
    let mut name = slug.to_owned();
    name[..1].make_ascii_uppercase();
    bridge
        .add_institution(InstitutionSetup {
            slug: slug.to_owned(),
            name: format!("University of the {name}"),
            home_page: format!("https://{slug}.example").parse().unwrap(),
            time_zone: "Europe/London".to_owned(),
            actor_naming: ActorNaming::Pseudonym,
            lrs: None,
        })
        .await
        .unwrap();
}

async fn register(bridge: &Bridge, lms: &Lms) {
    add_institution(bridge, "north").await;
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
            product: None,
            deployments: vec![("1".to_owned(), None)],
            ask_for_deployments: false,
        })
        .await
        .unwrap();
}
