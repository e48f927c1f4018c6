//! One attempt: what its judgements, its lateness and its caps make of it.

use mtl_policy_sdk::calendar::working_days_between;
use mtl_policy_sdk::contract::{
    Adjustment, Assessor, Attempt, Basis, Calendar, Date, Grading, Judgement, Mitigation,
    ModuleWork, Moment, StepKind, Track, Weekday,
};
use mtl_policy_sdk::late::LateResult;
use mtl_policy_sdk::markers::Given;
use mtl_policy_sdk::{Day, Exact, Lateness, Resolved, cap, resolve};

use crate::part::Place;
use crate::settings::{CapScope, Settings, Step};

/// What an attempt came to.
pub(crate) enum Came {
    /// Nothing can be said yet: the step that is missing, and its text.
    Open(StepKind, String),
    /// Nothing that counts was handed in.
    Nothing(Value),
    /// It was judged by a mark.
    Marked(Value),
    /// It was passed or failed.
    Satisfied(bool),
}

/// A mark on its way: where it began, where it stands, and what was done to it.
#[derive(Default)]
pub(crate) struct Value {
    pub(crate) basis: Vec<Basis>,
    pub(crate) judged: Option<Exact>,
    pub(crate) record: Option<Exact>,
    pub(crate) carried: Option<Exact>,
    pub(crate) adjustments: Vec<Adjustment>,
}

impl Value {
    pub(crate) fn begin(judged: Option<Exact>) -> Self {
        Self {
            judged,
            record: judged,
            carried: judged,
            ..Self::default()
        }
    }

    /// Changes the value on a track and says so.
    fn adjust(&mut self, place: Place<'_>, rule: &str, track: Track, change: Change) {
        let before = match track {
            Track::ForRecord => self.record,
            Track::Both | Track::Carried => self.carried,
        };
        if track != Track::Carried {
            self.record = change.after;
        }
        if track != Track::ForRecord {
            self.carried = change.after;
        }
        self.adjustments.push(Adjustment {
            rule: rule.to_owned(),
            component: place.component.map(str::to_owned),
            element: place.element.map(str::to_owned),
            track,
            before: before.map(Into::into),
            after: change.after.map(Into::into),
            reason: change.reason,
        });
    }

    /// Rounds by a step of the pipeline.
    pub(crate) fn round(&mut self, place: Place<'_>, step: Step) {
        if self.record == self.carried && step.carry_rounded {
            if let Some((after, reason)) = self.record.and_then(|value| step.rounding.apply(value))
            {
                self.adjust(place, "rounding", Track::Both, Change::to(after, reason));
            }
            return;
        }
        if let Some((after, reason)) = self.record.and_then(|value| step.rounding.apply(value)) {
            self.adjust(
                place,
                "rounding",
                Track::ForRecord,
                Change::to(after, reason),
            );
        }
        if step.carry_rounded
            && let Some((after, reason)) = self.carried.and_then(|value| step.rounding.apply(value))
        {
            self.adjust(place, "rounding", Track::Carried, Change::to(after, reason));
        }
    }

    /// Caps what is carried, and the record too unless it shows the full mark.
    pub(crate) fn cap(&mut self, place: Place<'_>, settings: &Settings, at: u32, what: &str) {
        let Some((after, reason)) = self.carried.and_then(|value| cap(value, at, what)) else {
            return;
        };
        let track = if settings.cap.record_full || self.record != self.carried {
            Track::Carried
        } else {
            Track::Both
        };
        self.adjust(place, "cap", track, Change::to(after, reason));
        if !settings.cap.record_full
            && let Some((after, reason)) = self.record.and_then(|value| cap(value, at, what))
        {
            self.adjust(place, "cap", Track::ForRecord, Change::to(after, reason));
        }
    }
}

struct Change {
    after: Option<Exact>,
    reason: String,
}

impl Change {
    fn to(after: Exact, reason: String) -> Self {
        Self {
            after: Some(after),
            reason,
        }
    }
}

/// What an attempt is judged by.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) work: &'a ModuleWork,
    pub(crate) pass_mark: u32,
}

