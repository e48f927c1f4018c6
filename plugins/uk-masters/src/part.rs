//! A component or an element: which attempt counts, and whether it passes.

use mtl_policy_sdk::contract::{
    Adjustment, Attempt, Component, ComponentResult, Element, ElementResult, Grading, NextStep,
    PartOutcome, PartResult, StepKind,
};
use mtl_policy_sdk::{Exact, Threshold, threshold};

use crate::attempt::{Came, Rules, Value, evaluate};
use crate::settings::Step;

/// Where a mark stands in the module; neither for the module itself.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place<'a> {
    pub(crate) component: Option<&'a str>,
    pub(crate) element: Option<&'a str>,
}

/// What the module's decision gathers from its parts.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own that any part may add"
)]
pub(crate) struct Gathered {
    pub(crate) adjustments: Vec<Adjustment>,
    pub(crate) steps: Vec<NextStep>,
    /// Something was taken again.
    pub(crate) again: bool,
    /// A part is below what the module needs of it.
    pub(crate) missed: bool,
    /// Such a part may not be tried again.
    pub(crate) spent: bool,
    /// Something that counts was handed in.
    pub(crate) handed_in: bool,
}

/// What a part is held against.
#[derive(Clone, Copy)]
struct Spec {
    weight: u32,
    must_pass: bool,
    minimum: Option<u32>,
    grading: Grading,
    step: Step,
}

/// Decides one component, with its elements where it has them.
pub(crate) fn decide_component(
    rules: Rules<'_>,
    component: &Component,
    gathered: &mut Gathered,
) -> ComponentResult {
    let place = Place {
        component: Some(&component.id),
        element: None,
    };
    let spec = Spec {
        weight: component.weight,
        must_pass: component.must_pass,
        minimum: component.minimum,
        grading: component.grading,
        step: rules.settings.component,
    };
    let (part, elements) = if component.elements.is_empty() {
        let part = decide_leaf(rules, place, spec, &component.attempts, gathered);
        (part, Vec::new())
    } else {
        decide_elements(rules, place, spec, &component.elements, gathered)
    };
    ComponentResult {
        id: component.id.clone(),
        part,
        elements,
    }
}

fn decide_elements(
    rules: Rules<'_>,
    place: Place<'_>,
    spec: Spec,
    elements: &[Element],
    gathered: &mut Gathered,
) -> (PartResult, Vec<ElementResult>) {
    // An element that is missed fails its component, and the module only through it.
    let mut inner = Gathered::default();
    let mut results: Vec<_> = elements
        .iter()
        .map(|element| {
            let place = Place {
                element: Some(&element.id),
                ..place
            };
            let spec = Spec {
                weight: element.weight,
                must_pass: element.must_pass,
                minimum: element.minimum,
                grading: element.grading,
                step: rules.settings.element,
            };
            ElementResult {
                id: element.id.clone(),
                part: decide_leaf(rules, place, spec, &element.attempts, &mut inner),
            }
        })
        .collect();
    gathered.again |= inner.again;
    gathered.handed_in |= inner.handed_in;
    gathered.adjustments.append(&mut inner.adjustments);

    let open = [PartOutcome::Deferred, PartOutcome::Awaiting]
        .into_iter()
        .find(|open| results.iter().any(|result| result.part.outcome == *open));
    if let Some(open) = open {
        gathered.steps.append(&mut inner.steps);
        return (undecided(open, spec, None), results);
    }
    let counted = results.iter().filter(|result| result.part.share > 0);
    let complete = counted.clone().all(|result| result.part.carried.is_some());
    let judged =
        complete
            .then(|| {
                Exact::weighted_mean(counted.filter_map(|result| {
                    Some((Exact::from(result.part.carried?), result.part.share))
                }))
            })
            .flatten();
    let mut value = Value::begin(judged);
    value.round(place, spec.step);
    let standing = match value.record {
        _ if inner.missed => Threshold::Missed,
        Some(record) => stand(rules, spec, record),
        // Pass/fail elements alone, none of them missed.
        None if complete => Threshold::Reached,
        None => Threshold::Missed,
    };
    if standing == Threshold::Reached {
        // The other elements make it good, so nothing of it has to be done again.
        for result in &mut results {
            make_good(&mut result.part);
        }
    } else {
        gathered.steps.append(&mut inner.steps);
    }
    // It can be tried again where an element can, unless one that it needs cannot.
    let referred = |result: &ElementResult| result.part.outcome == PartOutcome::Referred;
    let again = !inner.spent && results.iter().any(referred);
    let outcome = settle(standing, again, gathered);
    let part = finish(outcome, None, spec, value, gathered);
    (part, results)
}

