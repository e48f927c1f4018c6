//! The record of one participant's module, and the policy's decision on it.

use axum::extract::{Query, State};
use axum::response::Response;
use mtl_bridge_core::marking::{
    ComponentRecord, DecisionView as Decided, DeliveryState, ModuleRecord,
};
use mtl_programme::attempt::AttemptState;
use mtl_programme::catalogue::{Module, Programme};
use mtl_programme::{DecisionId, PersonId};
use serde::Deserialize;

use super::judgement::judgement_view;
use super::reading::word_count;
use super::work::dates;
use crate::pages::module_record::{
    AttemptCard, ComponentCard, DecisionView, DeliveryLine, EarlierDecision, ModuleRecordPage,
};
use crate::pages::parts::{Badge, Crumb, Tone};
use crate::problem::Problem;
use crate::render::{go, page};
use crate::state::WebState;
use crate::visitor::{At, Done, Posted, Visitor};
use crate::words::{
    attempt_badge, component_weight, decision_chain, delivery_words, outcome_badge,
};

/// The path of a module's record.
#[derive(Deserialize)]
pub(super) struct RecordPath {
    pub(super) person: PersonId,
    pub(super) programme: String,
    pub(super) module: String,
}

/// The path of a module's record, below which its decisions stand.
pub(super) fn record_path(
    visitor: &Visitor,
    person: PersonId,
    programme: &str,
    module: &str,
) -> String {
    format!(
        "{}/people/{person}/modules/{programme}/{module}",
        visitor.base()
    )
}

impl RecordPath {
    /// The same path again.
    pub(super) fn path(&self, visitor: &Visitor) -> String {
        record_path(visitor, self.person, &self.programme, &self.module)
    }
}

/// The module of a record in the catalogue.
pub(super) fn find_module<'a>(
    state: &'a WebState,
    path: &RecordPath,
) -> Result<(&'a Programme, &'a Module), Problem> {
    state
        .bridge
        .catalogue()
        .find_module(&path.programme, &path.module)
        .ok_or(Problem::NotFound)
}

/// `GET …/modules/{programme}/{module}`.
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
    At(path): At<RecordPath>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let record = state
        .bridge
        .load_module_record(&visitor.visit, path.person, &path.programme, &path.module)
        .await?;
    let (programme, module) = find_module(&state, &path)?;
    page(&record_page(
        &visitor, &path, programme, module, &record, &done,
    ))
}

/// `POST …/decide`.
pub(super) async fn decide(
    State(state): State<WebState>,
    At(path): At<RecordPath>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Problem> {
    let bridge = &state.bridge;
    let decision: DecisionId = bridge
        .decide_module(&visitor.visit, path.person, &path.programme, &path.module)
        .await?;
    let record = bridge
        .load_module_record(&visitor.visit, path.person, &path.programme, &path.module)
        .await?;
    let has_decided = record
        .decisions
        .iter()
        .any(|d| d.id == decision && d.decision.is_ok());
    let done = if has_decided { "decided" } else { "undecided" };
    Ok(go(&format!("{}?done={done}", path.path(&visitor))))
}

fn record_page(
    visitor: &Visitor,
    path: &RecordPath,
    programme: &Programme,
    module: &Module,
    record: &ModuleRecord,
    done: &Done,
) -> ModuleRecordPage {
    let base = path.path(visitor);
    let latest = record.decisions.first();
    let has_work = record
        .components
        .iter()
        .any(|component| !component.attempts.is_empty());
    ModuleRecordPage {
        shell: visitor.shell_after(&module.title, "cohort", done),
        crumbs: vec![Crumb::new("Cohort", format!("{}/cohort", visitor.base()))],
        module: module.title.clone(),
        participant: record.participant.name.clone(),
        credits: module.credits,
        state: match latest {
            Some(Decided {
                decision: Err(_), ..
            }) => Badge::new(Tone::Bad, "No decision"),
            Some(Decided {
                released_at: Some(_),
                ..
            }) => Badge::new(Tone::Good, "Released"),
            Some(_) => Badge::new(Tone::Warn, "Decided, not released"),
            None if has_work => Badge::new(Tone::Busy, "Under way"),
            None => Badge::new(Tone::Plain, "Not begun"),
        },
        latest: latest.map(|decided| decision_view(visitor, &base, module, decided)),
        decide: (record.has_policy && has_work).then(|| format!("{base}/decide")),
        ready: readiness(record).to_owned(),
        no_policy: !record.has_policy,
        deliveries: record
            .deliveries
            .iter()
            .map(|delivery| {
                let (state, words) = delivery_words(visitor, &delivery.state);
                DeliveryLine {
                    target: format!(
                        "Gradebook, “{}”: {} of {}",
                        delivery.column, delivery.given, delivery.maximum
                    ),
                    words,
                    state,
                    again: match &delivery.state {
                        DeliveryState::Dead { again, .. } => again.map(|id| id.to_string()),
                        _ => None,
                    },
                }
            })
            .collect(),
        send_again: format!("{base}/send-again"),
        components: record
            .components
            .iter()
            .map(|component| component_card(visitor, programme, module, component))
            .collect(),
        earlier: record
            .decisions
            .iter()
            .skip(1)
            .map(|decided| earlier_decision(visitor, decided))
            .collect(),
    }
}

fn readiness(record: &ModuleRecord) -> &'static str {
    let is_judged = |component: &ComponentRecord| {
        component.attempts.last().is_some_and(|(_, _, judgements)| {
            judgements
                .iter()
                .any(|judgement| judgement.role.must_give_mark())
        })
    };
    if record.components.iter().all(is_judged) {
        "Every component has been judged by a tutor, so the policy can decide."
    } else {
        "Some components still lack a tutor’s judgement. You can ask the policy all the same; it will say what it is waiting for."
    }
}

