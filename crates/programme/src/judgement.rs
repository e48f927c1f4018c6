//! A judgement of submitted work by one assessor, and whether it is complete and makes sense.

use serde::{Deserialize, Serialize};

use crate::assessment::Grading;
use crate::catalogue::CriteriaSet;
use crate::mark::Mark;
use crate::role::ProgrammeRole;

/// The longest comment, in characters.
pub const MAX_COMMENT_CHARS: usize = 10_000;
/// The fewest words of the overall comment: less is no feedback.
pub const MIN_COMMENT_WORDS: u32 = 5;

/// What one assessor makes of one attempt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Judgement {
    /// The part in which the person judges.
    pub assessor: ProgrammeRole,
    /// The mark, for work that is marked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// Whether the work meets what was asked, for work that is only passed or failed, and for a
    /// coach, who says whether it holds in practice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfied: Option<bool>,
    /// One for each criterion that was judged.
    #[serde(default)]
    pub criteria: Vec<CriterionJudgement>,
    /// What the participant will read.
    pub comment: String,
}

/// What an assessor makes of one criterion.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CriterionJudgement {
    /// The criterion's id.
    pub criterion: String,
    /// The band's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<String>,
    /// A mark for the criterion, where an institution gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// A remark on the criterion; may be empty.
    #[serde(default)]
    pub comment: String,
}

/// The form's field that a problem belongs to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JudgementField {
    /// Who judges.
    Assessor,
    /// The mark.
    Mark,
    /// Met or not met.
    Satisfied,
    /// The criterion with this id.
    Criterion(String),
    /// The overall comment.
    Comment,
}

/// Something that keeps a judgement from being recorded, in words for the marker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct JudgementProblem {
    /// Where.
    pub field: JudgementField,
    /// What to do, as a sentence.
    pub message: String,
    code: &'static str,
}

impl JudgementProblem {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        self.code
    }
}

