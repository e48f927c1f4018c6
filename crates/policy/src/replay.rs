//! Replay: running a stored decision again, which has to give the same bytes.

use mtl_programme::assessment::{
    AwardWork, CONTRACT, DecisionKind, DecisionReceipt, ModuleWork, ReceiptOutcome, sha256_hex,
};
use serde::de::DeserializeOwned;

use crate::failure::PolicyFailure;
use crate::host::{Decided, PolicyHost};
use crate::policy::CheckedSettings;
use crate::{SettingsError, Undecided};

/// What a replay came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replayed {
    /// The receipt of the run just made.
    pub receipt: DecisionReceipt,
    /// Whether outcome and output are the same, byte for byte.
    pub same: bool,
    /// Whether the cost is the same too, which it is on the same engine.
    pub same_fuel: bool,
}

/// Why a decision could not be replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The component is not the one that decided.
    #[error("the receipt is for the policy {expected}, and this component is {found}")]
    OtherComponent {
        /// Digest in the receipt.
        expected: String,
        /// Digest of the component.
        found: String,
    },
    /// The receipt was changed.
    #[error("the receipt's {what} does not have the digest that the receipt gives for it")]
    ReceiptChanged {
        /// Which part of it.
        what: &'static str,
    },
    /// The receipt is of a contract that this host does not run.
    #[error("the receipt is of the contract {contract}, which this host does not run")]
    OtherContract {
        /// The contract.
        contract: String,
    },
    /// The receipt cannot be read.
    #[error("the receipt's {what} cannot be read: {error}")]
    Unreadable {
        /// Which part of it.
        what: &'static str,
        /// Why.
        error: serde_json::Error,
    },
    /// The settings are not what the policy's schema asks for.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The policy cannot be compiled here.
    #[error(transparent)]
    Policy(#[from] PolicyFailure),
}

impl ReplayError {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherComponent { .. } => "replay_other_component",
            Self::ReceiptChanged { .. } => "replay_receipt_changed",
            Self::OtherContract { .. } => "replay_other_contract",
            Self::Unreadable { .. } => "replay_unreadable",
            Self::Settings(_) => "replay_settings",
            Self::Policy(_) => "replay_policy",
        }
    }
}

impl PolicyHost {
    /// Runs a stored decision again, from its receipt and the component that made it.
    ///
    /// An error says that it could not be tried; a decision that comes out otherwise is
    /// [`Replayed`] with `same` false.
    pub async fn replay(
        &self,
        receipt: &DecisionReceipt,
        component: Vec<u8>,
    ) -> Result<Replayed, ReplayError> {
        let found = sha256_hex(&component);
        if found != receipt.component_digest {
            return Err(ReplayError::OtherComponent {
                expected: receipt.component_digest.clone(),
                found,
            });
        }
        if receipt.contract != CONTRACT {
            return Err(ReplayError::OtherContract {
                contract: receipt.contract.clone(),
            });
        }
        for (what, text, digest) in [
            ("input", &receipt.input, &receipt.input_sha256),
            ("settings", &receipt.settings, &receipt.settings_sha256),
        ] {
            if sha256_hex(text) != *digest {
                return Err(ReplayError::ReceiptChanged { what });
            }
        }
        let policy = self.compile(component).await?;
        let settings = policy.check_settings(&parse(&receipt.settings, "settings")?)?;
        let again = match receipt.kind {
            DecisionKind::Module => {
                let work: ModuleWork = parse(&receipt.input, "input")?;
                receipt_of(self.decide_module(&policy, &work, &settings).await)
            }
            DecisionKind::Award => {
                let work: AwardWork = parse(&receipt.input, "input")?;
                receipt_of(self.decide_award(&policy, &work, &settings).await)
            }
        };
        Ok(compare(receipt, again, &settings))
    }
}

fn compare(
    stored: &DecisionReceipt,
    again: DecisionReceipt,
    settings: &CheckedSettings,
) -> Replayed {
    Replayed {
        same: again.outcome == stored.outcome
            && again.output == stored.output
            && again.input == stored.input
            && *settings.json == *stored.settings,
        same_fuel: again.fuel == stored.fuel || stored.outcome == ReceiptOutcome::Deadline,
        receipt: again,
    }
}

fn receipt_of<D>(result: Result<Decided<D>, Undecided>) -> DecisionReceipt {
    match result {
        Ok(decided) => decided.receipt,
        Err(undecided) => *undecided.receipt,
    }
}

fn parse<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T, ReplayError> {
    serde_json::from_str(text).map_err(|error| ReplayError::Unreadable { what, error })
}
