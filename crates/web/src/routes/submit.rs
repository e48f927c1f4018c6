//! Submitting: a last look with what is missing, then the work is frozen.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use mtl_bridge_core::work::{Work, WorkError};
use mtl_programme::scenario::Gap;

use super::draft::AttemptPath;
use super::reading::{draft_work, evidence_lines, evidence_words, word_count};
use super::work::{activity_path, attempt_path, crumbs, field_id, head, late_words, load_place};
use crate::pages::parts::{Crumb, FormError};
use crate::pages::scenario::{GapLine, SubmitPage};
use crate::problem::Problem;
use crate::render::{go, page_with};
use crate::state::WebState;
use crate::visitor::{At, Posted, Visitor};

/// `GET …/submit`.
pub(super) async fn look_over(
    State(state): State<WebState>,
    visitor: Visitor,
    At(path): At<AttemptPath>,
) -> Result<Response, Problem> {
    show(&state, &visitor, &path, StatusCode::OK, Vec::new()).await
}

/// `POST …/submit`.
pub(super) async fn submit(
    State(state): State<WebState>,
    At(path): At<AttemptPath>,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    let refuse = StatusCode::UNPROCESSABLE_ENTITY;
    if form.text("declare") != "yes" {
        let error = FormError::new("declare", "Confirm that it is your own work.");
        return show(&state, &visitor, &path, refuse, vec![error]).await;
    }
    let revision = form
        .parsed("revision")
        .ok_or(Problem::Malformed("the version to submit"))?;
    match state
        .bridge
        .submit(&visitor.visit, path.attempt, revision)
        .await
    {
        // Sent twice: the first one counts.
        Ok(_) | Err(WorkError::AlreadySubmitted) => Ok(go(&format!(
            "{}?done=submitted",
            activity_path(&visitor, &path.key()?)
        ))),
        Err(WorkError::Incomplete(_)) => show(&state, &visitor, &path, refuse, Vec::new()).await,
        Err(error @ WorkError::Changed) => {
            let error = FormError::new("declare", crate::words::sentence(&error.to_string()));
            show(&state, &visitor, &path, StatusCode::CONFLICT, vec![error]).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn show(
    state: &WebState,
    visitor: &Visitor,
    path: &AttemptPath,
    status: StatusCode,
    errors: Vec<FormError>,
) -> Result<Response, Problem> {
    let key = path.key()?;
    let place = load_place(state, &key)?;
    let work: Work = state.bridge.open_work(&visitor.visit, &key).await?;
    if work.current.id != path.attempt || !work.current.is_draft() {
        return Ok(go(&activity_path(visitor, &key)));
    }
    let edit = activity_path(visitor, &key);
    let line = |gap: &Gap| GapLine {
        text: format!("{}: {}", gap.stage.title(), gap.message),
        href: match gap.field {
            Some(field) => format!("{edit}?stage={}#{}", gap.stage, field_id(field)),
            None => format!("{edit}?stage={}", gap.stage),
        },
    };
    let (gaps, advice): (Vec<&Gap>, Vec<&Gap>) = work.gaps.iter().partition(|gap| gap.blocks);
    let mut crumbs = crumbs(visitor, &place);
    crumbs.push(Crumb::new(&place.activity.title, edit.clone()));
    let mut shell = visitor.shell("Check and submit", "home");
    shell.has_errors = !errors.is_empty();
    page_with(
        status,
        &SubmitPage {
            shell,
            crumbs,
            head: head(visitor, &place, &work),
            errors,
            gaps: gaps.into_iter().map(line).collect(),
            advice: advice.into_iter().map(line).collect(),
            action: attempt_path(visitor, &key, &work.current),
            revision: work.draft.revision(),
            words: word_count(work.current.words),
            evidence_words: evidence_words(&work.evidence),
            late: late_words(state, &work.current).map(|late| {
                format!("It is {late}. You can still submit; your university’s rule for late work then applies.")
            }),
            work: draft_work(&work.draft),
            evidence: evidence_lines(state, visitor, &work.evidence, None),
            edit,
        },
    )
}
