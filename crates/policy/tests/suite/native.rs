//! The same policy as a native function: the contract's guest types, converted by the host's own
//! code, compiled a second time for them.

use mtl_policy::AnswerFault;
use mtl_programme::assessment::{AwardDecision, AwardWork, ModuleDecision, ModuleWork, Refusal};

mod wit {
    pub(crate) use mtl_policy_sdk::contract::*;
}

#[path = "../../src/contract/from_wit.rs"]
mod from_wit;
#[path = "../../src/contract/to_wit.rs"]
mod to_wit;

fn named(name: &str) -> String {
    name.to_owned()
}

/// Work as the policy itself is given it.
pub(crate) fn build(work: &ModuleWork) -> wit::ModuleWork {
    to_wit::module_work(work)
}

/// `decide-module` of uk-masters.
pub(crate) fn decide_module(work: &ModuleWork, settings: &str) -> Result<ModuleDecision, Refusal> {
    mtl_uk_masters::decide_module(&build(work), settings)
        .map(|decision| from_wit::module_decision(decision).unwrap())
        .map_err(from_wit::refusal)
}

/// `decide-award` of uk-masters.
pub(crate) fn decide_award(work: &AwardWork, settings: &str) -> Result<AwardDecision, Refusal> {
    mtl_uk_masters::decide_award(&to_wit::award_work(work), settings)
        .map(|decision| from_wit::award_decision(decision).unwrap())
        .map_err(from_wit::refusal)
}