fn decide_leaf(
    rules: Rules<'_>,
    place: Place<'_>,
    spec: Spec,
    attempts: &[Attempt],
    gathered: &mut Gathered,
) -> PartResult {
    let Some(last) = attempts.last() else {
        step(
            gathered,
            place,
            StepKind::Submit,
            "The work has to be handed in.".into(),
        );
        return undecided(PartOutcome::Awaiting, spec, None);
    };
    let again = last.counts_as < rules.settings.max_attempts;
    let mut counting = (last.number, evaluate(rules, place, spec.grading, last));
    if rules.settings.best_of && !matches!(counting.1, Came::Open(..)) {
        for attempt in earlier(attempts, last) {
            let came = evaluate(rules, place, spec.grading, attempt);
            if better(&came, &counting.1) {
                counting = (attempt.number, came);
            }
        }
    }
    gathered.again |= last.counts_as > 1;
    let (number, came) = counting;
    match came {
        Came::Open(kind, text) => {
            step(gathered, place, kind, text);
            let outcome = if kind == StepKind::AwaitMitigation {
                PartOutcome::Deferred
            } else {
                PartOutcome::Awaiting
            };
            undecided(outcome, spec, Some(number))
        }
        Came::Satisfied(satisfied) => {
            gathered.handed_in = true;
            let standing = match (satisfied, spec.must_pass) {
                (true, _) => Threshold::Reached,
                (false, true) => Threshold::Missed,
                (false, false) => Threshold::Shortfall,
            };
            let outcome = settle(standing, again, gathered);
            refer_step(gathered, place, outcome);
            finish(outcome, Some(number), spec, Value::default(), gathered)
        }
        Came::Nothing(value) => {
            // Without a mark there is no mean, so other marks cannot make it good.
            let standing = if spec.must_pass || spec.minimum.is_some() || value.carried.is_none() {
                Threshold::Missed
            } else {
                Threshold::Shortfall
            };
            if settle(standing, again, gathered) == PartOutcome::Referred {
                refer_step(gathered, place, PartOutcome::Referred);
            }
            finish(
                PartOutcome::NotSubmitted,
                Some(number),
                spec,
                value,
                gathered,
            )
        }
        Came::Marked(mut value) => {
            gathered.handed_in = true;
            value.round(place, spec.step);
            let record = value.record.unwrap_or(Exact::ZERO);
            let outcome = settle(stand(rules, spec, record), again, gathered);
            refer_step(gathered, place, outcome);
            finish(outcome, Some(number), spec, value, gathered)
        }
    }
}

/// Earlier attempts that were not replaced after accepted mitigation.
fn earlier<'a>(attempts: &'a [Attempt], last: &'a Attempt) -> impl Iterator<Item = &'a Attempt> {
    let replaced = |attempt: &Attempt| {
        attempts
            .iter()
            .any(|later| later.number > attempt.number && later.counts_as == attempt.counts_as)
    };
    attempts
        .iter()
        .filter(move |attempt| attempt.number != last.number && !replaced(attempt))
}

/// Whether an earlier attempt stands above the one that counted so far.
fn better(earlier: &Came, so_far: &Came) -> bool {
    let rank = |came: &Came| match came {
        Came::Open(..) => None,
        Came::Nothing(value) => Some((0, value.carried)),
        Came::Satisfied(satisfied) => Some((1 + u8::from(*satisfied), None)),
        Came::Marked(value) => Some((1, value.carried)),
    };
    rank(earlier) > rank(so_far)
}

fn stand(rules: Rules<'_>, spec: Spec, record: Exact) -> Threshold {
    threshold(record, rules.pass_mark, spec.must_pass, spec.minimum)
}

/// What failed is made good by other marks.
pub(crate) fn make_good(part: &mut PartResult) {
    if matches!(part.outcome, PartOutcome::Referred | PartOutcome::Failed) {
        part.outcome = PartOutcome::Compensated;
    }
}

/// The outcome of a part that is decided, as long as the module does not make it good.
fn settle(standing: Threshold, again: bool, gathered: &mut Gathered) -> PartOutcome {
    gathered.missed |= standing == Threshold::Missed;
    match standing {
        Threshold::Reached => PartOutcome::Passed,
        _ if again => PartOutcome::Referred,
        _ => {
            gathered.spent |= standing == Threshold::Missed;
            PartOutcome::Failed
        }
    }
}

fn refer_step(gathered: &mut Gathered, place: Place<'_>, outcome: PartOutcome) {
    if outcome == PartOutcome::Referred {
        step(
            gathered,
            place,
            StepKind::Resubmit,
            "The work may be handed in again.".into(),
        );
    }
}

fn step(gathered: &mut Gathered, place: Place<'_>, kind: StepKind, text: String) {
    gathered.steps.push(NextStep {
        kind,
        component: place.component.map(str::to_owned),
        element: place.element.map(str::to_owned),
        text,
    });
}

fn undecided(outcome: PartOutcome, spec: Spec, attempt: Option<u32>) -> PartResult {
    PartResult {
        outcome,
        attempt,
        basis: Vec::new(),
        judged: None,
        mark: None,
        carried: None,
        share: share(spec),
    }
}

fn finish(
    outcome: PartOutcome,
    attempt: Option<u32>,
    spec: Spec,
    mut value: Value,
    gathered: &mut Gathered,
) -> PartResult {
    gathered.adjustments.append(&mut value.adjustments);
    PartResult {
        outcome,
        attempt,
        basis: value.basis,
        judged: value.judged.map(Into::into),
        mark: value.record.and_then(Exact::as_hundredths),
        carried: value.carried.map(Into::into),
        share: share(spec),
    }
}

/// Work that is only passed or failed carries no weight.
fn share(spec: Spec) -> u32 {
    match spec.grading {
        Grading::Marked => spec.weight,
        Grading::PassFail => 0,
    }
}
