//! Our types as the contract's generated ones, which borrow: nothing is copied before it is written
//! into the policy's memory.
//!
//! A generated list is a slice, so each tier is laid out in one vector, in the order of the work,
//! and the tier above takes its slices off the front.

use chrono::{Datelike, NaiveDate, Timelike};
use mtl_programme::Mark;
use mtl_programme::assessment as ours;
use ours::ExactMark;

use super::wit;

/// Calls with what `decide-module` is given.
pub(crate) fn with_module_work<T>(
    work: &ours::ModuleWork,
    call: impl FnOnce(wit::ModuleWork<'_>) -> T,
) -> T {
    let criteria: Vec<_> = attempts_of(work)
        .flat_map(|attempt| &attempt.judgements)
        .flat_map(|judgement| &judgement.criteria)
        .map(criterion)
        .collect();
    let mut rest = &criteria[..];
    let judgements: Vec<_> = attempts_of(work)
        .flat_map(|attempt| &attempt.judgements)
        .map(|own| judgement(own, take(&mut rest, own.criteria.len())))
        .collect();
    let mut rest = &judgements[..];
    let attempts: Vec<_> = attempts_of(work)
        .map(|own| attempt(own, take(&mut rest, own.judgements.len())))
        .collect();
    let mut rest = &attempts[..];
    let (mut elements, mut of_components) = (Vec::new(), Vec::new());
    for component in &work.components {
        for own in &component.elements {
            elements.push(element(own, take(&mut rest, own.attempts.len())));
        }
        of_components.push(take(&mut rest, component.attempts.len()));
    }
    let mut rest = &elements[..];
    let components: Vec<_> = work
        .components
        .iter()
        .zip(of_components)
        .map(|(own, attempts)| component(own, take(&mut rest, own.elements.len()), attempts))
        .collect();
    let flags: Vec<_> = work.flags.iter().map(String::as_str).collect();
    let weekend: Vec<_> = work.calendar.weekend.iter().copied().map(weekday).collect();
    let closed: Vec<_> = work.calendar.closed.iter().copied().map(date).collect();
    call(wit::ModuleWork {
        module: &work.module,
        credits: work.credits,
        level: work.level,
        flags: &flags,
        cohort_start: date(work.cohort_start),
        sitting: work.sitting,
        now: moment(work.now),
        calendar: wit::Calendar {
            weekend: &weekend,
            closed: &closed,
        },
        components: &components,
    })
}

/// Calls with what `decide-award` is given.
pub(crate) fn with_award_work<T>(
    work: &ours::AwardWork,
    call: impl FnOnce(wit::AwardWork<'_>) -> T,
) -> T {
    let all_flags: Vec<_> = work
        .modules
        .iter()
        .flat_map(|module| &module.flags)
        .map(String::as_str)
        .collect();
    let mut rest = &all_flags[..];
    let modules: Vec<_> = work
        .modules
        .iter()
        .map(|own| module_result(own, take(&mut rest, own.flags.len())))
        .collect();
    let imports: Vec<_> = work
        .imports
        .iter()
        .map(|import| wit::CreditImport {
            id: &import.id,
            credits: import.credits,
            level: import.level,
            module: import.module.as_deref(),
            mark: import.mark.map(Mark::hundredths),
        })
        .collect();
    call(wit::AwardWork {
        award: &work.award,
        credits_required: work.credits_required,
        cohort_start: date(work.cohort_start),
        now: moment(work.now),
        modules: &modules,
        imports: &imports,
    })
}

/// Every attempt: for each component those of its elements, then its own.
fn attempts_of(work: &ours::ModuleWork) -> impl Iterator<Item = &ours::Attempt> {
    work.components.iter().flat_map(|component| {
        let of_elements = component
            .elements
            .iter()
            .flat_map(|element| &element.attempts);
        of_elements.chain(&component.attempts)
    })
}

/// Takes the first so many off a slice; all of it where there are fewer.
fn take<'a, T>(rest: &mut &'a [T], count: usize) -> &'a [T] {
    let (own, others) = rest.split_at_checked(count).unwrap_or((rest, &[]));
    *rest = others;
    own
}

fn module_result<'a>(
    result: &'a ours::ModuleResult,
    flags: &'a [&'a str],
) -> wit::ModuleResult<'a> {
    wit::ModuleResult {
        module: &result.module,
        credits: result.credits,
        level: result.level,
        flags,
        outcome: module_outcome(result.outcome),
        mark: result.mark.map(Mark::hundredths),
        carried: result.carried.map(exact),
        grade: result.grade.as_deref(),
        sitting: result.sitting,
        decided: result.decided.map(date),
    }
}

fn component<'a>(
    component: &'a ours::Component,
    elements: &'a [wit::Element<'a>],
    attempts: &'a [wit::Attempt<'a>],
) -> wit::Component<'a> {
    wit::Component {
        id: &component.id,
        kind: &component.kind,
        weight: component.weight,
        must_pass: component.must_pass,
        minimum: component.minimum.map(Mark::hundredths),
        grading: grading(component.grading),
        word_limit: component.word_limit,
        elements,
        attempts,
    }
}

