//! What a policy is asked and what it answers: the contract `mtl:policy@0.1.0` as plain types.
//!
//! Each type mirrors the record of the same name in `crates/policy-sdk/wit/0.1.0/policy.wit`;
//! names in JSON are the WIT names. Nothing here decides anything.

mod award;
mod canonical;
mod decision;
mod exact;
mod receipt;
mod time;
mod work;

pub use award::{
    AwardDecision, AwardOutcome, AwardWork, CreditImport, ModuleBasis, ModuleChange, ModuleResult,
};
pub use canonical::{CanonicalError, canonical_json, canonical_value, sha256_hex};
pub use decision::{
    Adjustment, Basis, ComponentResult, ElementResult, ModuleDecision, ModuleOutcome, NextStep,
    PartOutcome, PartResult, Refusal, RefusalKind, StepKind, Track,
};
pub use exact::ExactMark;
pub use receipt::{DecisionKind, DecisionReceipt, ReceiptOutcome};
pub use time::{Calendar, Moment, Weekday};
pub use work::{
    Assessor, Attempt, Component, CriterionJudgement, Element, Grading, Judgement, Mitigation,
    ModuleWork,
};

/// The contract's version that these types mirror.
pub const CONTRACT: &str = "mtl:policy@0.1.0";
