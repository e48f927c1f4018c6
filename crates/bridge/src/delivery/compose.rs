//! What a score says, so that each product understands it and none loses a mark by it.
//!
//! Moodle erases mark and comment when a score without a mark comes, and the comment when it is left
//! out: it gets nothing before the mark, and the comment with each one. Canvas keeps hand-ins and adds
//! each comment to a list: it hears of the hand-in, and gets a comment only when it changed. A product
//! that is not known is treated as Moodle.

use chrono::{DateTime, Utc};
use mtl_lti::ags::{ActivityProgress, CanvasSubmission, GradingProgress, Score, SubmissionTimes};
use mtl_programme::{Mark, PersonId};
use mtl_store::outbox::{NewScore, ScoreTarget};
use mtl_store::work::Recipient;
use uuid::Uuid;

use crate::product::Product;

/// Columns take marks out of 100.
pub(crate) const MAXIMUM: u32 = 100;

/// Where a score goes.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    /// The column.
    pub(crate) target: ScoreTarget,
    /// The person there.
    pub(crate) recipient: Recipient,
}

impl Destination {
    /// A mark that was released. `submitted_at` is when the work was handed in, the same in every
    /// score of the same work.
    pub(crate) fn mark(
        self,
        person: PersonId,
        mark: Mark,
        comment: String,
        submitted_at: Option<DateTime<Utc>>,
        cause: Uuid,
        now: DateTime<Utc>,
    ) -> NewScore {
        let given = f64::from(mark.hundredths()) / 100.0;
        let subject = self.recipient.subject.clone();
        let score = Score {
            comment: Some(comment),
            ..Score::graded(subject, given, f64::from(MAXIMUM), now)
        };
        let canvas = CanvasSubmission {
            new_submission: Some(false),
            preserve_score: Some(true),
            submitted_at,
            ..CanvasSubmission::default()
        };
        self.into_score(person, score, submitted_at, canvas, cause)
    }

    /// Work was handed in and waits for its mark. None where the product would take it for the
    /// mark's end.
    pub(crate) fn handed_in(
        self,
        person: PersonId,
        submitted_at: DateTime<Utc>,
        cause: Uuid,
    ) -> Option<NewScore> {
        if self.product() != Product::Canvas {
            return None;
        }
        let subject = self.recipient.subject.clone();
        let score = Score {
            score_given: None,
            score_maximum: None,
            activity_progress: ActivityProgress::Submitted,
            grading_progress: GradingProgress::PendingManual,
            ..Score::graded(subject, 0.0, f64::from(MAXIMUM), submitted_at)
        };
        // A hand-in with the same time again is the same one.
        let canvas = CanvasSubmission {
            new_submission: Some(true),
            preserve_score: Some(true),
            submitted_at: Some(submitted_at),
            ..CanvasSubmission::default()
        };
        Some(self.into_score(person, score, Some(submitted_at), canvas, cause))
    }

    fn product(&self) -> Product {
        Product::of(self.recipient.product.as_deref())
    }

    fn into_score(
        self,
        person: PersonId,
        mut score: Score,
        submitted_at: Option<DateTime<Utc>>,
        canvas: CanvasSubmission,
        cause: Uuid,
    ) -> NewScore {
        let product = self.product();
        if product == Product::Canvas {
            score.canvas_submission = Some(canvas);
            score.submission = submitted_at.map(|at| SubmissionTimes {
                started_at: None,
                submitted_at: Some(at),
            });
        }
        NewScore {
            registration: self.recipient.registration,
            deployment: self.recipient.deployment,
            context: self.recipient.context,
            target: self.target,
            person,
            score,
            repeats_comment: product != Product::Canvas,
            causes: vec![cause],
        }
    }
}
