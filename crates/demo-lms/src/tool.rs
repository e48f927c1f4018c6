//! Registered tools.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::ToolId;

/// Where a tool's public keys come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToolKeys {
    /// A key set fetched when needed, over http or https, within three seconds.
    Url(Url),
    /// A key set given once, as JSON.
    Inline(serde_json::Value),
}

/// What an administrator enters to register a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRegistration {
    /// The name people read.
    pub name: String,
    /// The client id.
    pub client_id: String,
    /// The deployment id. Moodle uses the tool's number; anything works here.
    pub deployment_id: String,
    /// Where a login is initiated.
    pub login_url: Url,
    /// The exact redirect URIs.
    pub redirect_uris: Vec<Url>,
    /// The tool's public keys.
    pub keys: ToolKeys,
    /// Custom parameters of every launch, in order.
    pub custom: Vec<(String, String)>,
    /// Whether launches and rosters carry names.
    pub share_names: bool,
    /// Whether launches and rosters carry e-mail addresses.
    pub share_emails: bool,
}

impl ToolRegistration {
    /// A tool that is told names and addresses and has no parameters of its own.
    pub fn new(
        name: &str,
        client_id: &str,
        deployment_id: &str,
        login_url: Url,
        redirect_uris: Vec<Url>,
        keys: ToolKeys,
    ) -> Self {
        Self {
            name: name.to_owned(),
            client_id: client_id.to_owned(),
            deployment_id: deployment_id.to_owned(),
            login_url,
            redirect_uris,
            keys,
            custom: Vec::new(),
            share_names: true,
            share_emails: true,
        }
    }
}

/// A registered tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// The number, which is the `type_id` of service URLs.
    pub id: ToolId,
    /// What was entered.
    pub registration: ToolRegistration,
}
