//! A column in the platform's gradebook.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::serialize_number;
use crate::claims::{deserialize_optional_text, deserialize_optional_url};
use crate::timestamp;

/// A line item (AGS 2.0 §3.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineItem {
    /// Its address, given by the platform.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_url",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<Url>,
    /// The column's heading.
    pub label: String,
    /// The mark that is worth the whole; more than 0.
    #[serde(serialize_with = "serialize_number")]
    pub score_maximum: f64,
    /// Our own id of what is marked. Moodle writes an empty one for none.
    #[serde(
        default,
        deserialize_with = "deserialize_filled",
        skip_serializing_if = "Option::is_none"
    )]
    pub resource_id: Option<String>,
    /// Our own word for the kind of column.
    #[serde(
        default,
        deserialize_with = "deserialize_filled",
        skip_serializing_if = "Option::is_none"
    )]
    pub tag: Option<String>,
    /// The link that the column belongs to; none for one that stands alone.
    #[serde(
        default,
        deserialize_with = "deserialize_filled",
        skip_serializing_if = "Option::is_none"
    )]
    pub resource_link_id: Option<String>,
    /// From when work may be handed in.
    #[serde(
        default,
        with = "timestamp::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub start_date_time: Option<DateTime<Utc>>,
    /// Until when work may be handed in.
    #[serde(
        default,
        with = "timestamp::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub end_date_time: Option<DateTime<Utc>>,
    /// Whether people see their marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grades_released: Option<bool>,
    /// How the work is opened from the gradebook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission_review: Option<SubmissionReview>,
    /// Canvas: how people hand in, as Canvas's own object.
    #[serde(
        default,
        rename = "https://canvas.instructure.com/lti/submission_type",
        skip_serializing_if = "Option::is_none"
    )]
    pub canvas_submission_type: Option<serde_json::Value>,
}

impl LineItem {
    /// A new column with a heading and a maximum.
    pub fn new(label: impl Into<String>, score_maximum: f64) -> Self {
        Self {
            id: None,
            label: label.into(),
            score_maximum,
            resource_id: None,
            tag: None,
            resource_link_id: None,
            start_date_time: None,
            end_date_time: None,
            grades_released: None,
            submission_review: None,
            canvas_submission_type: None,
        }
    }

    /// Reads a list of line items; entries that cannot be read are left out.
    pub fn parse_list(json: &[u8]) -> Result<Vec<Self>, serde_json::Error> {
        let entries: Vec<&serde_json::value::RawValue> = serde_json::from_slice(json)?;
        Ok(entries
            .into_iter()
            .filter_map(|entry| serde_json::from_str(entry.get()).ok())
            .collect())
    }
}

/// How a platform opens one person's work from its gradebook (Submission Review 1.0 §4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionReview {
    /// States of work that can be opened: `InProgress`, `Submitted`, `Completed`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviewable_status: Vec<String>,
    /// Words on the button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Another page than the link's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    /// Custom parameters of that launch.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, String>,
}

fn deserialize_filled<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(deserialize_optional_text(deserializer)?.filter(|text| !text.is_empty()))
}
