//! `demo`: everything for a try, without configuration: the bridge, a demonstration LMS on another
//! origin, the embedded learning record store, a catalogue and a policy.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use mtl_bridge_core::Bridge;
use mtl_bridge_core::catalogue::Catalogue;
use mtl_bridge_core::institutions::{InstitutionSetup, PlatformSetup};
use mtl_bridge_core::policies::PolicyInstall;
use mtl_bridge_core::secret::random_bytes;
use mtl_demo_lms::{Flavour, LinkSeed, Lms, LmsConfig, ToolKeys, ToolRegistration};
use mtl_lti::course_copy::HISTORY_PARAMETERS;
use mtl_store::launch::ActorNaming;
use url::Url;

use super::serve;
use crate::config::{Catalogue as CatalogueSettings, Config, Database, Evidence, Log, LogFormat};
use crate::config::{Keys, Outbound, Policy, SecretValue};
use crate::{assemble, logging, output, shutdown};

const PROGRAMME: &str = include_str!("../../../../config/programmes/mtl.toml");
const POLICY: &[u8] = include_bytes!("../../../../plugins/uk-masters/uk-masters.wasm");
const POLICY_SETTINGS: &str = include_str!("../../../../plugins/uk-masters/settings.json");
const INSTITUTION: &str = "demonstration";
const CLIENT_ID: &str = "mtl-bridge";
const DEPLOYMENT: &str = "1";

/// How the demonstration starts.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The folder that keeps everything.
    #[arg(long, default_value = "data/demo")]
    data: PathBuf,
    /// Forgets what an earlier demonstration kept.
    #[arg(long)]
    fresh: bool,
    /// The bridge's port; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The demonstration LMS's port; 0 takes a free one.
    #[arg(long, default_value_t = 8081)]
    lms_port: u16,
    /// Which learning management system it behaves like.
    #[arg(long, value_enum, default_value_t)]
    lms: Behaviour,
}

/// The behaviours of the demonstration LMS.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Behaviour {
    /// Moodle 4.5.
    #[default]
    Moodle,
    /// Canvas.
    Canvas,
    /// Open edX.
    Openedx,
}

impl Behaviour {
    fn flavour(self) -> Flavour {
        match self {
            Self::Moodle => Flavour::Moodle,
            Self::Canvas => Flavour::Canvas,
            Self::Openedx => Flavour::OpenEdx,
        }
    }

    /// Each has people and marks of its own.
    fn data_file(self) -> &'static str {
        match self {
            Self::Moodle => "lms.json",
            Self::Canvas => "lms-canvas.json",
            Self::Openedx => "lms-openedx.json",
        }
    }

    fn product(self) -> &'static str {
        match self {
            Self::Moodle => "moodle",
            Self::Canvas => "canvas",
            Self::Openedx => "openedx",
        }
    }
}

pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    logging::start(&Log {
        format: LogFormat::Text,
        filter: Some("warn".to_owned()),
    })?;
    let stop = shutdown::on_signal()?;
    if options.fresh {
        forget(&options.data)?;
    }
    std::fs::create_dir_all(&options.data)
        .with_context(|| format!("--data: {} cannot be made", options.data.display()))?;
    let bridge_listener = local(options.port, "--port").await?;
    let lms_listener = local(options.lms_port, "--lms-port").await?;
    // Two names of this machine, so that they are two sites to a browser, as in real life.
    let bridge_url = Url::parse(&format!(
        "http://localhost:{}",
        bridge_listener.local_addr()?.port()
    ))?;
    let lms_url = Url::parse(&format!(
        "http://127.0.0.1:{}",
        lms_listener.local_addr()?.port()
    ))?;

    let config = configuration(&options.data, bridge_url.clone())?;
    let programme = mtl_programme::parse_programme("config/programmes/mtl.toml", PROGRAMME)?;
    let behaviour = options.lms;
    let lms = open_lms(&options.data, behaviour, &lms_url, &bridge_url, &programme)?;
    let store = assemble::open_store(&config).await?;
    store.migrate().await?;
    let bridge = assemble::bridge_over(&config, store, Catalogue::new(vec![programme]))?;
    set_up(&bridge, &lms, behaviour).await?;
    let institution = bridge.load_institution(INSTITUTION).await?;
    let administration = bridge.invite_administrator(institution.id).await?.url;

    output::line("MTL Bridge demonstration");
    output::line("");
    output::line(format_args!("  Start here      {lms_url}"));
    output::line("                  the demonstration LMS: pick who you are, open the course");
    output::line(format_args!("  The bridge      {bridge_url}"));
    output::line(format_args!("  Administration  {administration}"));
    output::line("                  its platforms; the link works once, within half an hour");
    output::line(format_args!("  Kept in         {}", options.data.display()));
    output::line("");
    output::line("Press Ctrl-C to stop; --fresh starts anew.");

    let pages = lms.router();
    let lms_stop = stop.clone();
    let lms_server = tokio::spawn(async move {
        axum::serve(lms_listener, pages)
            .with_graceful_shutdown(lms_stop.cancelled_owned())
            .await
    });
    let work = Some(serve::Work::of(&config));
    serve::serve(bridge, bridge_listener, work, stop).await?;
    lms_server.await??;
    lms.flush().await?;
    Ok(())
}

async fn local(port: u16, setting: &str) -> anyhow::Result<tokio::net::TcpListener> {
    serve::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), setting).await
}

