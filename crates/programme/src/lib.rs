//! The MTL programme: catalogue, activities, judgements, module work and decisions.
//!
//! Pure: no clock, no I/O, no environment. Times and identifiers come in as values.

pub mod ids;

pub use ids::*;
