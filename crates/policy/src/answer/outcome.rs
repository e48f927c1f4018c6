//! Outcomes and marks have to agree.

use mtl_programme::assessment::{
    ExactMark, Grading, ModuleDecision, ModuleOutcome, ModuleWork, PartOutcome, PartResult,
};

use super::AnswerFault;

/// A part's outcome against its mark and attempt.
pub(super) fn check_part_outcome(
    at: &dyn Fn() -> String,
    grading: Grading,
    part: &PartResult,
) -> Result<(), AnswerFault> {
    let why = match (part.outcome, grading) {
        (PartOutcome::Awaiting | PartOutcome::Deferred, _) if part.carried.is_some() => {
            "it is undecided, but has a mark that is carried"
        }
        (PartOutcome::NotSubmitted, _)
            if part.mark.is_some_and(|mark| mark.hundredths() > 0)
                || part.carried.is_some_and(|value| value.numerator > 0) =>
        {
            "nothing that counts was handed in, but it has marks"
        }
        (
            PartOutcome::Passed
            | PartOutcome::Failed
            | PartOutcome::Referred
            | PartOutcome::Compensated,
            Grading::Marked,
        ) if part.mark.is_none() || part.carried.is_none() => "it is decided, but has no mark",
        (_, Grading::PassFail) if part.mark.is_some() || part.share > 0 => {
            "it is only passed or failed, but has a mark or a share"
        }
        _ => return Ok(()),
    };
    Err(AnswerFault::Disagrees { at: at(), why })
}

/// A module's outcome against its marks, its parts and its recommendation.
pub(super) fn check_module_outcome(
    work: &ModuleWork,
    decision: &ModuleDecision,
) -> Result<(), AnswerFault> {
    let outcome = decision.outcome;
    let parts = || decision.components.iter().map(|result| &result.part);
    let some = |wanted: PartOutcome| parts().any(|part| part.outcome == wanted);
    let best = decision
        .mark
        .map(ExactMark::from)
        .into_iter()
        .chain(decision.carried)
        .max();
    let needs_mark = parts().any(|part| part.share > 0);
    let reaches = match (best, decision.pass_mark) {
        (Some(best), Some(pass_mark)) => best >= pass_mark.into(),
        (None, _) => !needs_mark,
        (Some(_), None) => false,
    };
    let must_pass_missed = work
        .components
        .iter()
        .zip(parts())
        .any(|(component, part)| component.must_pass && part.outcome != PartOutcome::Passed);
    let all_passed = parts().all(|part| part.outcome == PartOutcome::Passed);
    let unsettled = some(PartOutcome::Awaiting) || some(PartOutcome::Deferred);

    let why = match outcome {
        ModuleOutcome::Pass if !reaches => "it passes, but its mark is below the pass mark",
        ModuleOutcome::Pass if must_pass_missed => {
            "it passes, but a component that must be passed is not"
        }
        ModuleOutcome::Pass | ModuleOutcome::Compensated | ModuleOutcome::Condoned if unsettled => {
            "it is decided, but work or a judgement is awaited"
        }
        ModuleOutcome::Compensated | ModuleOutcome::Condoned if needs_mark && best.is_none() => {
            "it is let stand, but has no mark"
        }
        ModuleOutcome::Fail | ModuleOutcome::Refer if reaches && all_passed => {
            "it fails, but its mark and all its components pass"
        }
        ModuleOutcome::Incomplete | ModuleOutcome::Defer if best.is_some() => {
            "it is undecided, but has a mark"
        }
        ModuleOutcome::NonSubmission if best.is_some_and(|best| best.numerator > 0) => {
            "nothing that counts was handed in, but it has marks"
        }
        _ if decision.release && !outcome.is_settled() => {
            "it is to be released, but is not settled"
        }
        _ => return Ok(()),
    };
    Err(AnswerFault::Disagrees {
        at: "the module".into(),
        why,
    })
}
