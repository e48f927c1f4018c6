//! States of the programme as badges and sentences.

use mtl_bridge_core::marking::DeliveryState;
use mtl_bridge_core::work::{ActivityStanding, ModuleStanding, Progress};
use mtl_programme::AttemptState;
use mtl_programme::assessment::{Adjustment, ModuleDecision, ModuleOutcome, PartOutcome, Track};
use mtl_programme::catalogue::{Component, Module};

use crate::pages::parts::{Badge, ChainStep, Tone};
use crate::visitor::Visitor;

/// How far an activity is, for its participant.
pub(crate) fn progress_badge(activity: &ActivityStanding) -> Badge {
    match activity.progress {
        _ if !activity.is_built => Badge::new(Tone::Plain, "Not here yet"),
        Progress::NotBegun => Badge::new(Tone::Plain, "Not begun"),
        Progress::Draft { number: 1, .. } => Badge::new(Tone::Busy, "Draft"),
        Progress::Draft { number, .. } => {
            Badge::new(Tone::Busy, format!("Draft, attempt {number}"))
        }
        Progress::Submitted { .. } => Badge::new(Tone::Plain, "Submitted"),
        Progress::Released { .. } => Badge::new(Tone::Good, "Released"),
    }
}

/// How far a module is, for its participant.
pub(crate) fn module_badge(module: &ModuleStanding) -> Badge {
    if let Some(outcome) = module.outcome {
        return outcome_badge(outcome);
    }
    let is_begun = module
        .activities
        .iter()
        .any(|a| a.progress != Progress::NotBegun);
    if is_begun {
        Badge::new(Tone::Busy, "Under way")
    } else {
        Badge::new(Tone::Plain, "Not begun")
    }
}

/// What was decided about a module.
pub(crate) fn outcome_badge(outcome: ModuleOutcome) -> Badge {
    let (tone, words) = match outcome {
        ModuleOutcome::Pass => (Tone::Good, "Passed"),
        ModuleOutcome::Compensated => (Tone::Good, "Passed by compensation"),
        ModuleOutcome::Condoned => (Tone::Good, "Condoned"),
        ModuleOutcome::Fail => (Tone::Bad, "Failed"),
        ModuleOutcome::NonSubmission => (Tone::Bad, "Nothing submitted that counts"),
        ModuleOutcome::Refer => (Tone::Warn, "Referred"),
        ModuleOutcome::Defer => (Tone::Warn, "Put off"),
        ModuleOutcome::Moderate => (Tone::Warn, "Needs another marker"),
        ModuleOutcome::Incomplete => (Tone::Warn, "Not complete yet"),
        ModuleOutcome::Discretion => (Tone::Warn, "For the board to decide"),
    };
    Badge::new(tone, words)
}

/// What was decided about a component.
pub(crate) fn part_badge(outcome: PartOutcome) -> Badge {
    let (tone, words) = match outcome {
        PartOutcome::Passed => (Tone::Good, "Passed"),
        PartOutcome::Compensated => (Tone::Good, "Passed by compensation"),
        PartOutcome::Failed => (Tone::Bad, "Not passed"),
        PartOutcome::NotSubmitted => (Tone::Bad, "Not submitted"),
        PartOutcome::Referred => (Tone::Warn, "Referred"),
        PartOutcome::Deferred => (Tone::Warn, "Put off"),
        PartOutcome::Awaiting => (Tone::Busy, "Awaited"),
    };
    Badge::new(tone, words)
}

/// The state of an attempt for its assessors.
pub(crate) fn attempt_badge(state: AttemptState) -> Badge {
    let tone = match state {
        AttemptState::Draft => Tone::Busy,
        AttemptState::Submitted | AttemptState::Reopened => Tone::Plain,
        AttemptState::Settled => Tone::Good,
        AttemptState::Referred => Tone::Warn,
    };
    Badge::new(tone, state.title())
}

