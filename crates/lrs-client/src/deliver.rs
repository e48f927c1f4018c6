//! The delivery itself: batches, and halves of them until each fault has found its statement.

use std::ops::Range;

use crate::answer::{Answer, classify};
use crate::batch::{Item, body, cut, into_rounds, statement_id};
use crate::{Delivery, Halt, LrsClient, LrsTarget, Refusal, RefusalReason, StatementOutcome};

/// After so many breakdowns in a row, each over one statement, the store counts as down.
const BREAKDOWNS: usize = 2;

impl LrsClient {
    /// Sends statements in the order of the rows and says what became of each.
    ///
    /// A row is the caller's name for a statement; the statement is its JSON with an `id`, shaped
    /// for the target's version. The call returns early when the store wants us to wait or refuses
    /// us altogether; what was not tried then is `Pending`.
    pub async fn deliver<R: Copy>(
        &self,
        target: &LrsTarget,
        statements: Vec<(R, String)>,
    ) -> Delivery<R> {
        let rows: Vec<R> = statements.iter().map(|(row, _)| *row).collect();
        let mut run = Run {
            client: self,
            target,
            outcomes: vec![StatementOutcome::Pending; rows.len()],
            breakdowns: 0,
        };
        let mut items = Vec::with_capacity(rows.len());
        for (row, (_, json)) in statements.into_iter().enumerate() {
            match statement_id(&json) {
                Some(id) => items.push(Item { row, id, json }),
                None => run.outcomes[row] = not_a_statement(),
            }
        }
        let halt = run.send_rounds(into_rounds(items)).await.err();
        Delivery {
            outcomes: rows.into_iter().zip(run.outcomes).collect(),
            halt,
        }
    }
}

fn not_a_statement() -> StatementOutcome {
    let message = "the row is no JSON object with an id";
    StatementOutcome::Refused(Refusal::new(RefusalReason::NotAStatement, 0, message))
}

struct Run<'r> {
    client: &'r LrsClient,
    target: &'r LrsTarget,
    outcomes: Vec<StatementOutcome>,
    breakdowns: usize,
}

impl Run<'_> {
    async fn send_rounds(&mut self, rounds: Vec<Vec<Item>>) -> Result<(), Halt> {
        for round in rounds {
            for range in cut(&round, &self.client.limits) {
                self.send_range(&round, range).await?;
            }
        }
        Ok(())
    }

    /// Sends a range, halves first to last where it does not go as a whole.
    async fn send_range(&mut self, items: &[Item], range: Range<usize>) -> Result<(), Halt> {
        let mut waiting = vec![range];
        while let Some(range) = waiting.pop() {
            let batch = &items[range.clone()];
            let received = self.client.post(self.target, body(batch)).await?;
            let answer = classify(received);
            if batch.len() > 1 && is_about_one(&answer) {
                let middle = range.start + range.len() / 2;
                waiting.push(middle..range.end);
                waiting.push(range.start..middle);
                continue;
            }
            self.record(batch, answer).await?;
        }
        Ok(())
    }

    /// Records an answer that concerns the batch as a whole, or the one statement in it.
    async fn record(&mut self, batch: &[Item], answer: Answer) -> Result<(), Halt> {
        let outcome = match answer {
            Answer::Halt(halt) => return Err(halt),
            Answer::Delivered => StatementOutcome::Delivered,
            Answer::Rejected { status, message } => {
                refused(RefusalReason::Rejected, status, message)
            }
            Answer::TooLarge => refused(
                RefusalReason::TooLarge,
                413,
                "the statement alone is too large",
            ),
            Answer::Conflict { message } => match batch {
                [item] => {
                    self.client
                        .settle_conflict(self.target, item, message)
                        .await?
                }
                _ => refused(RefusalReason::ConflictUnseen, 409, message),
            },
            Answer::Broken { message } => {
                StatementOutcome::Failed(Refusal::new(RefusalReason::ServerError, 500, message))
            }
        };
        let broken = matches!(outcome, StatementOutcome::Failed(_));
        for item in batch {
            self.outcomes[item.row] = outcome.clone();
        }
        self.breakdowns = if broken { self.breakdowns + 1 } else { 0 };
        if self.breakdowns >= BREAKDOWNS {
            let reason = "the LRS breaks down over every statement (status 500)".to_owned();
            return Err(Halt::RetryLater {
                after: None,
                reason,
            });
        }
        Ok(())
    }
}

/// Whether the answer may be owed to one statement of a batch, so that the others go well alone.
fn is_about_one(answer: &Answer) -> bool {
    match answer {
        Answer::Conflict { .. }
        | Answer::Rejected { .. }
        | Answer::TooLarge
        | Answer::Broken { .. } => true,
        Answer::Delivered | Answer::Halt(_) => false,
    }
}

fn refused(reason: RefusalReason, status: u16, message: impl Into<String>) -> StatementOutcome {
    StatementOutcome::Refused(Refusal::new(reason, status, message))
}
