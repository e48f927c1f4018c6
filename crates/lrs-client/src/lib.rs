//! Sends batches of statements to any learning record store.
//!
//! One call of [`LrsClient::deliver`] sends what it is given, in batches, and says for each row
//! what became of it. Nothing waits in here: when and how often to try again is the caller's
//! business, who keeps the rows.

mod answer;
mod batch;
mod client;
mod compare;
mod deliver;
mod outcome;
mod retry_after;
mod target;

pub use client::{ClientError, DeliveryLimits, LrsClient};
pub use mtl_outbound::OutboundRules;
pub use outcome::{Delivery, Halt, Refusal, RefusalReason, StatementOutcome};
pub use target::{InvalidAuth, InvalidTarget, LrsAuth, LrsTarget};
