//! Whom the launch is about besides the person who launches, and who they were in LTI 1.1.

use serde::{Deserialize, Deserializer, Serialize};

use super::{deserialize_optional_text, deserialize_text, deserialize_text_list};
use crate::role::Roles;

/// Whose work a submission review opens (Submission Review 1.0 §3.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForUser {
    /// The person's id, as in `sub` of their own launches.
    #[serde(deserialize_with = "deserialize_text")]
    pub user_id: String,
    /// The person's id in the student record system.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub person_sourcedid: Option<String>,
    /// Their name, where the platform tells it.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Their e-mail address, where the platform tells it.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<String>,
    /// Their roles in the context.
    #[serde(default, skip_serializing_if = "Roles::is_empty")]
    pub roles: Roles,
}

/// The people that a mentor looks after, by their `sub` (LTI Core 1.3 §5.4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Mentees(pub Vec<String>);

impl<'de> Deserialize<'de> for Mentees {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text_list(deserializer).map(Self)
    }
}

/// Ids that the platform used in LTI 1.1 (LTI 1.1 Migration 1.0).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lti1p1 {
    /// The person's old id, when it differs from `sub`.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub user_id: Option<String>,
    /// The old resource link's id.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub resource_link_id: Option<String>,
    /// The old consumer key.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub oauth_consumer_key: Option<String>,
    /// Proof that the platform knows the secret of that key.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub oauth_consumer_key_sign: Option<String>,
}
