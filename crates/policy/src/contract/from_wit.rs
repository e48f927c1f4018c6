//! The contract's generated types as ours; a mark beyond the scale is refused on the way.
//!
//! Written against what lies beside it, so that tests can compile it a second time, for the types
//! that policies themselves are built with.

use mtl_programme::Mark;
use mtl_programme::assessment as ours;
use ours::ExactMark;

use super::{AnswerFault, named, wit};

type Answer<T> = Result<T, AnswerFault>;

pub(crate) fn module_decision(decision: wit::ModuleDecision) -> Answer<ours::ModuleDecision> {
    Ok(ours::ModuleDecision {
        outcome: module_outcome(decision.outcome),
        reason: decision.reason,
        pass_mark: mark(decision.pass_mark, "the pass mark")?,
        judged: exact(decision.judged, "the module")?,
        mark: mark(decision.mark, "the module")?,
        carried: exact(decision.carried, "the module")?,
        grade: decision.grade,
        components: each(decision.components, component)?,
        adjustments: each(decision.adjustments, adjustment)?,
        release: decision.release,
        next_steps: decision.next_steps.into_iter().map(next_step).collect(),
    })
}

pub(crate) fn award_decision(decision: wit::AwardDecision) -> Answer<ours::AwardDecision> {
    Ok(ours::AwardDecision {
        outcome: match decision.outcome {
            wit::AwardOutcome::Award => ours::AwardOutcome::Award,
            wit::AwardOutcome::ExitAward => ours::AwardOutcome::ExitAward,
            wit::AwardOutcome::Incomplete => ours::AwardOutcome::Incomplete,
            wit::AwardOutcome::Fail => ours::AwardOutcome::Fail,
            wit::AwardOutcome::Defer => ours::AwardOutcome::Defer,
            wit::AwardOutcome::Discretion => ours::AwardOutcome::Discretion,
        },
        reason: decision.reason,
        award: decision.award,
        classification: decision.classification,
        credits: decision.credits,
        basis: decision
            .basis
            .into_iter()
            .map(|basis| ours::ModuleBasis {
                module: basis.module,
                share: basis.share,
            })
            .collect(),
        judged: exact(decision.judged, "the award")?,
        mark: mark(decision.mark, "the award")?,
        carried: exact(decision.carried, "the award")?,
        changes: decision
            .changes
            .into_iter()
            .map(|change| ours::ModuleChange {
                module: change.module,
                outcome: module_outcome(change.outcome),
                reason: change.reason,
            })
            .collect(),
        adjustments: each(decision.adjustments, adjustment)?,
        release: decision.release,
        next_steps: decision.next_steps.into_iter().map(next_step).collect(),
    })
}

pub(crate) fn refusal(refusal: wit::Refusal) -> ours::Refusal {
    ours::Refusal {
        kind: match refusal.kind {
            wit::RefusalKind::Settings => ours::RefusalKind::Settings,
            wit::RefusalKind::Work => ours::RefusalKind::Work,
            wit::RefusalKind::Unsupported => ours::RefusalKind::Unsupported,
        },
        at: refusal.at,
        reason: refusal.reason,
    }
}

fn each<A, B>(items: Vec<A>, convert: impl Fn(A) -> Answer<B>) -> Answer<Vec<B>> {
    items.into_iter().map(convert).collect()
}

fn component(result: wit::ComponentResult) -> Answer<ours::ComponentResult> {
    Ok(ours::ComponentResult {
        part: part(result.part, &result.id)?,
        elements: each(result.elements, |element| {
            Ok(ours::ElementResult {
                part: part(element.part, &element.id)?,
                id: element.id,
            })
        })?,
        id: result.id,
    })
}

