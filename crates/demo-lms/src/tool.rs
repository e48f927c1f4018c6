//! Registered tools.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{ToolId, scope};

/// Where a tool's public keys come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToolKeys {
    /// A key set fetched when needed, over http or https, within three seconds.
    Url(Url),
    /// A key set given once, as JSON.
    Inline(serde_json::Value),
}

/// Where Canvas shows a tool in a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// An entry of its own beside the course's pages, for everybody in it.
    CourseNavigation,
    /// Activities picked for a module, several at once.
    LinkSelection,
    /// One activity picked for an assignment.
    AssignmentSelection,
}

impl Placement {
    /// The name in registrations and claims.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CourseNavigation => "course_navigation",
            Self::LinkSelection => "link_selection",
            Self::AssignmentSelection => "assignment_selection",
        }
    }
}

impl std::str::FromStr for Placement {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let known = [
            Self::CourseNavigation,
            Self::LinkSelection,
            Self::AssignmentSelection,
        ];
        let mut known = known.into_iter();
        known.find(|placement| placement.as_str() == name).ok_or(())
    }
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
    /// Where a link without a target of its own opens; without it the first redirect URI.
    #[serde(default)]
    pub target_link_uri: Option<Url>,
    /// Where the tool's picker opens (Deep Linking 2.0); without it nothing can be picked.
    #[serde(default)]
    pub picker_url: Option<Url>,
    /// Where the tool is shown (Canvas only). Without any, a picker is shown for modules.
    #[serde(default)]
    pub placements: Vec<Placement>,
    /// The scopes that the tool is granted when it asks for them.
    #[serde(default = "all_scopes")]
    pub scopes: Vec<String>,
    /// Whether a picked activity gets a column although the tool named none for it.
    #[serde(default)]
    pub grade_every_link: bool,
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
            target_link_uri: None,
            picker_url: None,
            placements: Vec::new(),
            scopes: all_scopes(),
            grade_every_link: false,
        }
    }

    /// The same tool with a picker at this address.
    #[must_use]
    pub fn with_picker(mut self, url: Url) -> Self {
        self.picker_url = Some(url);
        self
    }

    /// Whether the tool may have this scope.
    pub(crate) fn may(&self, scope: &str) -> bool {
        self.scopes.iter().any(|known| known == scope)
    }

    /// Where a link without a target of its own opens.
    pub(crate) fn default_target(&self) -> &Url {
        self.target_link_uri
            .as_ref()
            .or(self.redirect_uris.first())
            .unwrap_or(&self.login_url)
    }
}

fn all_scopes() -> Vec<String> {
    let all = scope::ALL.into_iter().chain([scope::NOTICE_HANDLERS]);
    all.map(ToOwned::to_owned).collect()
}

/// A registered tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// The number, which is the `type_id` of service URLs.
    pub id: ToolId,
    /// What was entered.
    pub registration: ToolRegistration,
    /// Whether it waits for an administrator, as a tool does that registered itself. Teachers are
    /// not offered it; launches and services work all the same, as on Moodle.
    #[serde(default)]
    pub is_pending: bool,
}

impl Tool {
    /// Whether it is shown there.
    pub(crate) fn is_at(&self, placement: Placement) -> bool {
        let placements = &self.registration.placements;
        let is_placed = match placement {
            Placement::LinkSelection if placements.is_empty() => true,
            _ => placements.contains(&placement),
        };
        let has_page =
            placement == Placement::CourseNavigation || self.registration.picker_url.is_some();
        is_placed && has_page && !self.is_pending
    }
}
