//! A module decision, held against the work.

use mtl_programme::assessment::{
    Adjustment, Attempt, Component, ExactMark, Grading, Judgement, ModuleDecision, ModuleOutcome,
    ModuleWork, PartOutcome, PartResult,
};

use super::chain::{Ends, check_chain, mean};
use super::outcome::{check_module_outcome, check_part_outcome};
use super::text::{check_adjustments, check_name, check_reason, check_steps};
use super::{AnswerFault, named};
use crate::policy::PolicyRule;

/// Checks everything that can be known about a module decision from the work alone.
pub(crate) fn check_module(
    work: &ModuleWork,
    decision: &ModuleDecision,
    rules: &[PolicyRule],
) -> Result<(), AnswerFault> {
    check_reason(&decision.reason, "the reason of the outcome")?;
    check_name(decision.grade.as_deref(), "the grade")?;
    check_adjustments(&decision.adjustments, rules)?;
    let exists =
        |component: Option<&str>, element: Option<&str>| has_part(work, component, element);
    check_steps(&decision.next_steps, exists)?;
    for adjustment in &decision.adjustments {
        if !exists(
            adjustment.component.as_deref(),
            adjustment.element.as_deref(),
        ) {
            return Err(AnswerFault::Unknown {
                at: "an adjustment".into(),
                named: named(adjustment.component.as_deref().unwrap_or_default()),
            });
        }
    }

    let ids = decision.components.iter().map(|result| &result.id);
    if !ids.eq(work.components.iter().map(|component| &component.id)) {
        return Err(AnswerFault::OtherParts { at: module() });
    }
    for (component, result) in work.components.iter().zip(&decision.components) {
        let own = |adjustment: &&Adjustment| {
            adjustment.component.as_deref() == Some(&component.id) && adjustment.element.is_none()
        };
        let at = || component.id.clone();
        let adjustments = decision.adjustments.iter().filter(own);
        if component.elements.is_empty() {
            if !result.elements.is_empty() {
                return Err(AnswerFault::OtherParts { at: at() });
            }
            let judged = check_basis(&at, &result.part, &component.attempts)?;
            check_part(&at, Tier::of(component), &result.part, judged, adjustments)?;
        } else {
            check_elements(component, result, &decision.adjustments)?;
            let judged = mean(
                result
                    .elements
                    .iter()
                    .map(|element| (element.part.carried, element.part.share)),
            );
            if let Some(basis) = result.part.basis.first() {
                return Err(bad_basis(at(), &basis.judgement));
            }
            let open = matches!(
                result.part.outcome,
                PartOutcome::Awaiting | PartOutcome::Deferred
            );
            let judged = unless_open(open, judged, result.part.judged);
            check_part(&at, Tier::of(component), &result.part, judged, adjustments)?;
        }
    }

    let expected = mean(
        decision
            .components
            .iter()
            .map(|result| (result.part.carried, result.part.share)),
    );
    let open = matches!(
        decision.outcome,
        ModuleOutcome::Incomplete | ModuleOutcome::Defer | ModuleOutcome::Moderate
    );
    let expected = unless_open(open, expected, decision.judged);
    check_mean(module, decision.judged, expected)?;
    let own = decision
        .adjustments
        .iter()
        .filter(|adjustment| adjustment.component.is_none());
    let ends = Ends {
        judged: decision.judged,
        mark: decision.mark,
        carried: decision.carried,
    };
    check_chain(module, own, &ends)?;
    check_module_outcome(work, decision)
}

/// What the checks of a part need to know of it from the work.
#[derive(Clone, Copy)]
struct Tier {
    weight: u32,
    grading: Grading,
}

impl Tier {
    fn of(component: &Component) -> Self {
        Self {
            weight: component.weight,
            grading: component.grading,
        }
    }
}

