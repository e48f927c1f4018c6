//! The same policy as a native function. Its answer is read by the host's own code, compiled a
//! second time for the guest's types.

use mtl_policy::AnswerFault;
use mtl_programme::assessment::{AwardDecision, AwardWork, ModuleDecision, ModuleWork, Refusal};

mod wit {
    pub(crate) use mtl_policy_sdk::contract::*;
}

#[path = "../../src/contract/from_wit.rs"]
mod from_wit;
#[path = "to_guest.rs"]
mod to_guest;

fn named(name: &str) -> String {
    name.to_owned()
}

/// Work as the policy itself is given it.
pub(crate) fn build(work: &ModuleWork) -> wit::ModuleWork {
    to_guest::module_work(work)
}

/// `decide-module` of uk-masters.
pub(crate) fn decide_module(work: &ModuleWork, settings: &str) -> Result<ModuleDecision, Refusal> {
    mtl_uk_masters::decide_module(&build(work), settings)
        .map(|decision| from_wit::module_decision(decision).unwrap())
        .map_err(from_wit::refusal)
}

/// `decide-award` of uk-masters.
pub(crate) fn decide_award(work: &AwardWork, settings: &str) -> Result<AwardDecision, Refusal> {
    mtl_uk_masters::decide_award(&to_guest::award_work(work), settings)
        .map(|decision| from_wit::award_decision(decision).unwrap())
        .map_err(from_wit::refusal)
}
