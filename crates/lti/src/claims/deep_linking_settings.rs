//! What a picker may answer (Deep Linking 2.0 §4.4.1).

use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use super::{deserialize_optional_text, deserialize_text_list};

/// The `deep_linking_settings` claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeepLinkingSettings {
    /// Where the browser posts the answer to. Never log it: Moodle's holds a session key.
    pub deep_link_return_url: Url,
    /// Kinds of content items: `ltiResourceLink`, `link`, …
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub accept_types: Vec<String>,
    /// Where items may be shown: `iframe`, `window`, …
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub accept_presentation_document_targets: Vec<String>,
    /// Media types of files, as they came.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub accept_media_types: Option<String>,
    /// Whether several items may be picked at once.
    #[serde(default, deserialize_with = "deserialize_flag")]
    pub accept_multiple: bool,
    /// Whether an item may bring a line item; where the platform does not say, it may.
    #[serde(default = "yes", deserialize_with = "deserialize_flag")]
    pub accept_lineitem: bool,
    /// Whether the platform keeps the items without asking the person again.
    #[serde(default, deserialize_with = "deserialize_flag")]
    pub auto_create: bool,
    /// A title to start from.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub title: Option<String>,
    /// A description to start from.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub text: Option<String>,
    /// To be echoed in the answer.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub data: Option<String>,
}

impl DeepLinkingSettings {
    /// Whether the platform takes items of that kind.
    pub fn accepts(&self, kind: &str) -> bool {
        self.accept_types.iter().any(|accepted| accepted == kind)
    }
}

fn yes() -> bool {
    true
}

/// `true`, or the text `"true"`; anything else is no.
fn deserialize_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let text = deserialize_optional_text(deserializer)?;
    Ok(text.is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1"))
}
