//! For authors of assessment policies: the rules that UK regulations share, each as a tested
//! function that says what it did, and (feature `guest`) the contract's types.
//!
//! Everything is exact: marks are whole hundredths, means are fractions, and nothing is rounded
//! but by [`Rounding`]. Nothing here depends on the rest of the bridge, on a clock or on an
//! operating system, so a rule can be run in a policy and in an ordinary test alike.

#![no_std]

extern crate alloc;

pub mod calendar;
pub mod cap;
#[cfg(feature = "guest")]
pub mod contract;
pub mod exact;
pub mod json;
pub mod late;
pub mod markers;
pub mod part;
pub mod rounding;

pub use calendar::Day;
pub use cap::cap;
pub use exact::{Exact, marks};
pub use late::{Beyond, LateBand, LateEffect, LateRule, LateUnit, Lateness};
pub use markers::{Markers, Resolved, resolve};
pub use part::{Threshold, threshold};
pub use rounding::{Rounding, Tie};