/// Evaluates one attempt up to, but without, the rounding of its tier.
pub(crate) fn evaluate(
    rules: Rules<'_>,
    place: Place<'_>,
    grading: Grading,
    attempt: &Attempt,
) -> Came {
    let number = attempt.number;
    if attempt.mitigation == Mitigation::Claimed {
        let text = format!("The claim of mitigation for attempt {number} has to be decided.");
        return Came::Open(StepKind::AwaitMitigation, text);
    }
    let deadline = attempt.extended_to.as_ref().or(attempt.due.as_ref());
    let Some(submitted) = &attempt.submitted else {
        let passed = deadline.is_some_and(|deadline| rules.work.now.instant > deadline.instant);
        if passed && attempt.mitigation != Mitigation::Accepted {
            return nothing(
                rules,
                place,
                grading,
                "Nothing was handed in by the deadline.",
            );
        }
        let text = format!("Attempt {number} has to be handed in.");
        return Came::Open(StepKind::Submit, text);
    };
    let lateness = deadline.map_or_else(Lateness::default, |deadline| {
        lateness(deadline, submitted, &rules.work.calendar)
    });
    match grading {
        Grading::PassFail => evaluate_pass_fail(rules, place, attempt, lateness),
        Grading::Marked => evaluate_marked(rules, place, attempt, lateness),
    }
}

fn evaluate_pass_fail(
    rules: Rules<'_>,
    place: Place<'_>,
    attempt: &Attempt,
    lateness: Lateness,
) -> Came {
    let satisfied = [Assessor::Moderator, Assessor::Tutor]
        .iter()
        .find_map(|assessor| latest(attempt, *assessor, |judgement| judgement.satisfied));
    let Some((_, satisfied)) = satisfied else {
        return await_judgement(attempt, "the tutor");
    };
    // A penalty in marks means nothing here; being too late to count does.
    let full = Exact::hundredths(10_000);
    match late_rule(rules, attempt).apply(full, lateness, rules.pass_mark) {
        LateResult::NonSubmission(_) => Came::Nothing(Value::default()),
        LateResult::Changed(after, _) if after == Exact::ZERO => {
            nothing(rules, place, Grading::PassFail, "")
        }
        _ => Came::Satisfied(satisfied),
    }
}

fn evaluate_marked(
    rules: Rules<'_>,
    place: Place<'_>,
    attempt: &Attempt,
    lateness: Lateness,
) -> Came {
    let of = |assessor| latest(attempt, assessor, |judgement| judgement.mark);
    let given = [
        of(Assessor::Coach),
        of(Assessor::Tutor),
        of(Assessor::SecondMarker),
        of(Assessor::Moderator),
    ];
    let [coach, tutor, second, moderator] = given.map(|found| found.map(|(_, mark)| mark));
    let marks = Given {
        coach,
        tutor,
        second,
        moderator,
    };
    let shares = match resolve(rules.settings.markers, marks, rules.pass_mark) {
        Resolved::Shares(shares) => shares,
        Resolved::Awaiting(whom) => return await_judgement(attempt, whom),
        Resolved::Moderate(why) => return Came::Open(StepKind::Moderate, why),
    };
    let counted = || {
        given
            .into_iter()
            .zip(shares)
            .filter(|(_, share)| *share > 0)
    };
    let values = counted().filter_map(|(found, share)| Some((found?, share)));
    let judged = Exact::weighted_mean(
        values
            .clone()
            .map(|((_, mark), share)| (Exact::hundredths(mark), share)),
    );
    let mut value = Value::begin(judged);
    value.basis = values
        .map(|((judgement, mark), share)| Basis {
            judgement: judgement.id.clone(),
            mark,
            share,
        })
        .collect();

    let capped = rules.settings.cap.scope == CapScope::Component && attempt.counts_as > 1;
    let at = rules.settings.cap.mark.unwrap_or(rules.pass_mark);
    if capped && rules.settings.cap.before_late {
        let what = format!("attempt {}", attempt.counts_as);
        value.cap(place, rules.settings, at, &what);
    }
    if let Some(too_late) = penalise(rules, place, attempt, lateness, &mut value) {
        return too_late;
    }
    if capped && !rules.settings.cap.before_late {
        let what = format!("attempt {}", attempt.counts_as);
        value.cap(place, rules.settings, at, &what);
    }
    Came::Marked(value)
}