fn check_elements(
    component: &Component,
    result: &mtl_programme::assessment::ComponentResult,
    adjustments: &[Adjustment],
) -> Result<(), AnswerFault> {
    let ids = result.elements.iter().map(|element| &element.id);
    if !ids.eq(component.elements.iter().map(|element| &element.id)) {
        return Err(AnswerFault::OtherParts {
            at: component.id.clone(),
        });
    }
    for (element, result) in component.elements.iter().zip(&result.elements) {
        let at = || format!("{}/{}", component.id, element.id);
        let own = adjustments.iter().filter(|adjustment| {
            adjustment.component.as_deref() == Some(&component.id)
                && adjustment.element.as_deref() == Some(&element.id)
        });
        let tier = Tier {
            weight: element.weight,
            grading: element.grading,
        };
        let judged = check_basis(&at, &result.part, &element.attempts)?;
        check_part(&at, tier, &result.part, judged, own)?;
    }
    Ok(())
}

fn check_part<'a>(
    at: &dyn Fn() -> String,
    tier: Tier,
    part: &PartResult,
    judged: Option<ExactMark>,
    adjustments: impl Iterator<Item = &'a Adjustment>,
) -> Result<(), AnswerFault> {
    if part.share != 0 && part.share != tier.weight {
        return Err(AnswerFault::BadShare {
            at: at(),
            share: part.share,
            weight: tier.weight,
        });
    }
    check_mean(at, part.judged, judged)?;
    let ends = Ends {
        judged: part.judged,
        mark: part.mark,
        carried: part.carried,
    };
    check_chain(at, adjustments, &ends)?;
    check_part_outcome(at, tier.grading, part)
}

/// The basis of a part, held against its attempts; gives back its exact weighted mean.
fn check_basis(
    at: &dyn Fn() -> String,
    part: &PartResult,
    attempts: &[Attempt],
) -> Result<Option<ExactMark>, AnswerFault> {
    if let Some(number) = part.attempt
        && !attempts.iter().any(|attempt| attempt.number == number)
    {
        return Err(AnswerFault::Unknown {
            at: at(),
            named: format!("attempt {number}"),
        });
    }
    for (index, basis) in part.basis.iter().enumerate() {
        let judgement = attempts
            .iter()
            .flat_map(|attempt| &attempt.judgements)
            .find(|judgement| judgement.id == basis.judgement);
        let twice = part.basis[..index]
            .iter()
            .any(|earlier| earlier.judgement == basis.judgement);
        let borne_out = judgement.is_some_and(|judgement| bears_out(judgement, basis.mark));
        if twice || basis.share == 0 || !borne_out {
            return Err(bad_basis(at(), &basis.judgement));
        }
    }
    Ok(ExactMark::weighted_mean(
        part.basis
            .iter()
            .map(|basis| (basis.mark.into(), basis.share)),
    ))
}

/// A judgement with a mark has that mark; one with a grade alone has the mark that the policy makes
/// of it; one with neither has none.
fn bears_out(judgement: &Judgement, mark: mtl_programme::Mark) -> bool {
    match judgement.mark {
        Some(judged) => judged == mark,
        None => judgement.grade.is_some(),
    }
}

/// What is still open need not have a mean, even where all that carries weight has a mark; if it has
/// one, it has to be right.
fn unless_open(
    open: bool,
    expected: Option<ExactMark>,
    found: Option<ExactMark>,
) -> Option<ExactMark> {
    if open && found.is_none() {
        return None;
    }
    expected
}

fn check_mean(
    at: impl Fn() -> String,
    found: Option<ExactMark>,
    expected: Option<ExactMark>,
) -> Result<(), AnswerFault> {
    if found == expected {
        return Ok(());
    }
    Err(AnswerFault::WrongMean {
        at: at(),
        found,
        expected,
    })
}

fn has_part(work: &ModuleWork, component: Option<&str>, element: Option<&str>) -> bool {
    let Some(id) = component else {
        return element.is_none();
    };
    let Some(component) = work.components.iter().find(|component| component.id == id) else {
        return false;
    };
    element.is_none_or(|id| component.elements.iter().any(|element| element.id == id))
}

fn bad_basis(at: String, judgement: &str) -> AnswerFault {
    AnswerFault::BadBasis {
        at,
        judgement: named(judgement),
    }
}

fn module() -> String {
    "the module".into()
}
