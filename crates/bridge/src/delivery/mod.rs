//! Delivery: what waits in the outbox reaches gradebooks and learning record stores.
//!
//! A claim is committed before anything is sent, and what became of it is committed afterwards, so
//! no lock spans a call. A process may die between the two: the next claim then counts as a retry
//! with an unknown outcome, and the receiver is asked before anything is sent again.

mod backoff;
mod columns;
mod compose;
mod link_columns;
mod listing;
mod pauses;
mod resend;
mod scores;
mod statements;
mod verify;
mod words;
mod worker;

pub(crate) use columns::ColumnCache;
pub(crate) use compose::{Destination, MAXIMUM};
pub(crate) use link_columns::LinkPauses;
pub use listing::{DeliveryError, DeliveryRow};
pub(crate) use listing::{dead_reason, score_and_column};
pub(crate) use pauses::PlatformPauses;
pub(crate) use statements::LrsPauses;
pub use verify::{Finding, VerifiedScore};
