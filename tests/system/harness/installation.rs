//! A bridge in the test's own process: the real router over a real store, with the demonstration
//! LMS as its platform, on a clock that the test moves.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{TimeDelta, Utc};
use mtl_bridge_core::catalogue::Catalogue;
use mtl_bridge_core::institutions::InstitutionSetup;
use mtl_bridge_core::policies::PolicyInstall;
use mtl_bridge_core::secret::{MasterSecret, Purpose};
use mtl_bridge_core::{Bridge, BridgeParts, Clock};
use mtl_demo_lms::Flavour;
use mtl_lrs_client::{DeliveryLimits, LrsClient};
use mtl_lti::url_rules::ToolUrl;
use mtl_lti_client::{CallLimits, OutboundRules, Platforms};
use mtl_policy::{CompiledCache, Limits, PolicyHost};
use mtl_programme::InstitutionId;
use mtl_store::launch::{ActorNaming, LrsSettings};
use mtl_store::outbox::DeliveryFilter;
use mtl_store::{Store, StoreConfig};
use mtl_web::WebState;
use mtl_xapi::mtl::Profile;
use object_store::local::LocalFileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::database::{Database, Kind};
use super::platform::{CLIENT, DEPLOYMENT, Platform};

/// The secret of every installation in tests.
pub(crate) const SECRET: [u8; 32] = [7; 32];
/// The short name of the institution.
pub(crate) const INSTITUTION: &str = "north";
const PROFILE: &str = "https://w3id.org/mtl-bridge/xapi";

/// What an installation is to be like.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    kind: Kind,
    replicas: usize,
    lrs: Option<LrsSettings>,
    platform: Flavour,
    limits: CallLimits,
}

impl Plan {
    /// One bridge over a database of that kind.
    pub(crate) fn on(kind: Kind) -> Self {
        Self {
            kind,
            replicas: 1,
            lrs: None,
            platform: Flavour::Moodle,
            limits: CallLimits::default(),
        }
    }

    /// Bridges that have other limits for calls to platforms.
    pub(crate) fn with_limits(self, limits: CallLimits) -> Self {
        Self { limits, ..self }
    }

    /// So many bridges over one database.
    pub(crate) fn replicas(self, replicas: usize) -> Self {
        Self { replicas, ..self }
    }

    /// With another platform than Moodle.
    pub(crate) fn beside(self, platform: Flavour) -> Self {
        Self { platform, ..self }
    }

    /// An institution with a learning record store of its own.
    pub(crate) fn with_lrs(self, lrs: LrsSettings) -> Self {
        Self {
            lrs: Some(lrs),
            ..self
        }
    }
}

/// One bridge.
pub(crate) struct Replica {
    /// The bridge.
    pub(crate) bridge: Bridge,
    /// Where it listens; the first one at the public address.
    pub(crate) url: Url,
    server: JoinHandle<()>,
}

/// Bridges over one database, with a platform.
pub(crate) struct Installation {
    /// The first bridge.
    pub(crate) bridge: Bridge,
    /// All of them.
    pub(crate) replicas: Vec<Replica>,
    /// The platform.
    pub(crate) platform: Platform,
    /// The public address.
    pub(crate) url: Url,
    /// The time for both sides.
    pub(crate) clock: Clock,
    /// The institution.
    pub(crate) institution: InstitutionId,
    /// The database; goes after the bridges.
    pub(crate) database: Database,
    _folder: TempDir,
}

impl Installation {
    /// Puts everything together.
    pub(crate) async fn start(plan: Plan) -> Result<Self> {
        let folder = TempDir::new()?;
        let database = Database::create(plan.kind, folder.path()).await?;
        let clock = Clock::fixed(Utc::now());
        let mut listeners = Vec::new();
        for _ in 0..plan.replicas {
            listeners.push(TcpListener::bind("127.0.0.1:0").await?);
        }
        let port = listeners
            .first()
            .context("no replica")?
            .local_addr()?
            .port();
        // Another name than the platform's, so that they are two sites.
        let url = Url::parse(&format!("http://localhost:{port}"))?;
        let platform_clock = clock.clone();
        let platform =
            Platform::start_as(plan.platform, &url, move || platform_clock.now()).await?;
        let mut replicas = Vec::new();
        for listener in listeners {
            let (clock, assertions_by) = (clock.clone(), clock.clone());
            let assertions_by = Arc::new(move || assertions_by.now());
            let platforms = Platforms::with_clock(RULES, plan.limits, assertions_by)?;
            let bridge =
                open_bridge_with(&database.url, folder.path(), &url, clock, platforms).await?;
            bridge.store().migrate().await?;
            let at = Url::parse(&format!("http://{}", listener.local_addr()?))?;
            let router = mtl_web::router(WebState::new(bridge.clone()));
            let server = tokio::spawn(async move {
                let _ = axum::serve(listener, router).await;
            });
            replicas.push(Replica {
                bridge,
                url: at,
                server,
            });
        }
        let bridge = replicas[0].bridge.clone();
        let institution = set_up(&bridge, &platform, plan.lrs).await?;
        Ok(Self {
            bridge,
            replicas,
            platform,
            url,
            clock,
            institution,
            database,
            _folder: folder,
        })
    }

