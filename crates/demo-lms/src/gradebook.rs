//! The gradebook: columns, marks, and what a score does to a mark. No clock, no I/O.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{CourseId, ItemId, Link, LinkId, PersonId, ToolId, score::Score};

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineItem {
    /// The number in the line item's URL.
    pub id: ItemId,
    /// The course.
    pub course: CourseId,
    /// The tool that may read and fill it.
    pub tool: ToolId,
    /// The heading.
    pub label: String,
    /// The highest mark.
    pub maximum: f64,
    /// The tool's own name for the resource; empty where there is none.
    pub resource_id: String,
    /// The tool's own tag; empty where there is none.
    pub tag: String,
    /// The link that it belongs to.
    pub link: Option<LinkId>,
    /// Where people's work is opened from this column, if the tool shows it.
    #[serde(default)]
    pub review: Option<SubmissionReview>,
}

/// How a tool shows the work behind a mark (Deep Linking 2.0 appendix B, `submissionReview`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionReview {
    /// Where; without it where the link opens.
    pub url: Option<Url>,
    /// Custom parameters on top of the link's own.
    pub custom: Vec<(String, String)>,
}

/// One person's cell in a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// What the tool gave, rescaled to the column's maximum; may lie outside its range.
    pub raw: Option<f64>,
    /// The mark that people see, within the column's range.
    pub mark: Option<f64>,
    /// The feedback.
    pub comment: Option<String>,
    /// The comments one by one, where the platform keeps every one (Canvas).
    #[serde(default)]
    pub comments: Vec<String>,
    /// What was handed in, where the platform keeps it (Canvas).
    #[serde(default)]
    pub submission: Option<Submission>,
    /// The score's own time.
    pub timestamp: DateTime<Utc>,
}

/// Something handed in, as the tool told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Its kind in Canvas's words, such as `basic_lti_launch` or `online_url`.
    pub kind: String,
    /// An address or a text.
    pub data: Option<String>,
    /// When it was handed in.
    pub submitted_at: DateTime<Utc>,
    /// How many were handed in so far.
    pub attempts: u32,
}

/// One row of the gradebook as tests and pages read it.
#[derive(Clone, Debug, PartialEq)]
pub struct GradebookRow {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The column.
    pub item: ItemId,
    /// Its heading.
    pub label: String,
    /// Its highest mark.
    pub maximum: f64,
    /// The tool's own name for the resource.
    pub resource_id: String,
    /// The tool's own tag.
    pub tag: String,
    /// The link that it belongs to.
    pub link: Option<LinkId>,
    /// Whether the work behind it can be opened in the tool.
    pub is_reviewable: bool,
    /// The cell; `None` where no score ever came.
    pub grade: Option<Grade>,
}

/// What an accepted score did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreEffect {
    /// The mark and the comment were replaced.
    Written,
    /// The mark stayed as it was: the score said that it should.
    Kept,
    /// The mark and the comment were erased: the score was not fully graded, or had no mark.
    Erased,
}

/// The time of a score is not later than that of the one before, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotLater;

impl LineItem {
    /// The column out of 100 that belongs to a link.
    pub(crate) fn of_link(id: ItemId, link: &Link) -> Self {
        Self {
            id,
            course: link.course,
            tool: link.tool,
            label: link.title.clone(),
            maximum: 100.0,
            resource_id: String::new(),
            tag: String::new(),
            link: Some(link.id),
            review: None,
        }
    }

    /// What a score makes of a cell.
    ///
    /// Moodle keeps only fully graded scores: anything else empties the cell, comment included,
    /// and a score without a comment wipes the one that was there.
    pub(crate) fn apply(
        &self,
        before: Option<&Grade>,
        score: &Score,
    ) -> Result<(Grade, ScoreEffect), NotLater> {
        if before.is_some_and(|grade| grade.timestamp.timestamp() >= score.timestamp.timestamp()) {
            return Err(NotLater);
        }
        let raw = score
            .given
            .filter(|_| score.grading_progress == "FullyGraded")
            .map(|given| match score.maximum {
                Some(maximum) if maximum > 0.0 => round(given * self.maximum / maximum),
                _ => round(given),
            });
        let grade = Grade {
            raw,
            mark: raw.map(|raw| raw.clamp(0.0, self.maximum)),
            comment: raw
                .and(score.comment.clone())
                .filter(|text| !text.is_empty()),
            comments: Vec::new(),
            submission: None,
            timestamp: score.timestamp,
        };
        let effect = if raw.is_some() {
            ScoreEffect::Written
        } else {
            ScoreEffect::Erased
        };
        Ok((grade, effect))
    }

    /// Gives the column another maximum; marks keep their share of it.
    pub(crate) fn rescale<'a>(
        &mut self,
        maximum: f64,
        cells: impl IntoIterator<Item = &'a mut Grade>,
    ) {
        if maximum > 0.0 && self.maximum > 0.0 {
            let factor = maximum / self.maximum;
            for cell in cells {
                cell.raw = cell.raw.map(|raw| round(raw * factor));
                cell.mark = cell.mark.map(|mark| round(mark * factor));
            }
        }
        self.maximum = maximum;
    }
}

/// Moodle's columns keep five decimal places.
fn round(value: f64) -> f64 {
    (value * 100_000.0).round() / 100_000.0
}
