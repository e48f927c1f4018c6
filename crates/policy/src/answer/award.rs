//! An award decision, held against the work.

use mtl_programme::assessment::{AwardDecision, AwardOutcome, AwardWork, ExactMark, ModuleResult};

use super::chain::{Ends, check_chain};
use super::text::{check_adjustments, check_name, check_reason, check_steps};
use super::{AnswerFault, named};
use crate::policy::PolicyRule;

/// Checks everything that can be known about an award decision from the work alone.
pub(crate) fn check_award(
    work: &AwardWork,
    decision: &AwardDecision,
    rules: &[PolicyRule],
) -> Result<(), AnswerFault> {
    let award = || "the award".to_owned();
    check_reason(&decision.reason, "the reason of the outcome")?;
    check_name(decision.award.as_deref(), "the award's name")?;
    check_name(decision.classification.as_deref(), "the classification")?;
    check_adjustments(&decision.adjustments, rules)?;
    check_steps(&decision.next_steps, |component, _| component.is_none())?;
    if let Some(adjustment) = decision
        .adjustments
        .iter()
        .find(|adjustment| adjustment.component.is_some() || adjustment.element.is_some())
    {
        return Err(AnswerFault::Unknown {
            at: award(),
            named: named(adjustment.component.as_deref().unwrap_or_default()),
        });
    }
    for change in &decision.changes {
        check_reason(&change.reason, "the reason of a change")?;
        find(work, &change.module)?;
    }

    let mut values = Vec::with_capacity(decision.basis.len());
    for (index, basis) in decision.basis.iter().enumerate() {
        let module = find(work, &basis.module)?;
        let twice = decision.basis[..index]
            .iter()
            .any(|earlier| earlier.module == basis.module);
        match module.carried.or(module.mark.map(ExactMark::from)) {
            Some(value) if !twice && basis.share > 0 => values.push((value, basis.share)),
            _ => {
                return Err(AnswerFault::BadBasis {
                    at: award(),
                    judgement: named(&basis.module),
                });
            }
        }
    }
    let expected = ExactMark::weighted_mean(values);
    if decision.judged != expected {
        return Err(AnswerFault::WrongMean {
            at: award(),
            found: decision.judged,
            expected,
        });
    }
    let ends = Ends {
        judged: decision.judged,
        mark: decision.mark,
        carried: decision.carried,
    };
    check_chain(award, decision.adjustments.iter(), &ends)?;
    check_outcome(work, decision)
}

fn check_outcome(work: &AwardWork, decision: &AwardDecision) -> Result<(), AnswerFault> {
    let made = matches!(
        decision.outcome,
        AwardOutcome::Award | AwardOutcome::ExitAward
    );
    let credits = work.modules.iter().map(|module| u64::from(module.credits));
    let imported = work.imports.iter().map(|import| u64::from(import.credits));
    let most: u64 = credits.chain(imported).sum();
    let why = if made && decision.award.is_none() {
        "an award is made, but not named"
    } else if !made && (decision.award.is_some() || decision.classification.is_some()) {
        "no award is made, but one is named or classed"
    } else if u64::from(decision.credits) > most {
        "more credits count than the work has"
    } else if decision.outcome == AwardOutcome::Award && decision.credits < work.credits_required {
        "the award is made with too few credits"
    } else if decision.release && !made && decision.outcome != AwardOutcome::Fail {
        "it is to be released, but is not settled"
    } else {
        return Ok(());
    };
    Err(AnswerFault::Disagrees {
        at: "the award".into(),
        why,
    })
}

fn find<'a>(work: &'a AwardWork, id: &str) -> Result<&'a ModuleResult, AnswerFault> {
    work.modules
        .iter()
        .find(|module| module.module == id)
        .ok_or_else(|| AnswerFault::Unknown {
            at: "the award".into(),
            named: named(id),
        })
}
