//! Releasing a decision: first what will be sent where, then the release itself.

use axum::extract::State;
use axum::response::Response;
use mtl_programme::DecisionId;
use serde::Deserialize;

use super::module_record::{RecordPath, find_module};
use crate::pages::module_record::{ReleasePage, SendLine};
use crate::pages::parts::Crumb;
use crate::problem::Problem;
use crate::render::{go, page};
use crate::state::WebState;
use crate::visitor::{At, Posted, Visitor};
use crate::words::outcome_badge;

/// The decision in a path.
#[derive(Deserialize)]
pub(super) struct DecisionPath {
    decision: DecisionId,
}

/// `GET …/decisions/{decision}/release`.
pub(super) async fn look_over(
    State(state): State<WebState>,
    visitor: Visitor,
    At(path): At<RecordPath>,
    At(wanted): At<DecisionPath>,
) -> Result<Response, Problem> {
    let record = state
        .bridge
        .load_module_record(&visitor.visit, path.person, &path.programme, &path.module)
        .await?;
    let decision = record
        .decisions
        .iter()
        .find(|decided| decided.id == wanted.decision)
        .and_then(|decided| decided.decision.as_ref().ok())
        .ok_or(Problem::NotFound)?;
    let targets = state
        .bridge
        .preview_release(&visitor.visit, wanted.decision)
        .await?;
    let (_, module) = find_module(&state, &path)?;
    let back = path.path(&visitor);
    let sends = targets.iter().map(|sent| {
        let what = match &sent.component {
            Some(id) => module.find_component(id).map_or(id.as_str(), |c| &c.title),
            None => "The module’s mark",
        };
        match &sent.column {
            Ok(column) => SendLine {
                target: format!("Gradebook, “{column}”"),
                words: format!("{} of 100, with the assessors’ comments", sent.mark.short()),
            },
            Err(why) => SendLine {
                target: what.to_owned(),
                words: format!("{} stays in MTL Bridge alone: {why}", sent.mark.short()),
            },
        }
    });
    page(&ReleasePage {
        shell: visitor.shell("Release this decision?", "cohort"),
        crumbs: vec![
            Crumb::new("Cohort", format!("{}/cohort", visitor.base())),
            Crumb::new(&module.title, back.clone()),
        ],
        participant: record.participant.name.clone(),
        module: module.title.clone(),
        mark: decision.mark.map(|mark| mark.short().to_string()),
        outcome: outcome_badge(decision.outcome),
        sends: sends
            .chain([SendLine {
                target: "Learning records".to_owned(),
                words: "statements that the work was scored and what became of the module, under a pseudonym".to_owned(),
            }])
            .collect(),
        action: format!("{back}/decisions/{}/release", wanted.decision),
        record: back,
    })
}

/// `POST …/decisions/{decision}/release`.
pub(super) async fn release(
    State(state): State<WebState>,
    At(path): At<RecordPath>,
    At(wanted): At<DecisionPath>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Problem> {
    state
        .bridge
        .release(&visitor.visit, wanted.decision)
        .await?;
    Ok(go(&format!("{}?done=released", path.path(&visitor))))
}
