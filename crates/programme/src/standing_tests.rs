//! Tests of standing and coverage, over a module with two scenarios and an observation.

use super::*;
use crate::assessment::PartResult;
use crate::catalogue::{Programme, parse_programme};
use crate::coverage::strand_coverage;

const CATALOGUE: &str = r#"
[programme]
id = "p"
title = "P"
award = "A"
level = 7
credits = 30
summary = "S"

[[criteria_sets]]
id = "set"
title = "T"
guidance = "G"
bands = [{ id = "all", title = "All", from = 0, passes = true, description = "D" }]
criteria = [{ id = "c", title = "C", guidance = "G", bands = { all = "A" } }]

[[phases]]
id = "ph"
title = "T"
summary = "S"

[[phases.modules]]
id = "m"
title = "T"
credits = 30
summary = "S"
components = [
  { id = "a", title = "A", weight = 40, criteria = "set" },
  { id = "b", title = "B", weight = 60, criteria = "set", must_pass = true },
]

[[phases.modules.activities]]
id = "watch"
title = "Watch"
kind = "peer-observation"
strands = [4]
instructions = "I"

[[phases.modules.activities]]
id = "first"
title = "First"
kind = "professional-scenario"
strands = [1, 3]
feeds = "a"
instructions = "I"
prompts = { context = "C", plan = "P", evidence = "E", analysis = "A", reflection = "R", impact = "I" }

[[phases.modules.activities]]
id = "second"
title = "Second"
kind = "professional-scenario"
strands = [3]
feeds = "b"
instructions = "I"
prompts = { context = "C", plan = "P", evidence = "E", analysis = "A", reflection = "R", impact = "I" }
"#;

fn programme() -> Programme {
    parse_programme("test.toml", CATALOGUE).unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_760_000_000, 0).unwrap()
}

fn attempt(activity: &str, number: u32, state: AttemptState) -> AttemptFacts {
    AttemptFacts {
        activity: activity.to_owned(),
        number,
        state,
        dates: AttemptDates::default(),
        judged_by: Vec::new(),
    }
}

fn due_in(hours: i64, mut facts: AttemptFacts) -> AttemptFacts {
    facts.dates.due = Some(now() + chrono::TimeDelta::hours(hours));
    facts
}

fn judged(by: &[ProgrammeRole], mut facts: AttemptFacts) -> AttemptFacts {
    facts.judged_by = by.to_vec();
    facts
}

fn result(id: &str, outcome: PartOutcome, attempt: u32, mark: u32) -> ComponentResult {
    ComponentResult {
        id: id.to_owned(),
        part: PartResult {
            outcome,
            attempt: Some(attempt),
            basis: Vec::new(),
            judged: None,
            mark: Mark::from_whole(mark).ok(),
            carried: None,
            share: 1,
        },
        elements: Vec::new(),
    }
}

fn decision(
    outcome: ModuleOutcome,
    mark: Option<u32>,
    components: Vec<ComponentResult>,
) -> ModuleDecision {
    ModuleDecision {
        outcome,
        reason: String::new(),
        pass_mark: None,
        judged: None,
        mark: mark.and_then(|mark| Mark::from_whole(mark).ok()),
        carried: None,
        grade: None,
        components,
        adjustments: Vec::new(),
        release: false,
        next_steps: Vec::new(),
    }
}

/// "module state | first | second | what is next", with marks in brackets.
fn told(attempts: &[AttemptFacts], released: Option<&ModuleDecision>) -> String {
    let programme = programme();
    let module = programme.find_module("m").unwrap();
    let standing = module_standing(module, attempts, released, now());
    let state = match standing.state {
        ModuleState::NotBegun => "not begun".to_owned(),
        ModuleState::InProgress => "in progress".to_owned(),
        ModuleState::AwaitingResult => "awaiting result".to_owned(),
        ModuleState::Released(outcome) => format!("released {outcome:?}"),
    };
    let activities: Vec<String> = standing.activities[1..]
        .iter()
        .map(|activity| match activity.mark {
            Some(mark) => format!("{} ({})", activity.state.as_str(), mark.short()),
            None => activity.state.as_str().to_owned(),
        })
        .collect();
    let modules = [standing];
    let next = find_next(&modules).map_or_else(
        || "nothing".to_owned(),
        |next| format!("{} {}", next.invitation(), next.activity.activity),
    );
    format!("{state} | {} | {next}", activities.join(" | "))
}

#[test]
fn from_the_first_word_to_the_released_mark() {
    use AttemptState::{Draft, Submitted};
    use ProgrammeRole::{Coach, Tutor};
    let first = |state| attempt("first", 1, state);
    let second = |state| attempt("second", 1, state);
    assert_eq!(
        told(&[], None),
        "not begun | not-begun | not-begun | Begin first"
    );
    assert_eq!(
        told(&[first(Draft)], None),
        "in progress | in-progress | not-begun | Go on with it first"
    );
    assert_eq!(
        told(&[first(Submitted)], None),
        "in progress | awaiting-judgement | not-begun | Begin second"
    );
    // A coach's word alone is not the university's judgement.
    assert_eq!(
        told(
            &[judged(&[Coach], first(Submitted)), second(Submitted)],
            None
        ),
        "awaiting result | awaiting-judgement | awaiting-judgement | nothing"
    );
    let both = [
        judged(&[Coach, Tutor], first(Submitted)),
        judged(&[Tutor], second(Submitted)),
    ];
    assert_eq!(
        told(&both, None),
        "awaiting result | awaiting-release | awaiting-release | nothing"
    );
    let passed = decision(
        ModuleOutcome::Pass,
        Some(61),
        vec![
            result("a", PartOutcome::Passed, 1, 55),
            result("b", PartOutcome::Passed, 1, 65),
        ],
    );
    assert_eq!(
        told(&both, Some(&passed)),
        "released Pass | passed (55) | passed (65) | nothing"
    );
}

