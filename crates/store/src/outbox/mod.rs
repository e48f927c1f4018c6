//! What leaves the bridge: scores for gradebooks and statements for learning record stores, written
//! in the transaction of the change that caused them, and the audit trail of such changes.
//!
//! A row is *pending* until a worker leases it, *leased* while it is being sent, and ends as
//! *delivered*, *dead* (a person must look at it) or *superseded* (a newer score of the same second
//! took its place before it was ever sent). The attempt is counted when the lease is taken: after a
//! crash an attempted row is one whose outcome is unknown.

mod audit;
mod claims;
mod columns;
mod deliveries;
mod depth;
mod effects;
mod outcomes;
mod released;
mod retention;
mod scores;
mod sent;
mod states;

pub use audit::{AuditEntry, AuditRow, INSTALLATION};
pub use claims::{ClaimedScore, ClaimedStatement, ClaimedStatements, Lease};
pub use columns::{ColumnClaim, ColumnKey, LinkWithoutColumn};
pub use deliveries::{Delivery, DeliveryFilter, Retry, RetryOutcome};
pub use depth::OutboxDepth;
pub use effects::{Destination, Effects, NewStatement};
pub use outcomes::Failure;
pub use released::SentScore;
pub use scores::{NewScore, ScoreTarget};
pub(crate) use states::words;
pub use states::{DeliveryKind, DeliveryState};
