//! Reading a submission, and one's own judgement of it.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use mtl_bridge_core::catalogue::Place;
use mtl_bridge_core::marking::{
    JudgementInput, JudgementView as Judged, MarkingError, SubmissionForMarking,
};
use mtl_programme::assessment::Grading;
use mtl_programme::catalogue::{CriteriaSet, Criterion};
use mtl_programme::judgement::{CriterionJudgement, JudgementField};
use mtl_programme::{AttemptId, Mark, ProgrammeRole};
use serde::Deserialize;

use super::module_record::record_path;
use super::reading::{evidence_lines, frozen_work, word_count};
use super::work::{late_words, load_place};
use crate::forms::PostedForm;
use crate::markdown::render_markdown;
use crate::pages::marking::{BandOption, CriterionField, Exemplar, JudgementForm, SubmissionPage};
use crate::pages::parts::{CriterionLine, Crumb, FormError, JudgementView, find_error};
use crate::problem::Problem;
use crate::render::{go, page_with};
use crate::state::WebState;
use crate::visitor::{At, Done, Posted, Visitor};
use crate::words::attempt_badge;

/// The path of a submission.
#[derive(Deserialize)]
pub(super) struct SubmissionPath {
    pub(super) attempt: AttemptId,
}

/// `GET /l/{launch}/submissions/{attempt}`.
pub(super) async fn read(
    State(state): State<WebState>,
    visitor: Visitor,
    At(path): At<SubmissionPath>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let submission = state
        .bridge
        .load_submission(&visitor.visit, path.attempt)
        .await?;
    let typed = Typed::of(submission.own.as_ref());
    let page = submission_page(&state, &visitor, &submission, &typed, Vec::new(), &done)?;
    page_with(StatusCode::OK, &page)
}

