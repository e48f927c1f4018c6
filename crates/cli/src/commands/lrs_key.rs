//! `institution lrs-key add|list|revoke`.

use anyhow::Context as _;
use clap::Subcommand;
use mtl_bridge_core::Bridge;
use mtl_bridge_core::secret::random_token;
use mtl_lrs::Scope;
use mtl_store::statements::NewLrsCredential;

use crate::output;

/// What to do with keys of the embedded learning record store.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Makes a key; its secret is shown once.
    Add {
        /// The institution's short name.
        slug: String,
        /// What the key is for.
        #[arg(long)]
        name: String,
        /// What it may do: statements/write, statements/read/mine, statements/read, all/read, all.
        #[arg(long, default_values = ["statements/write", "statements/read/mine"])]
        scope: Vec<Scope>,
    },
    /// Lists the keys of an institution, revoked ones included.
    List {
        /// The institution's short name.
        slug: String,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Ends a key at once. What was written with it stays.
    Revoke {
        /// The institution's short name.
        slug: String,
        /// The key, as the list shows it.
        key: String,
    },
}

pub(super) async fn run(bridge: &Bridge, action: Action) -> anyhow::Result<()> {
    match action {
        Action::Add { slug, name, scope } => add(bridge, &slug, name, &scope).await,
        Action::List { slug, json } => list(bridge, &slug, json).await,
        Action::Revoke { slug, key } => revoke(bridge, &slug, &key).await,
    }
}

async fn add(bridge: &Bridge, slug: &str, name: String, scopes: &[Scope]) -> anyhow::Result<()> {
    let institution = bridge.load_institution(slug).await?.id;
    let (access_key, secret) = (random_token(), random_token());
    let new = NewLrsCredential {
        name,
        access_key: access_key.clone(),
        secret_hash: mtl_lrs::hash_secret(&secret)?,
        scopes: scopes.iter().map(|scope| scope.name().to_owned()).collect(),
    };
    bridge
        .store()
        .add_lrs_credential(institution, new, bridge.now())
        .await?;
    output::line(format_args!("endpoint  {}xapi", bridge.tool_url().as_url()));
    output::line(format_args!("key       {access_key}"));
    output::line(format_args!("secret    {secret}"));
    output::line("The secret is shown this once; only its hash is kept.");
    Ok(())
}

async fn list(bridge: &Bridge, slug: &str, json: bool) -> anyhow::Result<()> {
    let institution = bridge.load_institution(slug).await?.id;
    let keys = bridge.store().list_lrs_credentials(institution).await?;
    if json {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| {
                serde_json::json!({
                    "key": key.access_key, "name": key.name, "scopes": key.scopes,
                    "created_at": key.created_at, "revoked_at": key.revoked_at,
                })
            })
            .collect();
        return output::json(&keys);
    }
    let rows: Vec<Vec<String>> = keys
        .into_iter()
        .map(|key| {
            let day = key.created_at.format("%Y-%m-%d").to_string();
            let state = key.revoked_at.map_or_else(
                || "in use".to_owned(),
                |at| format!("revoked {}", at.format("%Y-%m-%d")),
            );
            vec![key.access_key, key.name, key.scopes.join(", "), day, state]
        })
        .collect();
    output::table(&["KEY", "NAME", "MAY", "MADE", "STATE"], &rows);
    Ok(())
}

async fn revoke(bridge: &Bridge, slug: &str, key: &str) -> anyhow::Result<()> {
    let institution = bridge.load_institution(slug).await?.id;
    let keys = bridge.store().list_lrs_credentials(institution).await?;
    let found = keys
        .into_iter()
        .find(|known| known.access_key == key && known.revoked_at.is_none())
        .with_context(|| {
            format!(
                "{slug} has no key {key} in use\n    → look at `mtl-bridge institution lrs-key \
                 list {slug}`"
            )
        })?;
    bridge
        .store()
        .revoke_lrs_credential(institution, found.id, bridge.now())
        .await?;
    output::line(format_args!(
        "{key} ({}) opens nothing any more.",
        found.name
    ));
    Ok(())
}
