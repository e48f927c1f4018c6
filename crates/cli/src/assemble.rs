//! Puts a bridge together from its configuration.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use mtl_bridge_core::catalogue::Catalogue;
use mtl_bridge_core::secret::{MasterSecret, Purpose};
use mtl_bridge_core::{Bridge, BridgeParts, Clock};
use mtl_lrs_client::{DeliveryLimits, LrsClient};
use mtl_lti::url_rules::ToolUrl;
use mtl_lti_client::Platforms;
use mtl_policy::{CompiledCache, CompilerProgram, Limits, PolicyHost};
use mtl_store::{Store, StoreConfig};
use mtl_xapi::mtl::Profile;
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;

use crate::config::{Config, Evidence};

/// Where the vocabulary of the statements stands, unless an institution hosts it elsewhere.
const PROFILE_BASE: &str = "https://w3id.org/mtl-bridge/xapi";

/// Opens the store; its schema is brought up to date.
pub(crate) async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let url = config.database.url.read().map_err(anyhow::Error::msg)?;
    if let Some(path) = url.strip_prefix("sqlite:") {
        make_parent(Path::new(path.trim_start_matches("//")))?;
    }
    let store = Store::open(&StoreConfig {
        url,
        max_connections: config.database.max_connections,
    })
    .await
    .context("the database cannot be opened\n    → look at database.url")?;
    Ok(store)
}

/// Puts everything together and brings the schema up to date.
pub(crate) async fn bridge(config: &Config) -> anyhow::Result<Bridge> {
    let store = open_store(config).await?;
    store
        .migrate()
        .await
        .context("the database's schema cannot be brought up to date")?;
    bridge_over(config, store, read_catalogue(&config.catalogue.folder)?)
}

/// Puts everything together over an open store.
pub(crate) fn bridge_over(
    config: &Config,
    store: Store,
    catalogue: Catalogue,
) -> anyhow::Result<Bridge> {
    let secret = MasterSecret::new(config.secret_bytes()?);
    let cache = match &config.policy.cache_folder {
        Some(folder) => CompiledCache::in_folder(folder, &secret.derive(Purpose::CacheMac)),
        None => CompiledCache::none(),
    };
    let rules = config.outbound.rules();
    Ok(Bridge::new(BridgeParts {
        store,
        policies: policy_host(cache)?,
        platforms: Platforms::with_limits(rules, config.outbound.limits())?,
        lrs: LrsClient::new(DeliveryLimits::default(), rules)?,
        catalogue,
        files: open_files(&config.evidence)?,
        secret,
        tool_url: ToolUrl::from_url(config.base_url.clone())?,
        profile: Profile::new(PROFILE_BASE)?,
        clock: Clock::system(),
    }))
}

/// Reads every programme of a folder; all mistakes are reported at once.
pub(crate) fn read_catalogue(folder: &Path) -> anyhow::Result<Catalogue> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .with_context(|| {
            format!(
                "the catalogue's folder {} cannot be read\n    → set catalogue.folder",
                folder.display()
            )
        })?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    anyhow::ensure!(
        !files.is_empty(),
        "the catalogue's folder {} has no .toml file\n    → copy config/programmes/mtl.toml there",
        folder.display()
    );
    let mut programmes = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        match mtl_programme::parse_programme(&file.display().to_string(), &text) {
            Ok(programme) => programmes.push(programme),
            Err(errors) => problems.push(errors.to_string()),
        }
    }
    anyhow::ensure!(
        problems.is_empty(),
        "the catalogue has mistakes:\n{}",
        problems.join("\n")
    );
    Ok(Catalogue::new(programmes))
}

fn open_files(evidence: &Evidence) -> anyhow::Result<Arc<dyn ObjectStore>> {
    Ok(match evidence {
        Evidence::Folder { path } => {
            std::fs::create_dir_all(path).with_context(|| {
                format!(
                    "the folder {} cannot be made\n    → look at evidence.path",
                    path.display()
                )
            })?;
            Arc::new(LocalFileSystem::new_with_prefix(path)?.with_automatic_cleanup(true))
        }
        Evidence::S3 {
            bucket,
            region,
            endpoint,
            access_key_id,
            secret_access_key,
        } => {
            let secret = secret_access_key.read().map_err(anyhow::Error::msg)?;
            let mut builder = AmazonS3Builder::new()
                .with_bucket_name(bucket)
                .with_region(region)
                .with_access_key_id(access_key_id)
                .with_secret_access_key(secret);
            if let Some(endpoint) = endpoint {
                builder = builder
                    .with_endpoint(endpoint.as_str().trim_end_matches('/'))
                    .with_allow_http(endpoint.scheme() == "http");
            }
            Arc::new(builder.build()?)
        }
    })
}

fn make_parent(path: &Path) -> anyhow::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => std::fs::create_dir_all(parent)
            .with_context(|| format!("the folder {} cannot be made", parent.display())),
        _ => Ok(()),
    }
}

/// The policies' host; it compiles in processes of this very program.
pub(crate) fn policy_host(cache: CompiledCache) -> anyhow::Result<PolicyHost> {
    // On Linux the program that runs, also when its file was replaced meanwhile.
    let program = if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        std::env::current_exe().context("this program's own file is not known")?
    };
    let compiler = CompilerProgram::new(program, ["compile-policy"]);
    Ok(PolicyHost::with_compiler(
        Limits::default(),
        cache,
        compiler,
    )?)
}
