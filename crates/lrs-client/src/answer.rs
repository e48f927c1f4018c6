//! What an answer to a batch means for its statements.

use std::time::Duration;

use crate::Halt;

/// The meaning of an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    /// Every statement is there. The length of the list of ids differs between servers and is not
    /// looked at.
    Delivered,
    /// At least one id is taken by another statement; nothing was stored.
    Conflict { message: String },
    /// At least one statement is at fault; nothing was stored.
    Rejected { status: u16, message: String },
    /// The request is too large.
    TooLarge,
    /// The server broke down, perhaps over one statement.
    Broken { message: String },
    /// The store cannot be used now.
    Halt(Halt),
}

/// An answer as it came.
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    /// The server's words, cut.
    pub(crate) message: String,
}

pub(crate) fn classify(received: Received) -> Answer {
    let Received {
        status,
        retry_after,
        message,
    } = received;
    match status {
        200..=299 => Answer::Delivered,
        409 => Answer::Conflict { message },
        413 => Answer::TooLarge,
        500 => Answer::Broken { message },
        408 | 425 | 429 | 501..=599 => Answer::Halt(Halt::RetryLater {
            after: retry_after,
            reason: format!("the LRS answered {status}"),
        }),
        401 | 403 => Answer::Halt(paused(status, "the LRS refuses the credentials")),
        404 | 405 | 410 => Answer::Halt(paused(status, "there is no LRS at the endpoint")),
        100..=399 => Answer::Halt(paused(
            status,
            "the LRS sends us elsewhere, which is not followed",
        )),
        _ => Answer::Rejected { status, message },
    }
}

fn paused(status: u16, reason: &str) -> Halt {
    Halt::Paused {
        status,
        reason: format!("{reason} (status {status})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        let table = [
            (200, "delivered"),
            (201, "delivered"),
            (204, "delivered"),
            (302, "paused"),
            (308, "paused"),
            (400, "rejected"),
            (401, "paused"),
            (403, "paused"),
            (404, "paused"),
            (405, "paused"),
            (408, "retry-later"),
            (409, "conflict"),
            (413, "too-large"),
            (422, "rejected"),
            (429, "retry-later"),
            (500, "broken"),
            (502, "retry-later"),
            (503, "retry-later"),
            (504, "retry-later"),
        ];
        for (status, meaning) in table {
            let answer = classify(Received {
                status,
                retry_after: None,
                message: String::new(),
            });
            let found = match answer {
                Answer::Delivered => "delivered",
                Answer::Conflict { .. } => "conflict",
                Answer::Rejected { .. } => "rejected",
                Answer::TooLarge => "too-large",
                Answer::Broken { .. } => "broken",
                Answer::Halt(halt) => halt.code(),
            };
            assert_eq!(found, meaning, "{status}");
        }
    }
}
