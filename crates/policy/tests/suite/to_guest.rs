//! Work as the types that policies themselves are built with, all owned.

use mtl_programme::Mark;
use mtl_programme::assessment as ours;
use ours::ExactMark;

use mtl_policy_sdk::contract as wit;

/// What `decide-module` is given.
pub(crate) fn module_work(work: &ours::ModuleWork) -> wit::ModuleWork {
    wit::ModuleWork {
        module: work.module.clone(),
        credits: work.credits,
        level: work.level,
        flags: work.flags.clone(),
        cohort_start: date(work.cohort_start),
        sitting: work.sitting,
        now: moment(work.now),
        calendar: wit::Calendar {
            weekend: work.calendar.weekend.iter().copied().map(weekday).collect(),
            closed: work.calendar.closed.iter().copied().map(date).collect(),
        },
        components: work.components.iter().map(component).collect(),
    }
}

/// What `decide-award` is given.
pub(crate) fn award_work(work: &ours::AwardWork) -> wit::AwardWork {
    wit::AwardWork {
        award: work.award.clone(),
        credits_required: work.credits_required,
        cohort_start: date(work.cohort_start),
        now: moment(work.now),
        modules: work.modules.iter().map(module_result).collect(),
        imports: work
            .imports
            .iter()
            .map(|import| wit::CreditImport {
                id: import.id.clone(),
                credits: import.credits,
                level: import.level,
                module: import.module.clone(),
                mark: import.mark.map(Mark::hundredths),
            })
            .collect(),
    }
}

fn module_result(result: &ours::ModuleResult) -> wit::ModuleResult {
    wit::ModuleResult {
        module: result.module.clone(),
        credits: result.credits,
        level: result.level,
        flags: result.flags.clone(),
        outcome: module_outcome(result.outcome),
        mark: result.mark.map(Mark::hundredths),
        carried: result.carried.map(exact),
        grade: result.grade.clone(),
        sitting: result.sitting,
        decided: result.decided.map(date),
    }
}

fn component(component: &ours::Component) -> wit::Component {
    wit::Component {
        id: component.id.clone(),
        kind: component.kind.clone(),
        weight: component.weight,
        must_pass: component.must_pass,
        minimum: component.minimum.map(Mark::hundredths),
        grading: grading(component.grading),
        word_limit: component.word_limit,
        elements: component.elements.iter().map(element).collect(),
        attempts: component.attempts.iter().map(attempt).collect(),
    }
}

fn element(element: &ours::Element) -> wit::Element {
    wit::Element {
        id: element.id.clone(),
        weight: element.weight,
        must_pass: element.must_pass,
        minimum: element.minimum.map(Mark::hundredths),
        grading: grading(element.grading),
        word_limit: element.word_limit,
        attempts: element.attempts.iter().map(attempt).collect(),
    }
}

fn attempt(attempt: &ours::Attempt) -> wit::Attempt {
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
        judgements: attempt.judgements.iter().map(judgement).collect(),
    }
}

fn judgement(judgement: &ours::Judgement) -> wit::Judgement {
    wit::Judgement {
        id: judgement.id.clone(),
        assessor: match judgement.assessor {
            ours::Assessor::Coach => wit::Assessor::Coach,
            ours::Assessor::Tutor => wit::Assessor::Tutor,
            ours::Assessor::SecondMarker => wit::Assessor::SecondMarker,
            ours::Assessor::Moderator => wit::Assessor::Moderator,
            ours::Assessor::External => wit::Assessor::External,
        },
        reference: judgement.reference.clone(),
        mark: judgement.mark.map(Mark::hundredths),
        satisfied: judgement.satisfied,
        grade: judgement.grade.clone(),
        criteria: judgement
            .criteria
            .iter()
            .map(|criterion| wit::CriterionJudgement {
                criterion: criterion.criterion.clone(),
                mark: criterion.mark.map(Mark::hundredths),
                satisfied: criterion.satisfied,
                grade: criterion.grade.clone(),
            })
            .collect(),
        at: moment(judgement.at),
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
    use chrono::Timelike;
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

fn date(date: chrono::NaiveDate) -> wit::Date {
    use chrono::Datelike;
    wit::Date {
        year: u16::try_from(date.year()).unwrap_or(0),
        month: u8::try_from(date.month()).unwrap_or(1),
        day: u8::try_from(date.day()).unwrap_or(1),
    }
}
