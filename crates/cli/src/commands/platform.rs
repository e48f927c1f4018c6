//! `platform add|add-origin|list|register-url|waiting|accept`.

use clap::{Args, Subcommand};
use mtl_bridge_core::Bridge;
use mtl_bridge_core::institutions::PlatformSetup;
use mtl_bridge_core::registering::InvitationPlan;
use url::Url;

use super::waiting;
use crate::config::Config;
use crate::{assemble, output};

/// What to do with platforms.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Adds a platform; prints what to enter on its side.
    Add(Box<Add>),
    /// Adds an origin where a platform's pages or services are besides its endpoints. Tokens are sent to
    /// a platform's own origins only.
    AddOrigin {
        /// The platform's client id.
        client_id: String,
        /// An address there, such as <https://lms.example.ac.uk>.
        origin: Url,
        /// The issuer, where several platforms have that client id.
        #[arg(long)]
        issuer: Option<String>,
    },
    /// Makes a one-time address; pasted into Moodle or Canvas, the platform registers itself.
    RegisterUrl {
        /// The institution's short name.
        institution: String,
        /// Several institutions share the platform: each deployment is then given to one by hand.
        #[arg(long)]
        shared: bool,
        /// New deployments wait until an administrator accepts them.
        #[arg(long)]
        ask_for_deployments: bool,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lists the deployments that were opened and that nobody has accepted yet.
    Waiting {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Gives a deployment that waits to an institution.
    Accept(waiting::Accept),
    /// Lists the platforms.
    List {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

/// A platform.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// A name for people, such as "Example University Moodle".
    name: String,
    /// The institution's short name; leave out where several institutions share the registration.
    #[arg(long)]
    institution: Option<String>,
    /// The platform's issuer (Moodle: its web address; Canvas: <https://canvas.instructure.com>).
    #[arg(long)]
    issuer: String,
    /// The client id that the platform gave to the tool.
    #[arg(long)]
    client_id: String,
    /// Authentication request URL.
    #[arg(long)]
    auth_url: Url,
    /// Access token URL.
    #[arg(long)]
    token_url: Url,
    /// Public keyset URL.
    #[arg(long)]
    jwks_url: Url,
    /// The audience of token requests, where it is not the access token URL.
    #[arg(long)]
    token_audience: Option<String>,
    /// Further origins of the platform: pages that show the tool in a frame, services (Canvas: the
    /// university's own address).
    #[arg(long)]
    frame_origin: Vec<Url>,
    /// What kind of platform it is.
    #[arg(long, value_parser = ["moodle", "canvas", "openedx"])]
    product: Option<String>,
    /// A deployment id; in a shared registration `deployment=institution`.
    #[arg(long)]
    deployment: Vec<String>,
    /// Further deployments wait until an administrator accepts them; in a shared registration they
    /// always do.
    #[arg(long)]
    ask_for_deployments: bool,
}

pub(crate) async fn run(action: Action, config: &Config) -> anyhow::Result<()> {
    let bridge = assemble::bridge(config).await?;
    match action {
        Action::Add(add) => {
            let name = add.name.clone();
            bridge.add_platform(add.into_setup()).await?;
            let base = bridge.tool_url().as_url();
            output::line(format_args!(
                "Added {name}. Enter this on the platform's side:"
            ));
            output::line(format_args!("  Tool URL                {base}lti/launch"));
            output::line(format_args!("  Initiate login URL      {base}lti/login"));
            output::line(format_args!("  Redirection URI(s)      {base}lti/launch"));
            output::line(format_args!(
                "  Public keyset URL       {base}.well-known/jwks.json"
            ));
        }
        Action::AddOrigin {
            client_id,
            origin,
            issuer,
        } => {
            let origin = bridge
                .add_platform_origin(&client_id, issuer.as_deref(), &origin)
                .await?;
            output::line(format_args!(
                "{origin} belongs to {client_id} now; running replicas follow within half a minute."
            ));
        }
        Action::RegisterUrl {
            institution,
            shared,
            ask_for_deployments,
            json,
        } => {
            let plan = InvitationPlan {
                shared,
                ask_for_deployments,
            };
            register_url(&bridge, &institution, plan, json).await?;
        }
        Action::Waiting { json } => waiting::list(&bridge, json).await?,
        Action::Accept(accept) => waiting::accept(&bridge, accept).await?,
        Action::List { json } => {
            let rows = bridge.list_platforms().await?;
            if json {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|row| {
                        serde_json::json!({
                            "id": row.id, "name": row.name, "issuer": row.issuer,
                            "client_id": row.client_id, "institution": row.institution,
                            "product": row.product,
                            "allow_new_deployments": row.allow_new_deployments,
                        })
                    })
                    .collect();
                output::json(&rows)?;
            } else {
                let rows: Vec<Vec<String>> = rows
                    .into_iter()
                    .map(|row| vec![row.name, row.issuer, row.client_id])
                    .collect();
                output::table(&["NAME", "ISSUER", "CLIENT ID"], &rows);
            }
        }
    }
    bridge.store().close().await;
    Ok(())
}

async fn register_url(
    bridge: &Bridge,
    institution: &str,
    plan: InvitationPlan,
    json: bool,
) -> anyhow::Result<()> {
    let institution = bridge.load_institution(institution).await?;
    let link = bridge.invite_platform(institution.id, plan).await?;
    if json {
        output::json(&serde_json::json!({
            "url": link.url, "expires_at": link.expires_at,
        }))?;
    } else {
        output::line(&link.url);
        output::line("");
        output::line(format_args!(
            "It registers one platform for {}, once, until {}.",
            institution.name,
            link.expires_at.format("%-d %B %Y, %H:%M UTC")
        ));
        output::line(
            "  Moodle  Site administration > Plugins > External tool > Manage tools: paste",
        );
        output::line("          it into Tool URL, press Add LTI Advantage");
        output::line("  Canvas  Admin > Apps > Manage > Install a New App > Dynamic Registration");
    }
    Ok(())
}

impl Add {
    fn into_setup(self) -> PlatformSetup {
        PlatformSetup {
            institution: self.institution,
            name: self.name,
            issuer: self.issuer,
            client_id: self.client_id,
            auth_url: self.auth_url,
            token_url: self.token_url,
            token_audience: self.token_audience,
            jwks_url: self.jwks_url,
            frame_origins: self.frame_origin,
            product: self.product,
            deployments: self
                .deployment
                .into_iter()
                .map(|deployment| match deployment.rsplit_once('=') {
                    Some((id, slug)) => (id.to_owned(), Some(slug.to_owned())),
                    None => (deployment, None),
                })
                .collect(),
            ask_for_deployments: self.ask_for_deployments,
        }
    }
}