/// Removes only what a demonstration makes.
fn forget(data: &Path) -> anyhow::Result<()> {
    for name in [
        "bridge.sqlite",
        "bridge.sqlite-wal",
        "bridge.sqlite-shm",
        Behaviour::Moodle.data_file(),
        Behaviour::Canvas.data_file(),
        Behaviour::Openedx.data_file(),
        "secret",
    ] {
        let file = data.join(name);
        if file.exists() {
            std::fs::remove_file(&file)
                .with_context(|| format!("{} cannot be removed", file.display()))?;
        }
    }
    for name in ["evidence", "policies"] {
        let folder = data.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("{} cannot be removed", folder.display()))?;
        }
    }
    Ok(())
}

fn configuration(data: &Path, base_url: Url) -> anyhow::Result<Config> {
    let secret_file = data.join("secret");
    if !secret_file.exists() {
        write_secret(&secret_file)?;
    }
    Ok(Config {
        base_url,
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        metrics_listen: None,
        secret: SecretValue::File { file: secret_file },
        database: Database {
            url: SecretValue::Inline(format!("sqlite:{}", data.join("bridge.sqlite").display())),
            max_connections: 8,
        },
        evidence: Evidence::Folder {
            path: data.join("evidence"),
        },
        catalogue: CatalogueSettings::default(),
        policy: Policy {
            cache_folder: Some(data.join("policies")),
        },
        outbound: Outbound {
            allow_loopback_http: true,
            ..Outbound::default()
        },
        keys: Keys::default(),
        deliver: true,
        log: Log::default(),
    })
}

/// Makes the installation's secret, readable by its owner alone from the first moment.
fn write_secret(file: &Path) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    for byte in random_bytes::<32>() {
        write!(file, "{byte:02x}")?;
    }
    Ok(())
}

/// The demonstration LMS, with a link to each activity of the first two modules and one to each
/// kind that is not built yet.
fn open_lms(
    data: &Path,
    behaviour: Behaviour,
    lms_url: &Url,
    bridge_url: &Url,
    programme: &mtl_programme::Programme,
) -> anyhow::Result<Lms> {
    let config = LmsConfig::new(lms_url.clone()).with_flavour(behaviour.flavour());
    let lms = Lms::open(config.with_data_file(data.join(behaviour.data_file())))?;
    let launch_url = bridge_url.join("lti/launch")?;
    let mut registration = ToolRegistration::new(
        "MTL Bridge",
        CLIENT_ID,
        DEPLOYMENT,
        bridge_url.join("lti/login")?,
        vec![launch_url.clone()],
        ToolKeys::Url(bridge_url.join(".well-known/jwks.json")?),
    );
    // What an administrator enters, too, so that copied courses keep their links.
    registration.custom = HISTORY_PARAMETERS
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    lms.register_tool(registration.with_picker(launch_url.clone()));
    let links: Vec<LinkSeed> = programme
        .activities()
        .map(|found| {
            let link = LinkSeed::new(&found.activity.title, launch_url.clone())
                .in_section(&found.module.title)
                .described(found.activity.kind.title())
                .with_custom(
                    "mtl_activity",
                    &programme.key_of(found.activity).to_string(),
                );
            if found.activity.is_assessed() {
                link.reviewed()
            } else {
                link
            }
        })
        .collect();
    lms.seed_demonstration(&links)?;
    Ok(lms)
}

/// The institution, the platform and the policy, where an earlier start did not make them.
async fn set_up(bridge: &Bridge, lms: &Lms, behaviour: Behaviour) -> anyhow::Result<()> {
    let known = bridge.list_institutions().await?;
    if known
        .iter()
        .all(|institution| institution.slug != INSTITUTION)
    {
        bridge
            .add_institution(InstitutionSetup {
                slug: INSTITUTION.to_owned(),
                name: "Demonstration University".to_owned(),
                home_page: Url::parse("https://demonstration.example")?,
                time_zone: "Europe/London".to_owned(),
                actor_naming: ActorNaming::Pseudonym,
                lrs: None,
            })
            .await?;
    }
    let institution = bridge.load_institution(INSTITUTION).await?;
    let endpoints = lms.endpoints();
    let platforms = bridge.list_platforms().await?;
    if platforms
        .iter()
        .all(|platform| platform.issuer != endpoints.issuer)
    {
        bridge
            .add_platform(PlatformSetup {
                institution: Some(INSTITUTION.to_owned()),
                name: "Demonstration LMS".to_owned(),
                issuer: endpoints.issuer,
                client_id: CLIENT_ID.to_owned(),
                auth_url: endpoints.authorization.parse()?,
                token_url: endpoints.token.parse()?,
                token_audience: None,
                jwks_url: endpoints.jwks.parse()?,
                frame_origins: Vec::new(),
                product: Some(behaviour.product().to_owned()),
                deployments: vec![(DEPLOYMENT.to_owned(), None)],
                ask_for_deployments: false,
            })
            .await?;
    }
    if bridge
        .store()
        .list_policy_bindings(institution.id)
        .await?
        .is_empty()
    {
        bridge
            .install_policy(
                institution.id,
                PolicyInstall {
                    component: POLICY.to_vec(),
                    settings: serde_json::from_str(POLICY_SETTINGS)?,
                    programme: None,
                    module: None,
                },
            )
            .await?;
    }
    Ok(())
}