impl Judgement {
    /// Holds the judgement against the component's criteria and grading.
    ///
    /// # Errors
    /// Every problem at once, in the order of the form.
    pub fn verify(
        &self,
        criteria: &CriteriaSet,
        grading: Grading,
    ) -> Result<(), Vec<JudgementProblem>> {
        let mut problems = Vec::new();
        self.verify_result(grading, &mut problems);
        self.verify_criteria(criteria, &mut problems);
        self.verify_mark_against_criteria(criteria, &mut problems);
        self.verify_comment(&mut problems);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    fn verify_result(&self, grading: Grading, problems: &mut Vec<JudgementProblem>) {
        if !self.assessor.may_judge() {
            problems.push(problem(
                JudgementField::Assessor,
                "judgement_role",
                format!(
                    "A {} does not judge work.",
                    self.assessor.title().to_lowercase()
                ),
            ));
        }
        match grading {
            Grading::Marked => {
                if self.mark.is_none() && self.assessor.must_give_mark() {
                    problems.push(problem(
                        JudgementField::Mark,
                        "judgement_no_mark",
                        "Enter a mark from 0 to 100, for example 62 or 62.5.",
                    ));
                }
                if self.mark.is_none()
                    && self.satisfied.is_none()
                    && !self.assessor.must_give_mark()
                {
                    problems.push(problem(
                        JudgementField::Satisfied,
                        "judgement_no_answer",
                        "Say whether the work holds in practice, or give a mark.",
                    ));
                }
            }
            Grading::PassFail => {
                if self.satisfied.is_none() {
                    problems.push(problem(
                        JudgementField::Satisfied,
                        "judgement_no_answer",
                        "Say whether the work meets what was asked.",
                    ));
                }
                if self.mark.is_some() {
                    problems.push(problem(
                        JudgementField::Mark,
                        "judgement_mark_not_wanted",
                        "This work is only passed or failed: leave the mark empty.",
                    ));
                }
            }
        }
    }

    fn verify_criteria(&self, criteria: &CriteriaSet, problems: &mut Vec<JudgementProblem>) {
        for (index, judged) in self.criteria.iter().enumerate() {
            let field = || JudgementField::Criterion(judged.criterion.clone());
            let Some(criterion) = criteria.find_criterion(&judged.criterion) else {
                problems.push(problem(
                    field(),
                    "judgement_unknown_criterion",
                    format!(
                        "“{}” is not one of the criteria. Load the page again.",
                        judged.criterion
                    ),
                ));
                continue;
            };
            let title = &criterion.title;
            if self.criteria[..index]
                .iter()
                .any(|earlier| earlier.criterion == judged.criterion)
            {
                problems.push(problem(
                    field(),
                    "judgement_criterion_twice",
                    format!("“{title}” is judged twice. Load the page again."),
                ));
            }
            if judged.comment.chars().count() > MAX_COMMENT_CHARS {
                problems.push(problem(
                    field(),
                    "judgement_comment_long",
                    format!("The remark on “{title}” can have {MAX_COMMENT_CHARS} characters."),
                ));
            }
            let Some(band_id) = &judged.band else {
                continue;
            };
            let Some(band) = criteria.find_band(band_id) else {
                problems.push(problem(
                    field(),
                    "judgement_unknown_band",
                    format!("Choose one of the bands for “{title}”."),
                ));
                continue;
            };
            if let Some(mark) = judged.mark
                && criteria.band_of(mark) != Some(band)
            {
                problems.push(problem(
                    field(),
                    "judgement_band_and_mark",
                    format!(
                        "“{title}” has the mark {} and the band “{}”, which goes from {} to {}. Change one of them.",
                        mark.short(),
                        band.title,
                        band.from.short(),
                        criteria.highest_mark(band).short(),
                    ),
                ));
            }
        }
        if self.assessor.must_give_mark() {
            for criterion in &criteria.criteria {
                let is_judged = self.criteria.iter().any(|judged| {
                    judged.criterion == criterion.id
                        && (judged.band.is_some() || judged.mark.is_some())
                });
                if !is_judged {
                    problems.push(problem(
                        JudgementField::Criterion(criterion.id.clone()),
                        "judgement_criterion_missing",
                        format!("Choose a band for “{}”.", criterion.title),
                    ));
                }
            }
        }
    }

    /// A mark outside everything that was said about the criteria is a slip of the hand (26 for
    /// 62), or a judgement that the participant could not follow.
    fn verify_mark_against_criteria(
        &self,
        criteria: &CriteriaSet,
        problems: &mut Vec<JudgementProblem>,
    ) {
        let Some(mark) = self.mark else { return };
        let bands: Vec<_> = self
            .criteria
            .iter()
            .filter_map(|judged| match (&judged.band, judged.mark) {
                (Some(band), _) => criteria.find_band(band),
                (None, Some(mark)) => criteria.band_of(mark),
                (None, None) => None,
            })
            .collect();
        let lowest = bands.iter().map(|band| band.from).min();
        let highest = bands.iter().map(|band| criteria.highest_mark(band)).max();
        let (Some(lowest), Some(highest)) = (lowest, highest) else {
            return;
        };
        if mark < lowest || mark > highest {
            problems.push(problem(
                JudgementField::Mark,
                "judgement_mark_outside",
                format!(
                    "The mark {} lies outside the bands you chose for the criteria, which go from {} to {}. Change the mark or a band.",
                    mark.short(),
                    lowest.short(),
                    highest.short()
                ),
            ));
        }
    }

    fn verify_comment(&self, problems: &mut Vec<JudgementProblem>) {
        if crate::scenario::count_words(&self.comment) < MIN_COMMENT_WORDS {
            problems.push(problem(
                JudgementField::Comment,
                "judgement_no_comment",
                "Write at least a sentence that the participant can use: what holds, and what to work on.",
            ));
        }
        if self.comment.chars().count() > MAX_COMMENT_CHARS {
            problems.push(problem(
                JudgementField::Comment,
                "judgement_comment_long",
                format!("The comment can have {MAX_COMMENT_CHARS} characters."),
            ));
        }
    }
}

fn problem(
    field: JudgementField,
    code: &'static str,
    message: impl Into<String>,
) -> JudgementProblem {
    JudgementProblem {
        field,
        message: message.into(),
        code,
    }
}

#[cfg(test)]
#[path = "judgement_tests.rs"]
mod tests;