fn decision_view(
    visitor: &Visitor,
    base: &str,
    module: &Module,
    decided: &Decided,
) -> DecisionView {
    let at = visitor.moment(decided.at);
    let released = match decided.released_at {
        Some(at) => Badge::new(
            Tone::Good,
            format!("Released {}", visitor.moment(at).words()),
        ),
        None => Badge::new(Tone::Warn, "Not released"),
    };
    let mut receipt = vec![
        ("Asked for by", decided.by.name.clone()),
        ("Policy’s fingerprint", decided.policy_digest.clone()),
    ];
    if let Some(fuel) = decided.fuel {
        receipt.push(("Cost in the sandbox", fuel.to_string()));
    }
    receipt.push(("Decision", decided.id.to_string()));
    match &decided.decision {
        Ok(decision) => DecisionView {
            title: format!("Decision of {}", at.words()),
            mark: decision.mark.map(|mark| mark.short().to_string()),
            outcome: outcome_badge(decision.outcome),
            released,
            reason: Some(decision.reason.clone()).filter(|reason| !reason.is_empty()),
            next_steps: decision
                .next_steps
                .iter()
                .map(|step| step.text.clone())
                .collect(),
            trouble: None,
            chain: decision_chain(module, decision),
            receipt,
            release: decided
                .released_at
                .is_none()
                .then(|| format!("{base}/decisions/{}/release", decided.id)),
        },
        Err(failure) => DecisionView {
            title: format!("Asked on {}", at.words()),
            mark: None,
            outcome: Badge::new(Tone::Bad, "No decision"),
            released: Badge::new(Tone::Plain, "Nothing to release"),
            reason: None,
            next_steps: Vec::new(),
            trouble: Some(format!(
                "The policy gave no decision: {} The work and its judgements are as they were.",
                crate::words::sentence(failure)
            )),
            chain: Vec::new(),
            receipt,
            release: None,
        },
    }
}

fn component_card(
    visitor: &Visitor,
    programme: &Programme,
    module: &Module,
    record: &ComponentRecord,
) -> ComponentCard {
    let component = module.find_component(&record.component);
    let criteria = component.and_then(|component| programme.criteria_of(component));
    ComponentCard {
        title: component.map_or_else(|| record.component.clone(), |c| c.title.clone()),
        weight: component.map(component_weight).unwrap_or_default(),
        attempts: record
            .attempts
            .iter()
            .map(|(attempt, state, judgements)| {
                let dates = dates(attempt);
                let href = format!("{}/submissions/{}", visitor.base(), attempt.id);
                let mut facts = Vec::new();
                if let Some(due) = dates.deadline() {
                    let extended = if attempt.extended_to.is_some() {
                        " (extended)"
                    } else {
                        ""
                    };
                    facts.push(format!("Due {}{extended}", visitor.moment(due).words()));
                }
                if let Some(at) = attempt.submitted_at {
                    facts.push(format!("Submitted {}", visitor.moment(at).words()));
                    if dates.deadline().is_some() {
                        facts.push(crate::words::sentence(&dates.timeliness(at).to_string()));
                    }
                }
                facts.push(word_count(attempt.words));
                let (change, change_label) = match state {
                    AttemptState::Draft => (Some(format!("{href}/extend")), "Extend its date"),
                    AttemptState::Submitted | AttemptState::Referred => (
                        Some(format!("{href}/reopen")),
                        "Reopen as a further attempt",
                    ),
                    AttemptState::Settled | AttemptState::Reopened => (None, ""),
                };
                AttemptCard {
                    title: format!("Attempt {}", attempt.number),
                    href,
                    state: attempt_badge(*state),
                    facts,
                    judgements: judgements
                        .iter()
                        .map(|judged| judgement_view(visitor, criteria, judged))
                        .collect(),
                    change,
                    change_label,
                }
            })
            .collect(),
    }
}

fn earlier_decision(visitor: &Visitor, decided: &Decided) -> EarlierDecision {
    EarlierDecision {
        title: match &decided.decision {
            Ok(decision) => match decision.mark {
                Some(mark) => format!("Mark {}", mark.short()),
                None => "No mark".to_owned(),
            },
            Err(_) => "No decision".to_owned(),
        },
        about: format!(
            "{}, asked for by {}{}",
            visitor.moment(decided.at).words(),
            decided.by.name,
            match decided.released_at {
                Some(at) => format!("; released {}", visitor.moment(at).words()),
                None => "; never released".to_owned(),
            }
        ),
        state: match &decided.decision {
            Ok(decision) => outcome_badge(decision.outcome),
            Err(_) => Badge::new(Tone::Bad, "No decision"),
        },
    }
}
