//! The answer of a picker: content items in a signed token (Deep Linking 2.0 §4.5).

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::ags::{SubmissionReview, serialize_number};
use crate::claims::names;
use crate::signing_key::{SigningError, SigningKey};
use crate::timestamp;

/// How far `iat` lies back, for platforms whose clock is slow.
const BACKDATED: TimeDelta = TimeDelta::seconds(60);
/// How long an answer lives from now: a browser posts it at once.
const LIFE: TimeDelta = TimeDelta::seconds(300);

/// One thing that was picked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ContentItem {
    /// An activity that launches us.
    #[serde(rename = "ltiResourceLink")]
    ResourceLink(Box<ResourceLinkItem>),
    /// A plain link.
    #[serde(rename = "link")]
    Link(LinkItem),
    /// A piece of HTML.
    #[serde(rename = "html")]
    Html(HtmlItem),
}

/// An activity to place (Deep Linking 2.0 §3.4).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceLinkItem {
    /// The name of the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The page of ours to open; the registration's own where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    /// Custom parameters of its launches. In lower case, since Moodle adds lower-cased copies.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, String>,
    /// The column in the gradebook that comes with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_item: Option<ItemLineItem>,
    /// From when to when people see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<TimeSpan>,
    /// From when to when people may hand in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submission: Option<TimeSpan>,
    /// Show it in a frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iframe: Option<FrameSize>,
    /// Show it in a window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowTarget>,
}

/// The column that comes with an activity (Deep Linking 2.0 §3.4.1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemLineItem {
    /// The mark that is worth the whole; more than 0.
    #[serde(serialize_with = "serialize_number")]
    pub score_maximum: f64,
    /// The column's heading; the link's title where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Our own id of what is marked: a copied course's links are found by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// Our own word for the kind of column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Whether people see their marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grades_released: Option<bool>,
    /// How the work is opened from the gradebook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission_review: Option<SubmissionReview>,
}

/// From when to when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TimeSpan {
    /// From when.
    #[serde(with = "timestamp::optional", skip_serializing_if = "Option::is_none")]
    pub start_date_time: Option<DateTime<Utc>>,
    /// Until when.
    #[serde(with = "timestamp::optional", skip_serializing_if = "Option::is_none")]
    pub end_date_time: Option<DateTime<Utc>>,
}

/// The size of a frame in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FrameSize {
    /// Width in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

/// The window to open something in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WindowTarget {
    /// The window's name: links of the same name share it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_name: Option<String>,
}

/// A plain link (Deep Linking 2.0 §3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkItem {
    /// Where it goes.
    pub url: Url,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A piece of HTML (Deep Linking 2.0 §3.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HtmlItem {
    /// The HTML.
    pub html: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// What goes back to the platform, in the form field `JWT`. No items means that the person picked nothing.
#[derive(Debug, Clone, Copy)]
pub struct DeepLinkingResponse<'a> {
    /// Our client id at the platform.
    pub client_id: &'a str,
    /// The platform's issuer.
    pub issuer: &'a str,
    /// The deployment that asked.
    pub deployment_id: &'a str,
    /// A random text, used once.
    pub nonce: &'a str,
    /// The platform's own data, as it came in the settings.
    pub data: Option<&'a str>,
    /// What was picked.
    pub items: &'a [ContentItem],
    /// Words for the person.
    pub message: Option<&'a str>,
    /// Words for the person: something went wrong.
    pub error_message: Option<&'a str>,
    /// The time.
    pub now: DateTime<Utc>,
}

impl DeepLinkingResponse<'_> {
    /// Signs the answer.
    pub fn sign(&self, key: &SigningKey) -> Result<String, SigningError> {
        let mut claims = serde_json::Map::new();
        claims.insert("iss".into(), self.client_id.into());
        claims.insert("aud".into(), vec![self.issuer].into());
        claims.insert("iat".into(), (self.now - BACKDATED).timestamp().into());
        claims.insert("exp".into(), (self.now + LIFE).timestamp().into());
        claims.insert("nonce".into(), self.nonce.into());
        claims.insert(names::DEPLOYMENT_ID.into(), self.deployment_id.into());
        claims.insert(names::MESSAGE_TYPE.into(), "LtiDeepLinkingResponse".into());
        claims.insert(names::VERSION.into(), names::VERSION_1_3.into());
        let items = serde_json::to_value(self.items).map_err(|_| SigningError::ClaimsUnwritable)?;
        claims.insert(names::CONTENT_ITEMS.into(), items);
        for (name, text) in [
            (names::DEEP_LINKING_DATA, self.data),
            (names::DEEP_LINKING_MESSAGE, self.message),
            (names::DEEP_LINKING_ERROR_MESSAGE, self.error_message),
        ] {
            if let Some(text) = text {
                claims.insert(name.into(), text.into());
            }
        }
        key.sign(&claims)
    }
}
