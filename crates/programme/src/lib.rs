//! The MTL programme: catalogue, activities, judgements, module work and decisions.
//!
//! Pure: no clock, no I/O, no environment. Times and identifiers come in as values.

pub mod activity_key;
pub mod activity_kind;
pub mod assessment;
pub mod attempt;
pub mod catalogue;
pub mod coverage;
pub mod evidence;
pub mod ids;
pub mod judgement;
pub mod mark;
pub mod partnership;
pub mod role;
pub mod scenario;
pub mod standing;
pub mod strand;

pub use activity_key::{ActivityKey, ActivityKeyError};
pub use activity_kind::ActivityKind;
pub use attempt::{AttemptDates, AttemptMove, AttemptState, Timeliness};
pub use catalogue::{Activity, Module, Programme, parse_programme};
pub use ids::*;
pub use mark::{Mark, MarkError, ShortMark};
pub use role::ProgrammeRole;
pub use strand::Strand;
