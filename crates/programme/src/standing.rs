//! Where a participant stands in a module, and what is next: worked out from the states of their
//! attempts and the released decision alone, so that the page can never disagree with the store.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::assessment::{ComponentResult, ModuleDecision, ModuleOutcome, PartOutcome};
use crate::attempt::{AttemptDates, AttemptState, Timeliness};
use crate::catalogue::{Activity, Module};
use crate::mark::Mark;
use crate::role::ProgrammeRole;

/// What is known about one attempt of the participant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttemptFacts {
    /// The activity's id.
    pub activity: String,
    /// Counts from 1.
    pub number: u32,
    /// Its state.
    pub state: AttemptState,
    /// Its dates.
    pub dates: AttemptDates,
    /// Who has judged it so far.
    pub judged_by: Vec<ProgrammeRole>,
}

/// Where the participant stands in one module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleStanding {
    /// The module's id.
    pub module: String,
    /// The module's credits.
    pub credits: u32,
    /// Where it stands as a whole.
    pub state: ModuleState,
    /// The released mark.
    pub mark: Option<Mark>,
    /// One for each activity, in the order of the catalogue.
    pub activities: Vec<ActivityStanding>,
}

/// Where a module stands as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModuleState {
    /// Nothing was begun.
    NotBegun,
    /// Something waits for the participant.
    InProgress,
    /// Everything assessed is handed in; the result is awaited.
    AwaitingResult,
    /// A decision was released.
    Released(ModuleOutcome),
}

/// Where one activity stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActivityStanding {
    /// The activity's id.
    pub activity: String,
    /// The number of the latest attempt, 0 if there is none.
    pub attempt: u32,
    /// Where it stands.
    pub state: ActivityState,
    /// The released mark of the component that it feeds.
    pub mark: Option<Mark>,
    /// How the latest attempt stands to its date.
    pub timeliness: Timeliness,
}

/// Where an activity stands, as its participant sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityState {
    /// Its kind is not there yet in this version.
    NotBuilt,
    /// Not begun.
    NotBegun,
    /// A draft is being written.
    InProgress,
    /// Handed in and not assessed: nothing more is needed.
    Done,
    /// Handed in; judgements are awaited.
    AwaitingJudgement,
    /// Judged; the result is not released.
    AwaitingRelease,
    /// Released: asks for a further attempt, which the tutor has not opened yet.
    Referred,
    /// Released: put off.
    Deferred,
    /// Released: passed.
    Passed,
    /// Released: failed for good.
    Failed,
    /// Released: nothing that counts was handed in.
    Missed,
}

impl ActivityState {
    /// What the participant reads, as a short sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotBuilt => "This kind of activity cannot be done here yet.",
            Self::NotBegun => "Not begun.",
            Self::InProgress => "You are working on it.",
            Self::Done => "Done.",
            Self::AwaitingJudgement => "Submitted. Your coach and tutor are reading it.",
            Self::AwaitingRelease => "Judged. The result has not been released yet.",
            Self::Referred => "Referred. Read the comments; your tutor opens your next attempt.",
            Self::Deferred => "Put off. Your tutor will tell you the new date.",
            Self::Passed => "Passed.",
            Self::Failed => "Not passed.",
            Self::Missed => "Nothing was submitted in time.",
        }
    }

    /// Whether the participant can do something now.
    pub const fn waits_for_participant(self) -> bool {
        matches!(self, Self::NotBegun | Self::InProgress)
    }

    /// The stable name, for style sheets and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotBuilt => "not-built",
            Self::NotBegun => "not-begun",
            Self::InProgress => "in-progress",
            Self::Done => "done",
            Self::AwaitingJudgement => "awaiting-judgement",
            Self::AwaitingRelease => "awaiting-release",
            Self::Referred => "referred",
            Self::Deferred => "deferred",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Missed => "missed",
        }
    }
}

/// Works out where a participant stands in a module. `attempts` may hold those of other modules;
/// `released` is the latest decision that was released to the participant, and nothing else: a mark
/// that is not released cannot be seen through this.
pub fn module_standing(
    module: &Module,
    attempts: &[AttemptFacts],
    released: Option<&ModuleDecision>,
    now: DateTime<Utc>,
) -> ModuleStanding {
    let activities: Vec<ActivityStanding> = module
        .activities
        .iter()
        .map(|activity| {
            let result = released.and_then(|decision| find_result(decision, activity));
            activity_standing(activity, attempts, result, now)
        })
        .collect();
    ModuleStanding {
        module: module.id.clone(),
        credits: module.credits,
        state: module_state(module, &activities, released),
        mark: released.and_then(|decision| decision.mark),
        activities,
    }
}

fn find_result<'a>(
    decision: &'a ModuleDecision,
    activity: &Activity,
) -> Option<&'a ComponentResult> {
    let feeds = activity.feeds.as_deref()?;
    decision.components.iter().find(|result| result.id == feeds)
}

