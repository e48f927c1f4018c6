//! Who is in a course by the platform's own list (NRPS), beside what launches say.
//!
//! The list makes the same people as a launch does: ids are derived from the platform's user id, so
//! whoever is listed first and launches later is one person.

mod members;
mod reading;

pub use members::{ListedPerson, RosterWrite};
pub use reading::{DueRoster, RosterRow};
