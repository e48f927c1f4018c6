//! What a tool's picker answers (Deep Linking 2.0 section 3.2), read loosely.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use crate::{Period, SubmissionReview};

/// The claims of a picker's answer.
pub(crate) struct PickerAnswer {
    pub(crate) items: Vec<ContentItem>,
    pub(crate) message: Option<String>,
    pub(crate) problem: Option<String>,
}

/// One thing that was picked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ContentItem {
    pub(crate) kind: String,
    pub(crate) title: Option<String>,
    pub(crate) text: String,
    pub(crate) icon: Option<String>,
    pub(crate) url: Option<Url>,
    pub(crate) custom: Vec<(String, String)>,
    pub(crate) column: Option<ColumnWish>,
    pub(crate) available: Period,
    pub(crate) submission: Period,
}

/// The column that an item asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnWish {
    pub(crate) label: Option<String>,
    pub(crate) maximum: f64,
    pub(crate) resource_id: String,
    pub(crate) tag: String,
    pub(crate) review: Option<SubmissionReview>,
}

impl PickerAnswer {
    pub(crate) fn read(claims: &Value) -> Self {
        let claim = |name: &str| {
            &claims[format!("https://purl.imsglobal.org/spec/lti-dl/claim/{name}").as_str()]
        };
        let items = claim("content_items").as_array();
        Self {
            items: items.into_iter().flatten().map(ContentItem::read).collect(),
            message: text(claim("msg")),
            problem: text(claim("errormsg")),
        }
    }
}

impl ContentItem {
    fn read(json: &Value) -> Self {
        Self {
            kind: text(&json["type"]).unwrap_or_default(),
            title: text(&json["title"]),
            text: text(&json["text"]).unwrap_or_default(),
            icon: text(&json["icon"]["url"]),
            url: text(&json["url"]).and_then(|url| url.parse().ok()),
            custom: custom(&json["custom"]),
            column: json.get("lineItem").map(ColumnWish::read),
            available: period(&json["available"]),
            submission: period(&json["submission"]),
        }
    }
}

impl ColumnWish {
    fn read(json: &Value) -> Self {
        let review = json.get("submissionReview").map(|review| SubmissionReview {
            url: text(&review["url"]).and_then(|url| url.parse().ok()),
            custom: custom(&review["custom"]),
        });
        Self {
            label: text(&json["label"]),
            maximum: json["scoreMaximum"].as_f64().unwrap_or(100.0),
            resource_id: text(&json["resourceId"]).unwrap_or_default(),
            tag: text(&json["tag"]).unwrap_or_default(),
            review,
        }
    }
}

fn text(json: &Value) -> Option<String> {
    let text = json.as_str().filter(|text| !text.is_empty());
    text.map(ToOwned::to_owned)
}

/// Parameters are strings; what is not is written out.
fn custom(json: &Value) -> Vec<(String, String)> {
    let parameters = json.as_object();
    parameters
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), ToOwned::to_owned);
            (name.clone(), value)
        })
        .collect()
}

fn period(json: &Value) -> Period {
    let time = |name: &str| {
        let time = DateTime::parse_from_rfc3339(json[name].as_str()?).ok()?;
        Some(time.with_timezone(&Utc))
    };
    Period {
        start: time("startDateTime"),
        end: time("endDateTime"),
    }
}