fn part(part: wit::PartResult, id: &str) -> Answer<ours::PartResult> {
    Ok(ours::PartResult {
        outcome: match part.outcome {
            wit::PartOutcome::Passed => ours::PartOutcome::Passed,
            wit::PartOutcome::Failed => ours::PartOutcome::Failed,
            wit::PartOutcome::Referred => ours::PartOutcome::Referred,
            wit::PartOutcome::Deferred => ours::PartOutcome::Deferred,
            wit::PartOutcome::Awaiting => ours::PartOutcome::Awaiting,
            wit::PartOutcome::NotSubmitted => ours::PartOutcome::NotSubmitted,
            wit::PartOutcome::Compensated => ours::PartOutcome::Compensated,
        },
        attempt: part.attempt,
        basis: each(part.basis, |basis| {
            Ok(ours::Basis {
                mark: one_mark(basis.mark, id)?,
                judgement: basis.judgement,
                share: basis.share,
            })
        })?,
        judged: exact(part.judged, id)?,
        mark: mark(part.mark, id)?,
        carried: exact(part.carried, id)?,
        share: part.share,
    })
}

fn adjustment(adjustment: wit::Adjustment) -> Answer<ours::Adjustment> {
    Ok(ours::Adjustment {
        before: exact(adjustment.before, &adjustment.rule)?,
        after: exact(adjustment.after, &adjustment.rule)?,
        rule: adjustment.rule,
        component: adjustment.component,
        element: adjustment.element,
        track: match adjustment.track {
            wit::Track::Both => ours::Track::Both,
            wit::Track::ForRecord => ours::Track::ForRecord,
            wit::Track::Carried => ours::Track::Carried,
        },
        reason: adjustment.reason,
    })
}

fn next_step(step: wit::NextStep) -> ours::NextStep {
    ours::NextStep {
        kind: match step.kind {
            wit::StepKind::Submit => ours::StepKind::Submit,
            wit::StepKind::Resubmit => ours::StepKind::Resubmit,
            wit::StepKind::AwaitJudgement => ours::StepKind::AwaitJudgement,
            wit::StepKind::SecondMark => ours::StepKind::SecondMark,
            wit::StepKind::Moderate => ours::StepKind::Moderate,
            wit::StepKind::AwaitMitigation => ours::StepKind::AwaitMitigation,
            wit::StepKind::Board => ours::StepKind::Board,
            wit::StepKind::Retake => ours::StepKind::Retake,
        },
        component: step.component,
        element: step.element,
        text: step.text,
    }
}

fn module_outcome(outcome: wit::ModuleOutcome) -> ours::ModuleOutcome {
    match outcome {
        wit::ModuleOutcome::Pass => ours::ModuleOutcome::Pass,
        wit::ModuleOutcome::Fail => ours::ModuleOutcome::Fail,
        wit::ModuleOutcome::Refer => ours::ModuleOutcome::Refer,
        wit::ModuleOutcome::Defer => ours::ModuleOutcome::Defer,
        wit::ModuleOutcome::Moderate => ours::ModuleOutcome::Moderate,
        wit::ModuleOutcome::Incomplete => ours::ModuleOutcome::Incomplete,
        wit::ModuleOutcome::Compensated => ours::ModuleOutcome::Compensated,
        wit::ModuleOutcome::Condoned => ours::ModuleOutcome::Condoned,
        wit::ModuleOutcome::NonSubmission => ours::ModuleOutcome::NonSubmission,
        wit::ModuleOutcome::Discretion => ours::ModuleOutcome::Discretion,
    }
}

fn one_mark(hundredths: u32, at: &str) -> Answer<Mark> {
    Mark::from_hundredths(hundredths).map_err(|_| AnswerFault::MarkOutOfRange {
        at: named(at),
        hundredths: hundredths.into(),
    })
}

fn mark(hundredths: Option<u32>, at: &str) -> Answer<Option<Mark>> {
    hundredths.map(|mark| one_mark(mark, at)).transpose()
}

fn exact(value: Option<wit::ExactMark>, at: &str) -> Answer<Option<ExactMark>> {
    let Some(value) = value else {
        return Ok(None);
    };
    let value = ExactMark {
        numerator: value.numerator,
        denominator: value.denominator,
    };
    if value.is_valid() {
        return Ok(Some(value));
    }
    Err(AnswerFault::NotAMark {
        at: named(at),
        numerator: value.numerator,
        denominator: value.denominator,
    })
}