    /// Delivers everything that is due, then lets time pass and tries again what failed, until
    /// nothing waits. Dead letters stay.
    pub(crate) async fn deliver_all(&self) -> Result<()> {
        deliver_all(&self.bridge, || self.clock.advance(TimeDelta::seconds(30))).await
    }

    /// How many deliveries wait or are under way.
    pub(crate) async fn waiting(&self) -> Result<u64> {
        waiting(&self.bridge).await
    }

    /// Adds an institution with a registration of its own on the same platform.
    pub(crate) async fn add_institution(&self, slug: &str) -> Result<InstitutionId> {
        let id = self
            .bridge
            .add_institution(institution_setup(slug, None)?)
            .await?;
        Ok(id)
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        for replica in &self.replicas {
            replica.server.abort();
        }
    }
}

/// Delivers until nothing waits; `pass` lets time pass between two rounds.
pub(crate) async fn deliver_all(bridge: &Bridge, pass: impl Fn()) -> Result<()> {
    const ROUNDS: usize = 40;
    for _ in 0..ROUNDS {
        bridge.deliver_due().await?;
        if waiting(bridge).await? == 0 {
            return Ok(());
        }
        pass();
    }
    let mut left = Vec::new();
    for institution in bridge.list_institutions().await? {
        for row in bridge
            .list_deliveries(institution.id, DeliveryFilter::default())
            .await?
        {
            if matches!(row.state, "pending" | "leased") {
                left.push(row);
            }
        }
    }
    anyhow::bail!("these deliveries still wait at {}: {left:?}", bridge.now())
}

async fn waiting(bridge: &Bridge) -> Result<u64> {
    let depth = bridge.store().outbox_depth().await?;
    Ok(depth.iter().map(|kind| kind.pending).sum())
}

/// The root of the sources.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The policy that the demonstration decides by, and its settings.
pub(crate) fn uk_masters() -> Result<PolicyInstall> {
    let folder = root().join("plugins/uk-masters");
    Ok(PolicyInstall {
        component: std::fs::read(folder.join("uk-masters.wasm"))?,
        settings: serde_json::from_slice(&std::fs::read(folder.join("settings.json"))?)?,
        programme: None,
        module: None,
    })
}

/// An institution without special wishes.
pub(crate) fn institution_setup(slug: &str, lrs: Option<LrsSettings>) -> Result<InstitutionSetup> {
    Ok(InstitutionSetup {
        slug: slug.to_owned(),
        name: format!("University of the {slug}"),
        home_page: Url::parse(&format!("https://{slug}.example"))?,
        time_zone: "Europe/London".to_owned(),
        actor_naming: ActorNaming::Pseudonym,
        lrs,
    })
}

async fn set_up(
    bridge: &Bridge,
    platform: &Platform,
    lrs: Option<LrsSettings>,
) -> Result<InstitutionId> {
    let institution = bridge
        .add_institution(institution_setup(INSTITUTION, lrs)?)
        .await?;
    let mut setup = platform.setup(Some(INSTITUTION), CLIENT)?;
    setup.deployments = vec![(DEPLOYMENT.to_owned(), None)];
    bridge.add_platform(setup).await?;
    bridge.install_policy(institution, uk_masters()?).await?;
    Ok(institution)
}

const RULES: OutboundRules = OutboundRules {
    allow_loopback_http: true,
    allow_private_networks: false,
};

/// A bridge over a database, as the command line puts it together. Its platforms go by the machine's
/// clock, whatever its own says.
pub(crate) async fn open_bridge(
    database: &str,
    folder: &Path,
    url: &Url,
    clock: Clock,
) -> Result<Bridge> {
    open_bridge_with(database, folder, url, clock, Platforms::new(RULES)?).await
}

async fn open_bridge_with(
    database: &str,
    folder: &Path,
    url: &Url,
    clock: Clock,
    platforms: Platforms,
) -> Result<Bridge> {
    let store = Store::open(&StoreConfig {
        url: database.to_owned(),
        max_connections: 8,
    })
    .await?;
    let secret = MasterSecret::new(SECRET);
    let text = std::fs::read_to_string(root().join("config/programmes/mtl.toml"))?;
    let programme = mtl_programme::parse_programme("mtl.toml", &text)?;
    let evidence = folder.join("evidence");
    std::fs::create_dir_all(&evidence)?;
    let cache =
        CompiledCache::in_folder(folder.join("policies"), &secret.derive(Purpose::CacheMac));
    Ok(Bridge::new(BridgeParts {
        store,
        policies: PolicyHost::new(Limits::default(), cache)?,
        platforms,
        lrs: LrsClient::new(DeliveryLimits::default(), RULES)?,
        catalogue: Catalogue::new(vec![programme]),
        files: Arc::new(LocalFileSystem::new_with_prefix(&evidence)?),
        secret,
        tool_url: ToolUrl::from_url(url.clone())?,
        profile: Profile::new(PROFILE)?,
        clock,
    }))
}