#[test]
fn a_referred_part_is_followed_through_its_second_attempt() {
    use AttemptState::{Draft, Referred, Reopened, Settled, Submitted};
    use ProgrammeRole::Tutor;
    let first = attempt("first", 1, Settled);
    let referred = decision(
        ModuleOutcome::Refer,
        Some(46),
        vec![
            result("a", PartOutcome::Passed, 1, 55),
            result("b", PartOutcome::Referred, 1, 40),
        ],
    );
    let one = |state| attempt("second", 1, state);
    let two = |state| attempt("second", 2, state);
    assert_eq!(
        told(&[first.clone(), one(Referred)], Some(&referred)),
        "released Refer | passed (55) | referred (40) | nothing"
    );
    assert_eq!(
        told(&[first.clone(), one(Reopened), two(Draft)], Some(&referred)),
        "in progress | passed (55) | in-progress | Go on with your next attempt second"
    );
    assert_eq!(
        told(
            &[first.clone(), one(Reopened), two(Submitted)],
            Some(&referred)
        ),
        "awaiting result | passed (55) | awaiting-judgement | nothing"
    );
    let capped = decision(
        ModuleOutcome::Pass,
        Some(52),
        vec![
            result("a", PartOutcome::Passed, 1, 55),
            result("b", PartOutcome::Passed, 2, 50),
        ],
    );
    assert_eq!(
        told(
            &[first, one(Reopened), judged(&[Tutor], two(Settled))],
            Some(&capped)
        ),
        "released Pass | passed (55) | passed (50) | nothing"
    );
}

#[test]
fn other_results_have_their_own_words() {
    use AttemptState::{Draft, Submitted};
    let first = attempt("first", 1, Submitted);
    for (outcome, attempts, expected) in [
        (
            PartOutcome::Failed,
            vec![attempt("second", 1, Submitted)],
            "failed",
        ),
        (
            PartOutcome::Compensated,
            vec![attempt("second", 1, Submitted)],
            "passed",
        ),
        (
            PartOutcome::Deferred,
            vec![attempt("second", 1, Submitted)],
            "deferred",
        ),
        (
            PartOutcome::NotSubmitted,
            vec![attempt("second", 1, Draft)],
            "missed",
        ),
        (PartOutcome::NotSubmitted, vec![], "missed"),
        (
            PartOutcome::Awaiting,
            vec![attempt("second", 1, Submitted)],
            "awaiting-judgement",
        ),
        // Deferred work that is being written is simply being written.
        (
            PartOutcome::Deferred,
            vec![attempt("second", 1, Draft)],
            "in-progress",
        ),
    ] {
        let released = decision(
            ModuleOutcome::Incomplete,
            None,
            vec![
                result("a", PartOutcome::Passed, 1, 55),
                result("b", outcome, 1, 0),
            ],
        );
        let mut attempts = attempts;
        attempts.push(first.clone());
        let line = told(&attempts, Some(&released));
        let state = line.split(" | ").nth(2).unwrap();
        assert!(state.starts_with(expected), "{outcome:?}: {line}");
    }
}

#[test]
fn what_is_most_urgent_comes_first() {
    use AttemptState::Draft;
    let draft = |activity, number| attempt(activity, number, Draft);
    for (attempts, expected) in [
        (vec![draft("first", 1), draft("second", 1)], "first"),
        (
            vec![draft("first", 1), due_in(5, draft("second", 1))],
            "second",
        ),
        (
            vec![due_in(3, draft("first", 1)), due_in(2, draft("second", 1))],
            "second",
        ),
        (
            vec![due_in(3, draft("first", 1)), draft("second", 2)],
            "second",
        ),
        (
            vec![due_in(-3, draft("first", 1)), draft("second", 2)],
            "first",
        ),
        (
            vec![
                due_in(-3, draft("first", 1)),
                due_in(-9, draft("second", 1)),
            ],
            "second",
        ),
    ] {
        let line = told(&attempts, None);
        assert!(line.ends_with(expected), "{line}");
    }
}

#[test]
fn credits_come_from_released_passes_only() {
    let programme = programme();
    let module = programme.find_module("m").unwrap();
    for (outcome, credits) in [
        (ModuleOutcome::Pass, 30),
        (ModuleOutcome::Condoned, 30),
        (ModuleOutcome::Compensated, 30),
        (ModuleOutcome::Refer, 0),
        (ModuleOutcome::Discretion, 0),
    ] {
        let released = decision(outcome, None, Vec::new());
        let standing = module_standing(module, &[], Some(&released), now());
        assert_eq!(credits_earned(&[standing]), credits);
    }
    let standing = module_standing(module, &[], None, now());
    assert_eq!(standing.activities[0].state, ActivityState::NotBuilt);
    assert_eq!(credits_earned(&[standing]), 0);
}

#[test]
fn coverage_counts_each_activity_once_in_each_of_its_strands() {
    let programme = programme();
    let module = programme.find_module("m").unwrap();
    let attempts = [
        attempt("first", 1, AttemptState::Reopened),
        attempt("first", 2, AttemptState::Draft),
        attempt("second", 1, AttemptState::Draft),
        attempt("elsewhere", 1, AttemptState::Submitted),
    ];
    let rows: Vec<_> = strand_coverage(&module.activities, &attempts)
        .into_iter()
        .map(|row| (row.strand.number(), row.offered, row.begun, row.finished))
        .collect();
    assert_eq!(
        rows,
        [(1, 1, 1, 1), (2, 0, 0, 0), (3, 2, 2, 1), (4, 1, 0, 0)]
    );
}
