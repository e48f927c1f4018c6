//! The receipt of a decision: enough to run it again and to get the same bytes.

use serde::{Deserialize, Serialize};

/// Which question the policy was asked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionKind {
    /// `decide-module`.
    Module,
    /// `decide-award`.
    Award,
}

/// How the run of the policy ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptOutcome {
    /// A decision that passed every check.
    Decided,
    /// The policy refused, with a reason.
    Refusal,
    /// It took too long.
    Deadline,
    /// It asked for more memory than it may have.
    Memory,
    /// It trapped.
    Trap,
    /// It answered what cannot be so.
    BadAnswer,
    /// It could not be run at all.
    Incompatible,
}

impl ReceiptOutcome {
    /// A stable name for stores, logs and metrics.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Refusal => "refusal",
            Self::Deadline => "deadline",
            Self::Memory => "memory",
            Self::Trap => "trap",
            Self::BadAnswer => "bad-answer",
            Self::Incompatible => "incompatible",
        }
    }
}

/// The receipt of one run of a policy, whatever came of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DecisionReceipt {
    /// SHA-256 of the policy component's bytes, in hex.
    pub component_digest: String,
    /// The contract's version, as in [`CONTRACT`](super::CONTRACT).
    pub contract: String,
    /// SHA-256 of the engine's compatibility hash, in hex: another engine may count fuel
    /// otherwise, but must answer the same.
    pub engine_compat: String,
    /// Which question was asked.
    pub kind: DecisionKind,
    /// SHA-256 of `input`, in hex.
    pub input_sha256: String,
    /// SHA-256 of `settings`, in hex.
    pub settings_sha256: String,
    /// The work, as canonical JSON.
    pub input: String,
    /// The settings, as canonical JSON: the very string that the policy was given.
    pub settings: String,
    /// The decision or the refusal, as canonical JSON; `None` where there was neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// What the run cost, in wasmtime's units of fuel.
    pub fuel: u64,
    /// How it ended.
    pub outcome: ReceiptOutcome,
}
