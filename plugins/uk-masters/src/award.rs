//! The award: credits, the mean by credits, and its class.

use mtl_policy_sdk::contract::{
    AwardDecision, AwardOutcome, AwardWork, ModuleBasis, ModuleOutcome, ModuleResult,
};
use mtl_policy_sdk::{Exact, marks};

use crate::attempt::Value;
use crate::module::grade;
use crate::part::Place;
use crate::settings::Settings;

/// Decides an award: enough credits make it, and the mean of its modules by credits classes it.
pub(crate) fn decide(work: &AwardWork, settings: &Settings) -> AwardDecision {
    let passed = |module: &&ModuleResult| {
        matches!(
            module.outcome,
            ModuleOutcome::Pass | ModuleOutcome::Compensated | ModuleOutcome::Condoned
        )
    };
    let value_of = |module: &ModuleResult| {
        let mark = module.mark.map(Exact::hundredths);
        module.carried.map(Exact::from).or(mark)
    };
    let own = work
        .modules
        .iter()
        .filter(passed)
        .map(|module| module.credits);
    let imported = work.imports.iter().map(|import| import.credits);
    let credits = own.chain(imported).fold(0, u32::saturating_add);

    let basis: Vec<_> = work
        .modules
        .iter()
        .filter(passed)
        .filter(|module| module.credits > 0 && value_of(module).is_some())
        .collect();
    let judged = Exact::weighted_mean(
        basis
            .iter()
            .filter_map(|module| Some((value_of(module)?, module.credits))),
    );
    let mut value = Value::begin(judged);
    value.round(Place::default(), settings.award);

    let enough = credits >= work.credits_required;
    let open = work.modules.iter().any(|module| {
        matches!(
            module.outcome,
            ModuleOutcome::Refer
                | ModuleOutcome::Defer
                | ModuleOutcome::Moderate
                | ModuleOutcome::Incomplete
                | ModuleOutcome::Discretion
        )
    });
    let failed = work.modules.iter().any(|module| {
        matches!(
            module.outcome,
            ModuleOutcome::Fail | ModuleOutcome::NonSubmission
        )
    });
    let lesser = settings
        .exit_awards
        .iter()
        .find(|(_, needed)| credits >= *needed);
    let required = work.credits_required;
    let mark = value.record.and_then(Exact::as_hundredths);

    let (outcome, award, reason) = if enough {
        let mean = value.record.map_or_else(String::new, |mean| {
            format!(" The mean of the modules by credits is {}.", marks(mean))
        });
        let reason = format!("{credits} of {required} credits are passed.{mean}");
        (AwardOutcome::Award, Some(work.award.clone()), reason)
    } else if open || !failed {
        let reason = format!("{credits} of {required} credits are passed so far.");
        (AwardOutcome::Incomplete, None, reason)
    } else if let Some((name, needed)) = lesser {
        let reason = format!(
            "{credits} of {required} credits are passed and a module is failed; {name} needs \
             {needed}."
        );
        (AwardOutcome::ExitAward, Some(name.clone()), reason)
    } else {
        let reason = format!("{credits} of {required} credits are passed and a module is failed.");
        (AwardOutcome::Fail, None, reason)
    };
    AwardDecision {
        classification: if outcome == AwardOutcome::Award {
            grade(settings, mark)
        } else {
            None
        },
        release: settings.recommend_release && outcome != AwardOutcome::Incomplete,
        outcome,
        reason,
        award,
        credits,
        basis: basis
            .iter()
            .map(|module| ModuleBasis {
                module: module.module.clone(),
                share: module.credits,
            })
            .collect(),
        judged: value.judged.map(Into::into),
        mark,
        carried: value.carried.map(Into::into),
        changes: Vec::new(),
        adjustments: value.adjustments,
        next_steps: Vec::new(),
    }
}
