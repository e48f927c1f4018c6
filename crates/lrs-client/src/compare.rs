//! Settles a conflict: looks at the statement that the store has, and compares.

use mtl_xapi::equivalent;
use serde_json::Value;

use crate::answer::{Answer, classify};
use crate::batch::Item;
use crate::{Halt, LrsClient, LrsTarget, Refusal, RefusalReason, StatementOutcome};

impl LrsClient {
    /// The outcome of a statement whose id the store says is taken. A statement that was voided
    /// since is found by another parameter (Communication 2.1.4).
    pub(crate) async fn settle_conflict(
        &self,
        target: &LrsTarget,
        item: &Item,
        message: String,
    ) -> Result<StatementOutcome, Halt> {
        for parameter in ["statementId", "voidedStatementId"] {
            let (received, theirs) = self.get(target, parameter, item.id).await?;
            if let Some(theirs) = theirs {
                return Ok(outcome(item, &theirs, message));
            }
            if received.status == 404 {
                continue;
            }
            match classify(received) {
                Answer::Halt(halt @ Halt::RetryLater { .. }) => return Err(halt),
                Answer::Broken { message } => {
                    let refusal = Refusal::new(RefusalReason::ServerError, 500, message);
                    return Ok(StatementOutcome::Failed(refusal));
                }
                // Credentials that may only write: the store's word must do.
                _ => break,
            }
        }
        let refusal = Refusal::new(RefusalReason::ConflictUnseen, 409, message);
        Ok(StatementOutcome::Refused(refusal))
    }
}

fn outcome(item: &Item, theirs: &Value, message: String) -> StatementOutcome {
    let ours = serde_json::from_str::<Value>(&item.json).unwrap_or_default();
    if equivalent(&ours, theirs) {
        StatementOutcome::Delivered
    } else {
        StatementOutcome::Refused(Refusal::new(RefusalReason::Conflict, 409, message))
    }
}
