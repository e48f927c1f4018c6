//! How the platform shows us, where people go back to, and which product the platform is.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{deserialize_optional_text, deserialize_optional_url};

/// The frame that we are shown in (LTI Core 1.3 §5.4.4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchPresentation {
    /// `frame`, `iframe` or `window`.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub document_target: Option<String>,
    /// Where the person goes back to. Never log it: Moodle's holds a session key.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_url",
        skip_serializing_if = "Option::is_none"
    )]
    pub return_url: Option<Url>,
    /// A language tag (BCP 47), `en` or `cy-GB`; Moodle writes `cy_GB` at times.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub locale: Option<String>,
    /// Height in pixels, as it came.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub height: Option<String>,
    /// Width in pixels, as it came.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub width: Option<String>,
}

/// The platform as a product (LTI Core 1.3 §5.4.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolPlatform {
    /// Identifies the installation.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub guid: Option<String>,
    /// The installation's name.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// The product: `moodle`, `canvas`, …
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub product_family_code: Option<String>,
    /// The product's version.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub version: Option<String>,
    /// A description for people.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// The installation's address.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
    /// Whom to write to.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub contact_email: Option<String>,
}
