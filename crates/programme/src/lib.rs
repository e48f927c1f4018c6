//! The MTL programme: catalogue, activities, judgements, module work and decisions.
//!
//! Pure: no clock, no I/O, no environment. Times and identifiers come in as values.

pub mod ids;
pub mod mark;

pub use ids::*;
pub use mark::{Mark, MarkError, ShortMark};