/// Takes off what lateness costs; gives an end where the work is too late to count.
fn penalise(
    rules: Rules<'_>,
    place: Place<'_>,
    attempt: &Attempt,
    lateness: Lateness,
    value: &mut Value,
) -> Option<Came> {
    if lateness.seconds == 0 {
        return None;
    }
    let rule = late_rule(rules, attempt);
    let apply = |mark: Option<Exact>| {
        mark.map_or(LateResult::Unchanged, |mark| {
            rule.apply(mark, lateness, rules.pass_mark)
        })
    };
    // A cap before it may have parted what is carried from the record.
    let tracks: &[Track] = if value.record == value.carried {
        &[Track::Both]
    } else {
        &[Track::ForRecord, Track::Carried]
    };
    let mut too_late = false;
    for track in tracks {
        let before = if *track == Track::ForRecord {
            value.record
        } else {
            value.carried
        };
        let change = match apply(before) {
            LateResult::Unchanged => continue,
            LateResult::Changed(after, reason) => Change::to(after, reason),
            LateResult::NonSubmission(reason) => {
                too_late = true;
                Change {
                    after: None,
                    reason,
                }
            }
        };
        value.adjust(place, "late", *track, change);
    }
    too_late.then(|| Came::Nothing(std::mem::take(value)))
}

fn late_rule<'a>(rules: Rules<'a>, attempt: &Attempt) -> &'a mtl_policy_sdk::LateRule {
    match &rules.settings.late_resits {
        Some(rule) if attempt.counts_as > 1 => rule,
        _ => &rules.settings.late,
    }
}

fn nothing(rules: Rules<'_>, place: Place<'_>, grading: Grading, why: &str) -> Came {
    let mut value = Value::default();
    if rules.settings.zero_for_nothing && grading == Grading::Marked {
        let change = Change::to(Exact::ZERO, format!("{why} It has a mark of 0."));
        value.adjust(place, "non-submission", Track::Both, change);
    }
    Came::Nothing(value)
}

fn await_judgement(attempt: &Attempt, whom: &str) -> Came {
    let text = format!("Attempt {} has to be judged by {whom}.", attempt.number);
    Came::Open(StepKind::AwaitJudgement, text)
}

/// The latest judgement of an assessor that says anything.
fn latest<T>(
    attempt: &Attempt,
    assessor: Assessor,
    said: impl Fn(&Judgement) -> Option<T>,
) -> Option<(&Judgement, T)> {
    attempt
        .judgements
        .iter()
        .filter(|judgement| judgement.assessor == assessor)
        .filter_map(|judgement| Some((judgement, said(judgement)?)))
        .reduce(|one, next| {
            if next.0.at.instant >= one.0.at.instant {
                next
            } else {
                one
            }
        })
}

fn lateness(deadline: &Moment, submitted: &Moment, calendar: &Calendar) -> Lateness {
    let seconds = u64::try_from(submitted.instant - deadline.instant).unwrap_or(0);
    if seconds == 0 {
        return Lateness::default();
    }
    let day = |date: &Date| Day::from_date(date.year, date.month, date.day);
    let (from, to) = (day(&deadline.date), day(&submitted.date));
    let weekend = calendar.weekend.iter().fold(0, |bits, weekday| {
        bits | match weekday {
            Weekday::Monday => 1,
            Weekday::Tuesday => 1 << 1,
            Weekday::Wednesday => 1 << 2,
            Weekday::Thursday => 1 << 3,
            Weekday::Friday => 1 << 4,
            Weekday::Saturday => 1 << 5,
            Weekday::Sunday => 1 << 6,
        }
    });
    let closed = |on: Day| calendar.closed.iter().any(|date| day(date) == on);
    Lateness {
        seconds,
        calendar_days: u32::try_from(to.0 - from.0).unwrap_or(0),
        working_days: working_days_between(from, to, weekend, closed),
    }
}