/// Where a mark on its way to the gradebook stands: a badge and a sentence.
pub(crate) fn delivery_words(visitor: &Visitor, state: &DeliveryState) -> (Badge, String) {
    match state {
        DeliveryState::Delivered(at) => (
            Badge::new(Tone::Good, "Delivered"),
            format!(
                "The learning site took it on {}.",
                visitor.moment(*at).words()
            ),
        ),
        // A claim counts as a try from its beginning, so the first one has no error yet.
        DeliveryState::Waiting {
            last_error: None, ..
        } => (
            Badge::new(Tone::Busy, "On its way"),
            "It will be sent in a moment.".to_owned(),
        ),
        DeliveryState::Waiting {
            attempts,
            last_error: Some(error),
        } => (
            Badge::new(Tone::Busy, "Trying again"),
            format!(
                "Tried {} so far; it is sent again by itself. Last time: {error}",
                crate::pages::parts::counted((*attempts).unsigned_abs(), "time", "times"),
            ),
        ),
        DeliveryState::Superseded => (
            Badge::new(Tone::Plain, "Replaced"),
            "A newer mark took its place before it was sent.".to_owned(),
        ),
        DeliveryState::Nowhere { reason } => (
            Badge::new(Tone::Warn, "Not in the gradebook"),
            format!(
                "It stays in MTL Bridge alone: {}",
                crate::problem::sentence(reason)
            ),
        ),
        DeliveryState::Dead { reason, again } => (
            Badge::new(Tone::Bad, "Could not be sent"),
            match again {
                Some(_) => sentence(reason),
                None => format!(
                    "{} A newer mark for the same column came after it.",
                    sentence(reason)
                ),
            },
        ),
    }
}

/// "60 % of the module, must be passed".
pub(crate) fn component_weight(component: &Component) -> String {
    let weight = if component.weight == 0 {
        "Passed or failed".to_owned()
    } else {
        format!("{} % of the module", component.weight)
    };
    if component.must_pass {
        format!("{weight}, must be passed")
    } else {
        weight
    }
}

/// How a decision came about: what was judged, then every adjustment in order, tier by tier.
pub(crate) fn decision_chain(module: &Module, decision: &ModuleDecision) -> Vec<ChainStep> {
    let mut chain = Vec::new();
    for component in &decision.components {
        let title = module
            .find_component(&component.id)
            .map_or(component.id.as_str(), |c| &c.title);
        let attempt = component
            .part
            .attempt
            .filter(|number| *number > 1)
            .map(|number| format!(" (attempt {number})"))
            .unwrap_or_default();
        chain.push(ChainStep {
            about: match component.part.judged {
                Some(_) => format!("{title}{attempt}, as judged:"),
                None => format!("{title}{attempt}: no mark"),
            },
            change: component.part.judged.map(|mark| mark.to_string()),
            reason: None,
        });
        chain.extend(
            decision
                .adjustments
                .iter()
                .filter(|adjustment| adjustment.component.as_deref() == Some(component.id.as_str()))
                .map(|adjustment| adjustment_step(Some(title), adjustment)),
        );
    }
    if let Some(judged) = decision.judged {
        let shares: Vec<String> = decision
            .components
            .iter()
            .filter(|component| component.part.share > 0)
            .map(|component| component.part.share.to_string())
            .collect();
        chain.push(ChainStep {
            about: if shares.len() > 1 {
                format!("Together, weighted {}:", shares.join(" to "))
            } else {
                "For the module:".to_owned()
            },
            change: Some(judged.to_string()),
            reason: None,
        });
    }
    chain.extend(
        decision
            .adjustments
            .iter()
            .filter(|adjustment| adjustment.component.is_none())
            .map(|adjustment| adjustment_step(None, adjustment)),
    );
    chain
}

fn adjustment_step(title: Option<&str>, adjustment: &Adjustment) -> ChainStep {
    let mark = |mark: Option<_>| {
        mark.map_or_else(
            || "no mark".to_owned(),
            |m: mtl_programme::assessment::ExactMark| m.to_string(),
        )
    };
    let rule = sentence(&adjustment.rule.replace(['-', '_'], " "));
    let rule = rule.trim_end_matches('.');
    let track = match adjustment.track {
        Track::Both => "",
        Track::ForRecord => " (for the record)",
        Track::Carried => " (carried on)",
    };
    ChainStep {
        about: match title {
            Some(title) => format!("{rule}{track}, {title}:"),
            None => format!("{rule}{track}:"),
        },
        change: Some(if adjustment.before == adjustment.after {
            format!("{} stays", mark(adjustment.after))
        } else {
            format!("{} → {}", mark(adjustment.before), mark(adjustment.after))
        }),
        reason: Some(adjustment.reason.clone()),
    }
}

/// "an error text" as "An error text."
pub(crate) fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let mut sentence: String = characters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    sentence.push_str(characters.as_str());
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
