//! The platform's own list of who is in a course (NRPS 2.0), and its groups (Course Groups 1.0).
//!
//! The list is read off the launch path: by whoever opens the cohort's page when it is old, by a
//! button, and by the worker. Pages show what is known, and when it was read; they never wait for a
//! platform. People are made from it as a launch makes them, and nobody is ever taken away.

mod groups;
mod membership;
mod problem;
mod sync;
mod view;

pub(crate) use groups::GroupsMemory;
pub(crate) use membership::{has_left, standing_of};
pub use problem::RosterProblem;
pub use view::{RosterGroup, RosterView};
