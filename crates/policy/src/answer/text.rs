//! Sizes of texts and lists in an answer, and the names of its rules.

use mtl_programme::assessment::{Adjustment, NextStep};

use super::{AnswerFault, named};
use crate::policy::PolicyRule;

/// Characters of a reason, at most.
const REASON: usize = 2000;
/// Characters of a grade, class or award, at most.
const NAME: usize = 100;
/// Adjustments of one decision, at most.
const ADJUSTMENTS: usize = 2000;
/// Next steps of one decision, at most.
const STEPS: usize = 500;

pub(super) fn check_reason(text: &str, what: &'static str) -> Result<(), AnswerFault> {
    if text.trim().is_empty() || text.len() > REASON {
        return Err(AnswerFault::BadText { what });
    }
    Ok(())
}

pub(super) fn check_name(text: Option<&str>, what: &'static str) -> Result<(), AnswerFault> {
    match text {
        Some(text) if text.trim().is_empty() || text.len() > NAME => {
            Err(AnswerFault::BadText { what })
        }
        _ => Ok(()),
    }
}

pub(super) fn check_adjustments(
    adjustments: &[Adjustment],
    rules: &[PolicyRule],
) -> Result<(), AnswerFault> {
    if adjustments.len() > ADJUSTMENTS {
        return Err(AnswerFault::BadText {
            what: "the list of adjustments",
        });
    }
    for adjustment in adjustments {
        check_reason(&adjustment.reason, "the reason of an adjustment")?;
        if !rules.iter().any(|rule| rule.name == adjustment.rule) {
            return Err(AnswerFault::UnknownRule {
                rule: named(&adjustment.rule),
            });
        }
    }
    Ok(())
}

/// `exists` tells whether the work has the component, and the element in it.
pub(super) fn check_steps(
    steps: &[NextStep],
    exists: impl Fn(Option<&str>, Option<&str>) -> bool,
) -> Result<(), AnswerFault> {
    if steps.len() > STEPS {
        return Err(AnswerFault::BadText {
            what: "the list of next steps",
        });
    }
    for step in steps {
        check_reason(&step.text, "the text of a next step")?;
        if !exists(step.component.as_deref(), step.element.as_deref()) {
            return Err(AnswerFault::Unknown {
                at: "a next step".into(),
                named: named(step.component.as_deref().unwrap_or_default()),
            });
        }
    }
    Ok(())
}
