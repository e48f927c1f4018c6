//! The services that a launch offers us: grades, rosters, groups.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{deserialize_optional_url, deserialize_text_list};

/// Assignment and Grade Services of this link (AGS 2.0 §3.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgsEndpoint {
    /// Scopes that we may ask a token for.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub scope: Vec<String>,
    /// Where the line items of the context are.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_url",
        skip_serializing_if = "Option::is_none"
    )]
    pub lineitems: Option<Url>,
    /// The line item of this link; absent when the link has none, or several.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_url",
        skip_serializing_if = "Option::is_none"
    )]
    pub lineitem: Option<Url>,
}

impl AgsEndpoint {
    /// Whether the platform granted the scope.
    pub fn grants(&self, scope: &str) -> bool {
        self.scope.iter().any(|granted| granted == scope)
    }
}

/// Names and Role Provisioning Services of this context (NRPS 2.0 §3.6.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NrpsEndpoint {
    /// Where the roster is.
    pub context_memberships_url: Url,
    /// Versions of the service; we speak `2.0`.
    #[serde(
        default,
        deserialize_with = "deserialize_text_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub service_versions: Vec<String>,
}

/// Course Groups of this context (Course Groups 1.0 §3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupsEndpoint {
    /// Scopes that we may ask a token for.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub scope: Vec<String>,
    /// Where the groups are.
    pub context_groups_url: Url,
    /// Where the sets of groups are; a platform may have none.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_url",
        skip_serializing_if = "Option::is_none"
    )]
    pub context_group_sets_url: Option<Url>,
    /// Versions of the service; we speak `1.0`.
    #[serde(
        default,
        deserialize_with = "deserialize_text_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub service_versions: Vec<String>,
}
