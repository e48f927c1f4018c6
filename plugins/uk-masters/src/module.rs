//! A module: the mean of its components, and what becomes of it.

use mtl_policy_sdk::contract::{
    ModuleDecision, ModuleOutcome, ModuleWork, NextStep, PartOutcome, Refusal, RefusalKind,
    StepKind,
};
use mtl_policy_sdk::{Exact, marks};

use crate::attempt::{Rules, Value};
use crate::part::{Gathered, Place, decide_component, make_good};
use crate::settings::{CapScope, Settings};

/// Decides a module.
pub(crate) fn decide(work: &ModuleWork, settings: &Settings) -> Result<ModuleDecision, Refusal> {
    if work.components.is_empty() {
        return Err(Refusal {
            kind: RefusalKind::Work,
            at: None,
            reason: "The module has no components, so there is nothing to decide.".into(),
        });
    }
    let pass_mark = settings.pass_mark(work.level);
    let rules = Rules {
        settings,
        work,
        pass_mark,
    };
    let mut gathered = Gathered::default();
    let components: Vec<_> = work
        .components
        .iter()
        .map(|component| decide_component(rules, component, &mut gathered))
        .collect();
    let mut decision = ModuleDecision {
        outcome: ModuleOutcome::Incomplete,
        reason: String::new(),
        pass_mark: None,
        judged: None,
        mark: None,
        carried: None,
        grade: None,
        components,
        adjustments: Vec::new(),
        release: false,
        next_steps: Vec::new(),
    };
    let counted = || {
        decision
            .components
            .iter()
            .filter(|result| result.part.share > 0)
    };
    if counted().next().is_some() {
        decision.pass_mark = Some(pass_mark);
    }
    if !undecided(&mut decision, &gathered) {
        mean(rules, &mut decision, &mut gathered);
        settle(rules, &mut decision, &mut gathered);
    }
    decision.adjustments = gathered.adjustments;
    decision.next_steps = gathered.steps;
    Ok(decision)
}

/// Says what is awaited, where anything is.
fn undecided(decision: &mut ModuleDecision, gathered: &Gathered) -> bool {
    let some = |outcome| {
        decision
            .components
            .iter()
            .any(|result| result.part.outcome == outcome)
    };
    let outcome = if some(PartOutcome::Deferred) {
        ModuleOutcome::Defer
    } else if gathered
        .steps
        .iter()
        .any(|step| step.kind == StepKind::Moderate)
    {
        ModuleOutcome::Moderate
    } else if some(PartOutcome::Awaiting) {
        ModuleOutcome::Incomplete
    } else {
        return false;
    };
    decision.outcome = outcome;
    decision.reason = match outcome {
        ModuleOutcome::Defer => "A claim of mitigation has to be decided first.",
        ModuleOutcome::Moderate => "The judgements differ, so a moderator has to look first.",
        _ => "Work or a judgement is still awaited.",
    }
    .into();
    true
}

/// The module's mark from its components.
fn mean(rules: Rules<'_>, decision: &mut ModuleDecision, gathered: &mut Gathered) {
    let counted = || {
        decision
            .components
            .iter()
            .map(|result| &result.part)
            .filter(|part| part.share > 0)
    };
    if counted().any(|part| part.carried.is_none()) {
        return;
    }
    let judged = Exact::weighted_mean(
        counted().filter_map(|part| Some((Exact::from(part.carried?), part.share))),
    );
    let mut value = Value::begin(judged);
    let cap = rules.settings.cap;
    let again = cap.scope == CapScope::Module && gathered.again;
    if again || (cap.scope != CapScope::None && rules.work.sitting > 1) {
        let what = if rules.work.sitting > 1 {
            "a module that is taken again"
        } else {
            "a module of which something was taken again"
        };
        let at = cap.mark.unwrap_or(rules.pass_mark);
        value.cap(Place::default(), rules.settings, at, what);
    }
    value.round(Place::default(), rules.settings.module);
    decision.judged = value.judged.map(Into::into);
    decision.mark = value.record.and_then(Exact::as_hundredths);
    decision.carried = value.carried.map(Into::into);
    gathered.adjustments.append(&mut value.adjustments);
}

/// Pass, refer or fail.
fn settle(rules: Rules<'_>, decision: &mut ModuleDecision, gathered: &mut Gathered) {
    let pass_mark = marks(Exact::hundredths(rules.pass_mark));
    let marked = decision.pass_mark.is_some();
    let reached = match decision.mark {
        Some(mark) => mark >= rules.pass_mark,
        None => !marked,
    };
    decision.release = rules.settings.recommend_release;
    if reached && !gathered.missed {
        decision.outcome = ModuleOutcome::Pass;
        // A shortfall is made good by the other marks, so nothing has to be done again.
        gathered.steps.clear();
        for result in &mut decision.components {
            make_good(&mut result.part);
            for element in &mut result.elements {
                make_good(&mut element.part);
            }
        }
        decision.reason = match decision.mark {
            Some(mark) => format!(
                "The module's mark is {}; {pass_mark} passes.",
                marks(Exact::hundredths(mark))
            ),
            None => "Everything was passed.".into(),
        };
        decision.grade = grade(rules.settings, decision.mark);
        return;
    }
    let what = match decision.mark {
        _ if reached => "A component is below what the module needs of it.".to_owned(),
        Some(mark) => format!(
            "The module's mark is {}, below the {pass_mark} that passes.",
            marks(Exact::hundredths(mark))
        ),
        None => "A component has no mark, since nothing that counts was handed in.".to_owned(),
    };
    let again = gathered
        .steps
        .iter()
        .any(|step| step.kind == StepKind::Resubmit);
    if again && !gathered.spent {
        decision.outcome = ModuleOutcome::Refer;
        decision.reason = format!("{what} It may be tried again.");
        return;
    }
    decision.outcome = if gathered.handed_in {
        ModuleOutcome::Fail
    } else {
        ModuleOutcome::NonSubmission
    };
    decision.reason = format!("{what} No further attempt is left.");
    gathered.steps.clear();
    gathered.steps.push(NextStep {
        kind: StepKind::Board,
        component: None,
        element: None,
        text: "The board has to say whether the module may be taken again.".into(),
    });
}

/// The grade of a mark, by the first that it reaches.
pub(crate) fn grade(settings: &Settings, mark: Option<u32>) -> Option<String> {
    let mark = mark?;
    settings
        .grades
        .iter()
        .find(|(_, from)| mark >= *from)
        .map(|(name, _)| name.clone())
}
