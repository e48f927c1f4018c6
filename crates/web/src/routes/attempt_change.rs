//! What a tutor changes about an attempt: a further one is opened, or its date is extended.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use mtl_bridge_core::marking::{MarkingError, SubmissionForMarking};

use super::judgement::SubmissionPath;
use super::module_record::record_path;
use super::work::{dates, load_place};
use crate::forms::PostedForm;
use crate::moments::{local_input, parse_local_input};
use crate::pages::marking::AttemptChangePage;
use crate::pages::parts::{Crumb, FormError, find_error};
use crate::problem::Problem;
use crate::render::{go, page_with};
use crate::state::WebState;
use crate::visitor::{At, Posted, Visitor};
use crate::words::sentence;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Reopen,
    Extend,
}

/// `GET …/submissions/{attempt}/reopen`.
pub(super) async fn ask_reopen(
    State(state): State<WebState>,
    visitor: Visitor,
    At(path): At<SubmissionPath>,
) -> Result<Response, Problem> {
    ask(&state, &visitor, &path, Change::Reopen, None, Vec::new()).await
}

/// `GET …/submissions/{attempt}/extend`.
pub(super) async fn ask_extend(
    State(state): State<WebState>,
    visitor: Visitor,
    At(path): At<SubmissionPath>,
) -> Result<Response, Problem> {
    ask(&state, &visitor, &path, Change::Extend, None, Vec::new()).await
}

/// `POST …/submissions/{attempt}/reopen`.
pub(super) async fn reopen(
    State(state): State<WebState>,
    At(path): At<SubmissionPath>,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    let due = match parse_when(&visitor, &form) {
        Ok(due) => due,
        Err(error) => return refuse(&state, &visitor, &path, Change::Reopen, &form, error).await,
    };
    let reason = form.text("reason");
    let done = state
        .bridge
        .reopen(&visitor.visit, path.attempt, due, reason)
        .await;
    settle(
        &state,
        &visitor,
        &path,
        Change::Reopen,
        &form,
        done.map(|_| ()),
    )
    .await
}

/// `POST …/submissions/{attempt}/extend`.
pub(super) async fn extend(
    State(state): State<WebState>,
    At(path): At<SubmissionPath>,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    let until = match parse_when(&visitor, &form) {
        Ok(Some(until)) => until,
        Ok(None) => {
            let error = FormError::new("when", "Enter the new date.");
            return refuse(&state, &visitor, &path, Change::Extend, &form, error).await;
        }
        Err(error) => return refuse(&state, &visitor, &path, Change::Extend, &form, error).await,
    };
    let mitigation = form.text("mitigation") == "yes";
    let reason = form.text("reason");
    let done = state
        .bridge
        .extend(&visitor.visit, path.attempt, until, mitigation, reason)
        .await;
    settle(&state, &visitor, &path, Change::Extend, &form, done).await
}

fn parse_when(visitor: &Visitor, form: &PostedForm) -> Result<Option<DateTime<Utc>>, FormError> {
    let typed = form.text("when").trim();
    if typed.is_empty() {
        return Ok(None);
    }
    parse_local_input(typed, visitor.zone())
        .map(Some)
        .ok_or_else(|| FormError::new("when", "Enter a date and a time, such as 2026-12-01T17:00."))
}

async fn settle(
    state: &WebState,
    visitor: &Visitor,
    path: &SubmissionPath,
    change: Change,
    form: &PostedForm,
    done: Result<(), MarkingError>,
) -> Result<Response, Problem> {
    let words = |error: &MarkingError| sentence(&error.to_string());
    match done {
        Ok(()) => {
            let submission = state
                .bridge
                .load_submission(&visitor.visit, path.attempt)
                .await?;
            let done = if change == Change::Reopen {
                "reopened"
            } else {
                "extended"
            };
            Ok(go(&format!(
                "{}?done={done}",
                record_of(state, visitor, &submission)?
            )))
        }
        Err(error @ MarkingError::NoReason) => {
            let error = FormError::new("reason", words(&error));
            refuse(state, visitor, path, change, form, error).await
        }
        Err(error @ (MarkingError::Date | MarkingError::Attempt(_))) => {
            let error = FormError::new("when", words(&error));
            refuse(state, visitor, path, change, form, error).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn refuse(
    state: &WebState,
    visitor: &Visitor,
    path: &SubmissionPath,
    change: Change,
    form: &PostedForm,
    error: FormError,
) -> Result<Response, Problem> {
    ask(state, visitor, path, change, Some(form), vec![error]).await
}

fn record_of(
    state: &WebState,
    visitor: &Visitor,
    submission: &SubmissionForMarking,
) -> Result<String, Problem> {
    let place = load_place(state, &submission.activity)?;
    Ok(record_path(
        visitor,
        submission.participant.id,
        &place.programme.id,
        &place.module.id,
    ))
}

async fn ask(
    state: &WebState,
    visitor: &Visitor,
    path: &SubmissionPath,
    change: Change,
    typed: Option<&PostedForm>,
    errors: Vec<FormError>,
) -> Result<Response, Problem> {
    let submission = state
        .bridge
        .load_submission(&visitor.visit, path.attempt)
        .await?;
    if !submission.role.may_reopen() {
        return Err(MarkingError::NotAllowed.into());
    }
    let place = load_place(state, &submission.activity)?;
    let record = record_of(state, visitor, &submission)?;
    let (attempt, name) = (&submission.attempt, &submission.participant.name);
    let next = attempt.number + 1;
    let is_reopening = change == Change::Reopen;
    let (title, lead) = if is_reopening {
        (
            format!("Reopen as attempt {next}"),
            format!(
                "{name} can work on it again, beginning with what was submitted. Attempt {} and its judgements stay as they are.",
                attempt.number
            ),
        )
    } else {
        (
            "Extend the date".to_owned(),
            format!("{name} gets more time for this attempt. The first date stays in the record."),
        )
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut shell = visitor.shell(title.clone(), "cohort");
    shell.has_errors = !errors.is_empty();
    let page = AttemptChangePage {
        shell,
        crumbs: vec![
            Crumb::new("Cohort", format!("{}/cohort", visitor.base())),
            Crumb::new(&place.module.title, record.clone()),
        ],
        title,
        participant: name.clone(),
        activity: place.activity.title.clone(),
        attempt: format!("Attempt {}", attempt.number),
        lead,
        action: format!(
            "{}/submissions/{}/{}",
            visitor.base(),
            attempt.id,
            if is_reopening { "reopen" } else { "extend" }
        ),
        zone: visitor.zone().name().to_owned(),
        when_label: if is_reopening { "Due" } else { "New date" },
        when_required: !is_reopening,
        when: match typed {
            Some(typed) => typed.text("when").to_owned(),
            None if is_reopening => String::new(),
            None => dates(attempt)
                .deadline()
                .map(|due| local_input(due, visitor.zone()))
                .unwrap_or_default(),
        },
        when_error: find_error(&errors, "when"),
        asks_mitigation: !is_reopening,
        reason: typed
            .map(|typed| typed.text("reason").to_owned())
            .unwrap_or_default(),
        reason_hint: "It stays in the record.",
        reason_error: find_error(&errors, "reason"),
        button: if is_reopening { "Reopen" } else { "Extend" },
        cancel: record,
        errors,
    };
    page_with(status, &page)
}
