//! A score on its way to the gradebook.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::serialize_optional_number;
use crate::timestamp;

/// A score of one person (AGS 2.0 §3.4).
///
/// On Moodle anything but [`GradingProgress::FullyGraded`] with a mark erases the mark and comment that are
/// there, and leaving out the comment erases the comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// Whose score, by their `sub`.
    pub user_id: String,
    /// The mark.
    #[serde(
        default,
        serialize_with = "serialize_optional_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub score_given: Option<f64>,
    /// What the mark is out of; needed with a mark.
    #[serde(
        default,
        serialize_with = "serialize_optional_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub score_maximum: Option<f64>,
    /// Words for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// When the score came about: later than the last one of the same person and line item by a whole
    /// second, and never ahead of the time. Written in whole seconds.
    #[serde(with = "timestamp::required")]
    pub timestamp: DateTime<Utc>,
    /// How far the person is.
    pub activity_progress: ActivityProgress,
    /// How far the marking is.
    pub grading_progress: GradingProgress,
    /// When the person began and handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<SubmissionTimes>,
    /// Canvas: what was handed in.
    #[serde(
        default,
        rename = "https://canvas.instructure.com/lti/submission",
        skip_serializing_if = "Option::is_none"
    )]
    pub canvas_submission: Option<CanvasSubmission>,
}

impl Score {
    /// A final mark with its comment.
    pub fn graded(
        user_id: impl Into<String>,
        given: f64,
        maximum: f64,
        timestamp: DateTime<Utc>,
    ) -> Self {
        Self {
            user_id: user_id.into(),
            score_given: Some(given),
            score_maximum: Some(maximum),
            comment: None,
            timestamp,
            activity_progress: ActivityProgress::Completed,
            grading_progress: GradingProgress::FullyGraded,
            submission: None,
            canvas_submission: None,
        }
    }

    /// The body to send. A retry sends these very bytes again.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

/// How far a person is with an activity (AGS 2.0 §3.4.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the specification's own words")]
pub enum ActivityProgress {
    Initialized,
    Started,
    InProgress,
    Submitted,
    Completed,
}

/// How far marking is (AGS 2.0 §3.4.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the specification's own words")]
pub enum GradingProgress {
    NotReady,
    Failed,
    Pending,
    PendingManual,
    FullyGraded,
}

/// When a person began and handed in (AGS 2.0 §3.4.9).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubmissionTimes {
    /// When they began.
    #[serde(
        default,
        with = "timestamp::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub started_at: Option<DateTime<Utc>>,
    /// When they handed in. The same in every score of the same work.
    #[serde(
        default,
        with = "timestamp::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub submitted_at: Option<DateTime<Utc>>,
}

/// Canvas's extension: what was handed in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanvasSubmission {
    /// Whether this makes a new submission; `false` for a mark alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_submission: Option<bool>,
    /// Whether the mark that is there stays when only a submission is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preserve_score: Option<bool>,
    /// `none`, `basic_lti_launch`, `online_text_entry`, `online_url`, `external_tool`, `online_upload`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission_type: Option<String>,
    /// The text, or the URL that a marker opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission_data: Option<String>,
    /// When the person handed in.
    #[serde(
        default,
        with = "timestamp::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Whether a mark typed into Canvas wins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prioritize_non_tool_grade: Option<bool>,
    /// Files that Canvas fetches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content_items: Vec<CanvasFile>,
}

/// A file that Canvas fetches from us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanvasFile {
    /// Always `file`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where Canvas fetches it.
    pub url: Url,
    /// The file's name.
    pub title: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_written_in_whole_seconds_and_plain_numbers() {
        let at = DateTime::from_timestamp_millis(1_795_448_000_900).unwrap();
        let mut score = Score::graded("6", 73.5, 100.0, at);
        score.comment = Some("Well <b>done</b>".into());
        let json = String::from_utf8(score.to_bytes().unwrap()).unwrap();
        assert_eq!(
            json,
            r#"{"userId":"6","scoreGiven":73.5,"scoreMaximum":100,"comment":"Well <b>done</b>","timestamp":"2026-11-23T15:33:20Z","activityProgress":"Completed","gradingProgress":"FullyGraded"}"#
        );
        assert_eq!(
            serde_json::from_str::<Score>(&json)
                .unwrap()
                .to_bytes()
                .unwrap(),
            json.as_bytes()
        );
    }

    #[test]
    fn a_mark_on_canvas_makes_no_new_submission() {
        let at = DateTime::from_timestamp(1_795_448_000, 0).unwrap();
        let mut score = Score::graded("6", 0.0, 100.0, at);
        score.submission = Some(SubmissionTimes {
            started_at: None,
            submitted_at: Some(at),
        });
        score.canvas_submission = Some(CanvasSubmission {
            new_submission: Some(false),
            preserve_score: Some(true),
            ..CanvasSubmission::default()
        });
        let json = serde_json::to_value(&score).unwrap();
        assert_eq!(json["scoreGiven"], 0);
        assert_eq!(
            json["submission"],
            serde_json::json!({ "submittedAt": "2026-11-23T15:33:20Z" })
        );
        assert_eq!(
            json["https://canvas.instructure.com/lti/submission"],
            serde_json::json!({ "new_submission": false, "preserve_score": true })
        );
    }
}
