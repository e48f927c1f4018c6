//! What the gradebook holds.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Score, serialize_optional_number};
use crate::claims::{deserialize_optional_text, deserialize_text};
use crate::timestamp;

/// Platforms store marks with as few as five decimals; half of the last one, in shares of the whole.
const SHARE_TOLERANCE: f64 = 0.000_01;

/// A person's result in a line item (AGS 2.0 §3.3). A person without a mark may have none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GradeResult {
    /// Its address.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<String>,
    /// The line item's address.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub score_of: Option<String>,
    /// Whose result, by their `sub`.
    #[serde(deserialize_with = "deserialize_text")]
    pub user_id: String,
    /// The mark.
    #[serde(
        default,
        serialize_with = "serialize_optional_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub result_score: Option<f64>,
    /// What the mark is out of; 1 where the platform does not say.
    #[serde(
        default,
        serialize_with = "serialize_optional_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub result_maximum: Option<f64>,
    /// Words for the person. Moodle leaves out an empty comment.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub comment: Option<String>,
    /// Moodle: when the mark was given.
    #[serde(
        default,
        with = "timestamp::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub timestamp: Option<DateTime<Utc>>,
}

impl GradeResult {
    /// Whether the gradebook shows the score: the same share of the whole (the platform may use another
    /// maximum) and, where both have one, the same comment.
    ///
    /// Used after an outcome that is unknown: if the score is there, it was delivered.
    pub fn shows(&self, score: &Score) -> bool {
        self.user_id == score.user_id && self.has_mark_of(score) && self.has_comment_of(score)
    }

    /// Whether the mark is the score's, as a share of the whole.
    pub fn has_mark_of(&self, score: &Score) -> bool {
        match (
            share(self.result_score, self.result_maximum),
            share(score.score_given, score.score_maximum),
        ) {
            (Some(held), Some(sent)) => (held - sent).abs() <= SHARE_TOLERANCE,
            (None, None) => true,
            _ => false,
        }
    }

    /// Whether the comment is the score's. What was not sent is not compared, since the platform keeps
    /// an earlier one; and not every platform gives comments back.
    pub fn has_comment_of(&self, score: &Score) -> bool {
        match (&self.comment, &score.comment) {
            (Some(held), Some(sent)) => held.trim() == sent.trim(),
            (None, _) | (_, None) => true,
        }
    }

    /// Reads a list of results; entries that cannot be read are left out.
    pub fn parse_list(json: &[u8]) -> Result<Vec<Self>, serde_json::Error> {
        let entries: Vec<&serde_json::value::RawValue> = serde_json::from_slice(json)?;
        Ok(entries
            .into_iter()
            .filter_map(|entry| serde_json::from_str(entry.get()).ok())
            .collect())
    }
}

fn share(mark: Option<f64>, maximum: Option<f64>) -> Option<f64> {
    let maximum = maximum.filter(|maximum| *maximum > 0.0).unwrap_or(1.0);
    mark.map(|mark| mark / maximum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(score: Option<f64>, maximum: f64, comment: Option<&str>) -> GradeResult {
        GradeResult {
            id: None,
            score_of: None,
            user_id: "6".into(),
            result_score: score,
            result_maximum: Some(maximum),
            comment: comment.map(str::to_owned),
            timestamp: None,
        }
    }

    #[test]
    fn a_delivered_score_is_recognised() {
        let mut score = Score::graded("6", 100.0 / 3.0, 100.0, DateTime::UNIX_EPOCH);
        score.comment = Some("Good".into());
        assert!(result(Some(33.33333), 100.0, Some("Good")).shows(&score));
        assert!(
            result(Some(6.66667), 20.0, None).shows(&score),
            "another maximum, no comment given back"
        );
        assert!(!result(Some(33.0), 100.0, Some("Good")).shows(&score));
        assert!(!result(Some(33.33333), 100.0, Some("Bad")).shows(&score));
        assert!(!result(None, 100.0, None).shows(&score));
        score.user_id = "7".into();
        assert!(!result(Some(33.33333), 100.0, Some("Good")).shows(&score));
    }
}
