//! What became of each statement, and whether the rest must wait.

use std::time::Duration;

/// The result of one call: an outcome for every row that was given, and why the call stopped
/// before its end, if it did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery<R> {
    /// Each row once, in the order in which they were given.
    pub outcomes: Vec<(R, StatementOutcome)>,
    /// Why the rows that are [`StatementOutcome::Pending`] were not tried.
    pub halt: Option<Halt>,
}

/// What became of one statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StatementOutcome {
    /// The store has it: it took it now, or had the same statement before.
    Delivered,
    /// The store will never take it; to be kept as a dead letter.
    Refused(Refusal),
    /// The store failed on this statement though others may go well (status 500); to be tried
    /// again later, and to be given up after some attempts.
    Failed(Refusal),
    /// Not tried, or without a clear answer; to be tried again as [`Delivery::halt`] says.
    Pending,
}

/// Why a statement was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The kind of reason.
    pub reason: RefusalReason,
    /// The status of the answer; nought when nothing was sent.
    pub status: u16,
    /// The server's own words, cut to 1,000 characters; may hold what the statement holds.
    pub message: String,
}

/// The kinds of reasons for a dead letter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RefusalReason {
    /// What was to be sent is no JSON object with an `id`.
    NotAStatement,
    /// The store finds fault with it.
    Rejected,
    /// It alone is too large for the store.
    TooLarge,
    /// The store has another statement with this id.
    Conflict,
    /// The store says that it has another statement with this id but does not show it.
    ConflictUnseen,
    /// The store breaks down over it.
    ServerError,
}

impl RefusalReason {
    /// A stable name of the reason.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAStatement => "not-a-statement",
            Self::Rejected => "rejected",
            Self::TooLarge => "too-large",
            Self::Conflict => "conflict",
            Self::ConflictUnseen => "conflict-unseen",
            Self::ServerError => "server-error",
        }
    }
}

/// Why a call stopped before its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Halt {
    /// The store is busy or cannot be reached: try again, at the earliest after the time that it
    /// asked for.
    RetryLater {
        /// What `Retry-After` said, at most a day.
        after: Option<Duration>,
        /// Why, without anything from a statement.
        reason: String,
    },
    /// Nothing will go well before somebody acts: wrong credentials, a wrong address, a store that
    /// sends us elsewhere.
    Paused {
        /// The status of the answer.
        status: u16,
        /// Why, without anything from a statement.
        reason: String,
    },
}

impl Halt {
    /// A stable name of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RetryLater { .. } => "retry-later",
            Self::Paused { .. } => "paused",
        }
    }
}

impl Refusal {
    pub(crate) fn new(reason: RefusalReason, status: u16, message: impl Into<String>) -> Self {
        Self {
            reason,
            status,
            message: message.into(),
        }
    }
}