fn element<'a>(element: &'a ours::Element, attempts: &'a [wit::Attempt<'a>]) -> wit::Element<'a> {
    wit::Element {
        id: &element.id,
        weight: element.weight,
        must_pass: element.must_pass,
        minimum: element.minimum.map(Mark::hundredths),
        grading: grading(element.grading),
        word_limit: element.word_limit,
        attempts,
    }
}

fn attempt<'a>(attempt: &ours::Attempt, judgements: &'a [wit::Judgement<'a>]) -> wit::Attempt<'a> {
    wit::Attempt {
        number: attempt.number,
        counts_as: attempt.counts_as,
        due: attempt.due.map(moment),
        extended_to: attempt.extended_to.map(moment),
        submitted: attempt.submitted.map(moment),
        mitigation: match attempt.mitigation {
            ours::Mitigation::None => wit::Mitigation::None,
            ours::Mitigation::Claimed => wit::Mitigation::Claimed,
            ours::Mitigation::Accepted => wit::Mitigation::Accepted,
            ours::Mitigation::Rejected => wit::Mitigation::Rejected,
        },
        words: attempt.words,
        judgements,
    }
}

fn judgement<'a>(
    judgement: &'a ours::Judgement,
    criteria: &'a [wit::CriterionJudgement<'a>],
) -> wit::Judgement<'a> {
    wit::Judgement {
        id: &judgement.id,
        assessor: match judgement.assessor {
            ours::Assessor::Coach => wit::Assessor::Coach,
            ours::Assessor::Tutor => wit::Assessor::Tutor,
            ours::Assessor::SecondMarker => wit::Assessor::SecondMarker,
            ours::Assessor::Moderator => wit::Assessor::Moderator,
            ours::Assessor::External => wit::Assessor::External,
        },
        reference: &judgement.reference,
        mark: judgement.mark.map(Mark::hundredths),
        satisfied: judgement.satisfied,
        grade: judgement.grade.as_deref(),
        criteria,
        at: moment(judgement.at),
    }
}

fn criterion(criterion: &ours::CriterionJudgement) -> wit::CriterionJudgement<'_> {
    wit::CriterionJudgement {
        criterion: &criterion.criterion,
        mark: criterion.mark.map(Mark::hundredths),
        satisfied: criterion.satisfied,
        grade: criterion.grade.as_deref(),
    }
}

fn grading(grading: ours::Grading) -> wit::Grading {
    match grading {
        ours::Grading::Marked => wit::Grading::Marked,
        ours::Grading::PassFail => wit::Grading::PassFail,
    }
}

fn module_outcome(outcome: ours::ModuleOutcome) -> wit::ModuleOutcome {
    match outcome {
        ours::ModuleOutcome::Pass => wit::ModuleOutcome::Pass,
        ours::ModuleOutcome::Fail => wit::ModuleOutcome::Fail,
        ours::ModuleOutcome::Refer => wit::ModuleOutcome::Refer,
        ours::ModuleOutcome::Defer => wit::ModuleOutcome::Defer,
        ours::ModuleOutcome::Moderate => wit::ModuleOutcome::Moderate,
        ours::ModuleOutcome::Incomplete => wit::ModuleOutcome::Incomplete,
        ours::ModuleOutcome::Compensated => wit::ModuleOutcome::Compensated,
        ours::ModuleOutcome::Condoned => wit::ModuleOutcome::Condoned,
        ours::ModuleOutcome::NonSubmission => wit::ModuleOutcome::NonSubmission,
        ours::ModuleOutcome::Discretion => wit::ModuleOutcome::Discretion,
    }
}

fn weekday(day: ours::Weekday) -> wit::Weekday {
    match day {
        ours::Weekday::Monday => wit::Weekday::Monday,
        ours::Weekday::Tuesday => wit::Weekday::Tuesday,
        ours::Weekday::Wednesday => wit::Weekday::Wednesday,
        ours::Weekday::Thursday => wit::Weekday::Thursday,
        ours::Weekday::Friday => wit::Weekday::Friday,
        ours::Weekday::Saturday => wit::Weekday::Saturday,
        ours::Weekday::Sunday => wit::Weekday::Sunday,
    }
}

fn exact(value: ExactMark) -> wit::ExactMark {
    wit::ExactMark {
        numerator: value.numerator,
        denominator: value.denominator,
    }
}

fn moment(moment: ours::Moment) -> wit::Moment {
    let time = moment.local.time();
    // Hours, minutes and seconds are below 60.
    let small = |value: u32| u8::try_from(value).unwrap_or(0);
    wit::Moment {
        instant: moment.instant,
        date: date(moment.local.date()),
        time: wit::TimeOfDay {
            hour: small(time.hour()),
            minute: small(time.minute()),
            second: small(time.second()),
        },
    }
}

fn date(date: NaiveDate) -> wit::Date {
    wit::Date {
        year: u16::try_from(date.year()).unwrap_or(0),
        month: u8::try_from(date.month()).unwrap_or(1),
        day: u8::try_from(date.day()).unwrap_or(1),
    }
}