fn activity_standing(
    activity: &Activity,
    attempts: &[AttemptFacts],
    result: Option<&ComponentResult>,
    now: DateTime<Utc>,
) -> ActivityStanding {
    let latest = attempts
        .iter()
        .filter(|attempt| attempt.activity == activity.id)
        .max_by_key(|attempt| attempt.number);
    let number = latest.map_or(0, |attempt| attempt.number);
    // A result says nothing about attempts that were opened after it.
    let result = result
        .map(|result| &result.part)
        .filter(|part| latest.is_none() || part.attempt.is_none_or(|counted| counted >= number));
    let own = own_state(activity, latest);
    let state = match result.map(|part| part.outcome) {
        Some(PartOutcome::Passed | PartOutcome::Compensated) => ActivityState::Passed,
        Some(PartOutcome::Failed) => ActivityState::Failed,
        Some(PartOutcome::Referred) if !own.waits_for_participant() => ActivityState::Referred,
        Some(PartOutcome::Deferred) if !own.waits_for_participant() => ActivityState::Deferred,
        Some(PartOutcome::NotSubmitted) if number <= 1 => ActivityState::Missed,
        _ => own,
    };
    ActivityStanding {
        activity: activity.id.clone(),
        attempt: number,
        state,
        mark: result.and_then(|part| part.mark),
        timeliness: latest.map_or(Timeliness::NoDate, |attempt| attempt.dates.timeliness(now)),
    }
}

/// The state without any result.
fn own_state(activity: &Activity, latest: Option<&AttemptFacts>) -> ActivityState {
    match latest {
        None if !activity.kind.is_built() => ActivityState::NotBuilt,
        None => ActivityState::NotBegun,
        Some(attempt) => match attempt.state {
            AttemptState::Draft => ActivityState::InProgress,
            _ if !activity.is_assessed() => ActivityState::Done,
            AttemptState::Referred => ActivityState::Referred,
            _ if attempt.judged_by.iter().any(|role| role.must_give_mark()) => {
                ActivityState::AwaitingRelease
            }
            _ => ActivityState::AwaitingJudgement,
        },
    }
}

fn module_state(
    module: &Module,
    activities: &[ActivityStanding],
    released: Option<&ModuleDecision>,
) -> ModuleState {
    let waiting = |standing: &&ActivityStanding| standing.state.waits_for_participant();
    if let Some(decision) = released {
        // A further attempt that is being written counts for more than the decision before it.
        let reopened = activities
            .iter()
            .any(|standing| standing.attempt > 1 && standing.mark.is_none() && waiting(&standing));
        let resubmitted = activities.iter().any(|standing| {
            standing.attempt > 1
                && matches!(
                    standing.state,
                    ActivityState::AwaitingJudgement | ActivityState::AwaitingRelease
                )
        });
        return match (reopened, resubmitted) {
            (true, _) => ModuleState::InProgress,
            (false, true) => ModuleState::AwaitingResult,
            (false, false) => ModuleState::Released(decision.outcome),
        };
    }
    if activities.iter().all(|standing| standing.attempt == 0) {
        return ModuleState::NotBegun;
    }
    let assessed_waiting = activities
        .iter()
        .filter(|standing| {
            module
                .find_activity(&standing.activity)
                .is_some_and(Activity::is_assessed)
        })
        .any(|standing| {
            standing.state.waits_for_participant() || standing.state == ActivityState::NotBuilt
        });
    if assessed_waiting {
        ModuleState::InProgress
    } else {
        ModuleState::AwaitingResult
    }
}

/// What a participant should do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WhatNext<'a> {
    /// The module's standing.
    pub module: &'a ModuleStanding,
    /// The activity's standing.
    pub activity: &'a ActivityStanding,
}

impl WhatNext<'_> {
    /// The words of the button that leads there.
    pub const fn invitation(&self) -> &'static str {
        match (self.activity.state, self.activity.attempt) {
            (ActivityState::InProgress, 0 | 1) => "Go on with it",
            (ActivityState::InProgress, _) => "Go on with your next attempt",
            _ => "Begin",
        }
    }
}

/// The one thing to do next over all modules, in the order of the catalogue: what is overdue, then
/// further attempts, then drafts with the least time left, then drafts without a date, then the
/// first activity that is not begun. `None`: nothing waits for the participant.
pub fn find_next(modules: &[ModuleStanding]) -> Option<WhatNext<'_>> {
    modules
        .iter()
        .flat_map(|module| {
            module
                .activities
                .iter()
                .map(move |activity| WhatNext { module, activity })
        })
        .filter(|next| next.activity.state.waits_for_participant())
        .min_by_key(|next| urgency(next.activity))
}

/// Smaller is more urgent; equals keep the order of the catalogue.
fn urgency(standing: &ActivityStanding) -> (u8, i64) {
    match (standing.state, standing.timeliness) {
        (ActivityState::InProgress, Timeliness::Overdue(by)) => (0, -by.num_seconds()),
        (ActivityState::InProgress, _) if standing.attempt > 1 => (1, 0),
        (ActivityState::InProgress, Timeliness::TimeLeft(left)) => (2, left.num_seconds()),
        (ActivityState::InProgress, _) => (3, 0),
        _ => (4, 0),
    }
}

/// The credits of the modules whose released decision passes them.
pub fn credits_earned(modules: &[ModuleStanding]) -> u32 {
    modules
        .iter()
        .filter(|standing| {
            matches!(
                standing.state,
                ModuleState::Released(
                    ModuleOutcome::Pass | ModuleOutcome::Compensated | ModuleOutcome::Condoned
                )
            )
        })
        .map(|standing| standing.credits)
        .sum()
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
