//! Marks that could not be sent: what the cohort page says of them, and sending them again.

use axum::extract::State;
use axum::response::Response;
use mtl_bridge_core::marking::{MarkingError, UnsentMark, WhichUnsent};

use super::module_record::{RecordPath, record_path};
use crate::pages::cohort::{RecordLink, Unsent, UnsentLine, UnsentReason};
use crate::problem::Problem;
use crate::render::go;
use crate::state::WebState;
use crate::visitor::{At, Posted, Visitor};
use crate::words::sentence;

/// So many are shown one by one.
const MOST: usize = 30;

/// The notice on the cohort page, where there is anything to say.
pub(super) async fn notice(state: &WebState, visitor: &Visitor) -> Result<Option<Unsent>, Problem> {
    let marks = state.bridge.list_unsent_marks(&visitor.visit).await?;
    if marks.is_empty() {
        return Ok(None);
    }
    let mut reasons: Vec<UnsentReason> = Vec::new();
    for mark in marks.iter().take(MOST) {
        let words = sentence(&mark.reason);
        let line = line(state, visitor, mark);
        match reasons.iter_mut().find(|reason| reason.words == words) {
            Some(known) => known.marks.push(line),
            None => reasons.push(UnsentReason {
                words,
                marks: vec![line],
            }),
        }
    }
    Ok(Some(Unsent {
        reasons,
        more: (marks.len() > MOST).then(|| format!("{} more are not shown.", marks.len() - MOST)),
        all: (marks.len() > 1).then(|| format!("Send all {} again", marks.len())),
    }))
}

fn line(state: &WebState, visitor: &Visitor, mark: &UnsentMark) -> UnsentLine {
    let record = mark.module.as_ref().map(|(programme, module)| RecordLink {
        label: state
            .bridge
            .catalogue()
            .find_module(programme, module)
            .map_or_else(|| module.clone(), |(_, module)| module.title.clone()),
        href: record_path(visitor, mark.person.id, programme, module),
    });
    UnsentLine {
        id: mark.delivery.to_string(),
        name: mark.person.name.clone(),
        about: format!("{}, {} of {}", mark.column, mark.given, mark.maximum),
        record,
    }
}

/// `POST /l/{launch}/cohort/send-again`.
pub(super) async fn from_cohort(
    State(state): State<WebState>,
    posted: Posted,
) -> Result<Response, Problem> {
    let done = send(&state, &posted).await?;
    let base = posted.visitor.base();
    Ok(go(&format!("{base}/cohort?done={done}")))
}

/// `POST …/modules/{programme}/{module}/send-again`.
pub(super) async fn from_record(
    State(state): State<WebState>,
    At(path): At<RecordPath>,
    posted: Posted,
) -> Result<Response, Problem> {
    let done = send(&state, &posted).await?;
    Ok(go(&format!("{}?done={done}", path.path(&posted.visitor))))
}

/// Sends what the form names; answers the word that says on the next page what was done.
async fn send(state: &WebState, posted: &Posted) -> Result<&'static str, Problem> {
    let which = match posted.form.text("delivery") {
        "all" => WhichUnsent::All,
        _ => WhichUnsent::One(
            posted
                .form
                .parsed("delivery")
                .ok_or(MarkingError::NotFound)?,
        ),
    };
    let visit = &posted.visitor.visit;
    let sent = state.bridge.send_marks_again(visit, which).await?;
    Ok(if sent.under_way == 0 && sent.outdated > 0 {
        "outdated"
    } else {
        "sent-again"
    })
}
