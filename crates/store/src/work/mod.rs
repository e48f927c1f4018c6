//! The work of participants, and what assessors and policies make of it.
//!
//! The store keeps JSON of `mtl-programme` (drafts, snapshots, criteria, decisions) as text and
//! never looks into it; times are Unix milliseconds, marks are hundredths.

mod attempts;
mod decisions;
mod evidence;
mod judgements;
mod nonces;
mod own_work;
mod pairings;
mod people;
mod policies;
mod visits;

pub use attempts::{AttemptRow, DraftSave, DraftVersion, EVIDENCE_CHANGED, NewAttempt, Submission};
pub use decisions::{DecisionRow, NewDecision};
pub use evidence::{EvidenceRow, NewEvidence};
pub use judgements::{JudgementRow, NewJudgement};
pub use own_work::OwnWorkRow;
pub use pairings::PairingRow;
pub use people::{MemberRow, Recipient, StatementNames};
pub use policies::{BoundPolicy, NewPolicy, PolicyBindingRow};
pub use visits::VisitRow;
