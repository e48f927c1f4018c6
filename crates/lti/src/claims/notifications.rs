//! Notices of the platform: the service that a launch offers, and what a notice says of itself.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{deserialize_optional_text, deserialize_text, deserialize_text_list};

/// Where notices are subscribed to (Platform Notification Service 1.0 §4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationService {
    /// Where to subscribe.
    pub platform_notification_service_url: Url,
    /// Scopes that we may ask a token for.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub scope: Vec<String>,
    /// The kinds of notices that the platform sends.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub notice_types_supported: Vec<String>,
}

impl NotificationService {
    /// Whether the platform sends notices of this kind.
    pub fn sends(&self, kind: &str) -> bool {
        self.notice_types_supported
            .iter()
            .any(|known| known == kind)
    }
}

/// The `notice` claim (Platform Notification Service 1.0 §5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Unique for the platform.
    #[serde(deserialize_with = "deserialize_text")]
    pub id: String,
    /// When it happened, as it came.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub timestamp: Option<String>,
    /// What it is about.
    #[serde(rename = "type", deserialize_with = "deserialize_text")]
    pub kind: String,
}