/// `POST /l/{launch}/submissions/{attempt}/judgement`.
pub(super) async fn record(
    State(state): State<WebState>,
    At(path): At<SubmissionPath>,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    let typed = Typed::read(&form);
    let mut errors = Vec::new();
    match typed.parse_mark() {
        Ok(mark) => {
            let input = typed.input(mark);
            match state
                .bridge
                .record_judgement(&visitor.visit, path.attempt, input)
                .await
            {
                Ok(()) => {
                    return Ok(go(&format!(
                        "{}/submissions/{}?done=judged",
                        visitor.base(),
                        path.attempt
                    )));
                }
                Err(MarkingError::Judgement(problems)) => {
                    errors.extend(problems.iter().map(|problem| {
                        FormError::new(element_of(&problem.field), problem.message.clone())
                    }));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(words) => errors.push(FormError::new("mark", words)),
    }
    let submission = state
        .bridge
        .load_submission(&visitor.visit, path.attempt)
        .await?;
    let page = submission_page(
        &state,
        &visitor,
        &submission,
        &typed,
        errors,
        &Done::default(),
    )?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn element_of(field: &JudgementField) -> String {
    match field {
        JudgementField::Mark => "mark".to_owned(),
        JudgementField::Satisfied => "satisfied".to_owned(),
        JudgementField::Criterion(id) => format!("criterion-{id}"),
        JudgementField::Comment | JudgementField::Assessor => "comment".to_owned(),
    }
}

/// The form's values as they were typed, or as they were recorded before.
#[derive(Default)]
struct Typed {
    mark: String,
    satisfied: &'static str,
    comment: String,
    /// (criterion, band, comment)
    criteria: Vec<(String, String, String)>,
}

impl Typed {
    fn of(own: Option<&Judged>) -> Self {
        let Some(own) = own else {
            return Self::default();
        };
        Self {
            mark: own
                .mark
                .map(|mark| mark.short().to_string())
                .unwrap_or_default(),
            satisfied: match own.satisfied {
                Some(true) => "yes",
                Some(false) => "no",
                None => "",
            },
            comment: own.comment.clone(),
            criteria: own
                .criteria
                .iter()
                .map(|judged| {
                    let band = judged.band.clone().unwrap_or_default();
                    (judged.criterion.clone(), band, judged.comment.clone())
                })
                .collect(),
        }
    }

    fn read(form: &PostedForm) -> Self {
        let mut criteria: Vec<(String, String, String)> = form
            .with_prefix("comment.")
            .map(|(id, comment)| (id.to_owned(), String::new(), comment.trim().to_owned()))
            .collect();
        for (id, band) in form.with_prefix("band.") {
            match criteria.iter_mut().find(|(criterion, ..)| criterion == id) {
                Some(entry) => band.clone_into(&mut entry.1),
                None => criteria.push((id.to_owned(), band.to_owned(), String::new())),
            }
        }
        Self {
            mark: form.text("mark").to_owned(),
            satisfied: match form.text("satisfied") {
                "yes" => "yes",
                "no" => "no",
                _ => "",
            },
            comment: form.text("comment").replace("\r\n", "\n"),
            criteria,
        }
    }

    fn parse_mark(&self) -> Result<Option<Mark>, String> {
        if self.mark.trim().is_empty() {
            return Ok(None);
        }
        self.mark
            .parse()
            .map(Some)
            .map_err(|error: mtl_programme::MarkError| error.to_string())
    }

    fn input(&self, mark: Option<Mark>) -> JudgementInput {
        JudgementInput {
            mark,
            satisfied: match self.satisfied {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            criteria: self
                .criteria
                .iter()
                .filter(|(_, band, comment)| !band.is_empty() || !comment.is_empty())
                .map(|(criterion, band, comment)| CriterionJudgement {
                    criterion: criterion.clone(),
                    band: Some(band.clone()).filter(|band| !band.is_empty()),
                    mark: None,
                    comment: comment.clone(),
                })
                .collect(),
            comment: self.comment.clone(),
        }
    }

    fn criterion(&self, id: &str) -> (&str, &str) {
        self.criteria
            .iter()
            .find(|(criterion, ..)| criterion == id)
            .map_or(("", ""), |(_, band, comment)| {
                (band.as_str(), comment.as_str())
            })
    }
}

fn submission_page(
    state: &WebState,
    visitor: &Visitor,
    submission: &SubmissionForMarking,
    typed: &Typed,
    errors: Vec<FormError>,
    done: &Done,
) -> Result<SubmissionPage, Problem> {
    let place = load_place(state, &submission.activity)?;
    let criteria = place
        .component()
        .and_then(|component| place.programme.criteria_of(component));
    let attempt = &submission.attempt;
    let may_judge = submission.role.may_judge() && submission.state.may_be_judged();
    let mut shell = visitor.shell_after(&place.activity.title, "cohort", done);
    shell.has_errors = !errors.is_empty();
    let own = submission.own.as_ref();
    Ok(SubmissionPage {
        shell,
        crumbs: vec![Crumb::new(
            if visitor.standing.coach {
                "Your participants"
            } else {
                "Cohort"
            },
            format!("{}/cohort", visitor.base()),
        )],
        activity: place.activity.title.clone(),
        participant: submission.participant.name.clone(),
        attempt: format!("Attempt {}", attempt.number),
        state: attempt_badge(submission.state),
        submitted: attempt.submitted_at.map(|at| visitor.moment(at)),
        late: late_words(state, attempt).filter(|_| attempt.submitted_at.is_some()),
        work: submission
            .frozen
            .as_ref()
            .map(frozen_work)
            .unwrap_or_default(),
        evidence: evidence_lines(state, visitor, &submission.evidence, None),
        digest: attempt.digest.clone(),
        words: word_count(attempt.words),
        form: criteria
            .filter(|_| may_judge)
            .map(|criteria| judgement_form(visitor, submission, &place, criteria, typed, &errors)),
        no_form: no_form(submission, criteria.is_some()),
        judgements: own
            .filter(|_| !may_judge)
            .into_iter()
            .chain(&submission.others)
            .map(|judged| judgement_view(visitor, criteria, judged))
            .collect(),
        record: submission.role.may_release().then(|| {
            record_path(
                visitor,
                submission.participant.id,
                &place.programme.id,
                &place.module.id,
            )
        }),
        errors,
    })
}

fn no_form(submission: &SubmissionForMarking, is_assessed: bool) -> Option<String> {
    let why = if submission.frozen.is_none() {
        "This is still a draft. You can read it once it is submitted."
    } else if !is_assessed {
        "This activity is not assessed, so there is nothing to judge."
    } else if !submission.role.may_judge() {
        "You read this as programme lead; coaches and tutors judge it."
    } else if !submission.state.may_be_judged() {
        "Its result has been released, so judgements are closed."
    } else {
        return None;
    };
    Some(why.to_owned())
}

fn judgement_form(
    visitor: &Visitor,
    submission: &SubmissionForMarking,
    place: &Place<'_>,
    criteria: &CriteriaSet,
    typed: &Typed,
    errors: &[FormError],
) -> JudgementForm {
    let is_coach = submission.role == ProgrammeRole::Coach;
    let is_marked = place
        .component()
        .is_none_or(|component| component.grading == Grading::Marked);
    JudgementForm {
        title: if submission.own.is_some() {
            "Change your judgement"
        } else {
            "Your judgement"
        },
        lead: if is_coach {
            "You saw the work in school, and that is what counts here: you need no master’s degree to judge it. Leave out what you cannot say. The participant reads it when the result is released."
        } else {
            "The participant reads it when the decision is released, not before."
        },
        action: format!(
            "{}/submissions/{}/judgement",
            visitor.base(),
            submission.attempt.id
        ),
        criteria: criteria
            .criteria
            .iter()
            .map(|criterion| {
                let error = find_error(errors, &format!("criterion-{}", criterion.id));
                criterion_field(criteria, criterion, typed.criterion(&criterion.id), error)
            })
            .collect(),
        asks_mark: is_marked && !is_coach,
        mark: typed.mark.clone(),
        mark_error: find_error(errors, "mark"),
        asks_satisfied: is_coach || !is_marked,
        satisfied_title: if is_coach {
            "Does this hold in practice?"
        } else {
            "Does the work meet what was asked?"
        },
        satisfied_hint: if is_coach {
            "Does what is written here fit what happened in school?"
        } else {
            "This work is only passed or failed."
        },
        satisfied: typed.satisfied,
        satisfied_error: find_error(errors, "satisfied"),
        comment_label: "To the participant",
        comment: typed.comment.clone(),
        comment_error: find_error(errors, "comment"),
        button: if submission.own.is_some() {
            "Record the change"
        } else {
            "Record judgement"
        },
    }
}

fn criterion_field(
    criteria: &CriteriaSet,
    criterion: &Criterion,
    (band, comment): (&str, &str),
    error: Option<String>,
) -> CriterionField {
    let title_of = |id: &str| {
        criteria
            .find_band(id)
            .map_or(id, |band| &band.title)
            .to_owned()
    };
    CriterionField {
        id: criterion.id.clone(),
        title: criterion.title.clone(),
        guidance: render_markdown(&criterion.guidance),
        questions: criterion.questions.clone(),
        exemplars: criterion
            .exemplars
            .iter()
            .map(|exemplar| Exemplar {
                title: title_of(&exemplar.band),
                extract: exemplar.extract.clone(),
                why: exemplar.why.clone(),
            })
            .collect(),
        bands: criteria
            .bands
            .iter()
            .map(|option| BandOption {
                id: option.id.clone(),
                title: format!(
                    "{} ({} to {})",
                    option.title,
                    option.from.short(),
                    criteria.highest_mark(option).hundredths() / 100
                ),
                description: criterion
                    .in_band(&option.id)
                    .unwrap_or(&option.description)
                    .to_owned(),
                is_chosen: option.id == band,
            })
            .collect(),
        comment: comment.to_owned(),
        error,
    }
}

/// A judgement, to be read. Names of bands come from the criteria.
pub(super) fn judgement_view(
    visitor: &Visitor,
    criteria: Option<&CriteriaSet>,
    judged: &Judged,
) -> JudgementView {
    let is_coach = judged.role == ProgrammeRole::Coach;
    JudgementView {
        role: judged.role.title().to_owned(),
        name: Some(judged.assessor.name.clone()),
        at: Some(visitor.moment(judged.at)),
        mark: judged.mark.map(|mark| mark.short().to_string()),
        verdict: judged.satisfied.map(|satisfied| {
            match (is_coach, satisfied) {
                (true, true) => "It holds in practice.",
                (true, false) => "It does not hold in practice yet.",
                (false, true) => "It meets what was asked.",
                (false, false) => "It does not meet what was asked yet.",
            }
            .to_owned()
        }),
        criteria: criterion_lines(criteria, &judged.criteria),
        comment: judged.comment.clone(),
    }
}

/// What an assessor said of single criteria, with the words of the criteria set.
pub(super) fn criterion_lines(
    criteria: Option<&CriteriaSet>,
    judged: &[CriterionJudgement],
) -> Vec<CriterionLine> {
    judged
        .iter()
        .map(|line| {
            let title = criteria.and_then(|set| set.find_criterion(&line.criterion));
            let band = line.band.as_deref().map(|band| {
                criteria
                    .and_then(|set| set.find_band(band))
                    .map_or_else(|| band.to_owned(), |band| band.title.clone())
            });
            CriterionLine {
                title: title.map_or_else(|| line.criterion.clone(), |c| c.title.clone()),
                band: band.unwrap_or_default(),
                comment: line.comment.clone(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judgement_comes_out_of_the_form_as_it_was_typed() {
        let form = PostedForm::parse(
            b"band.literature=merit&comment.literature=+Well+read+&comment.ethics=&mark=62.5&satisfied=&comment=Good%0D%0Awork",
        );
        let typed = Typed::read(&form);
        let input = typed.input(typed.parse_mark().unwrap());
        assert_eq!(input.mark, Mark::from_hundredths(6_250).ok());
        assert_eq!(input.satisfied, None);
        assert_eq!(input.comment, "Good\nwork");
        assert_eq!(input.criteria.len(), 1);
        assert_eq!(input.criteria[0].band.as_deref(), Some("merit"));
        assert_eq!(input.criteria[0].comment, "Well read");
        assert!(
            Typed {
                mark: "sixty".to_owned(),
                ..Typed::default()
            }
            .parse_mark()
            .is_err()
        );
        assert_eq!(Typed::default().parse_mark(), Ok(None));
    }
}
