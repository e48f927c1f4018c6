//! An LTI 1.3 Advantage platform that behaves like Moodle 4.5, Canvas or Open edX, for tests and the
//! demonstration.
//!
//! It signs real tokens and answers the real service calls, with the quirks that were recorded
//! from a running Moodle. It keeps its people, courses and marks in one JSON file, or in memory.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use mtl_demo_lms::{LinkSeed, Lms, LmsConfig, ToolKeys, ToolRegistration};
//!
//! let lms = Lms::open(LmsConfig::new("http://127.0.0.1:8081".parse()?))?;
//! lms.register_tool(ToolRegistration::new(
//!     "MTL Bridge",
//!     "mtl-bridge",
//!     "1",
//!     "http://localhost:8080/lti/login".parse()?,
//!     vec!["http://localhost:8080/lti/launch".parse()?],
//!     ToolKeys::Url("http://localhost:8080/.well-known/jwks.json".parse()?),
//! ));
//! lms.seed_demonstration(&[
//!     LinkSeed::new("A scenario", "http://localhost:8080/lti/launch".parse()?)
//!         .with_custom("mtl_activity", "mtl/a-scenario")
//!         .graded(),
//! ])?;
//! let pages = lms.router();
//! # Ok(()) }
//! ```

mod administration;
mod answer;
mod assertion;
mod beginning;
mod canvas;
mod certs;
mod config;
mod content_item;
mod copying;
mod course;
mod disk;
mod error;
mod faults;
mod fields;
mod gradebook;
mod identifiers;
mod ids;
mod inspection;
mod key;
mod launch;
mod live;
mod lms;
mod lost_answer;
mod moodle;
mod openedx;
mod pages;
mod people;
mod placing;
mod random;
mod router;
mod scope;
mod score;
mod seed;
mod session;
mod setup;
mod state;
mod tool;
mod tool_keys;

pub use beginning::LoginInitiation;
pub use canvas::{RateLimit, Throttled};
pub use config::{Clock, Flavour, LmsConfig};
pub use copying::CourseCopy;
pub use course::{Course, Link, LinkSeed, NewCourse, Period};
pub use error::LmsError;
pub use faults::{Faults, LostAnswer};
pub use gradebook::{Grade, GradebookRow, LineItem, ScoreEffect, Submission, SubmissionReview};
pub use ids::{CourseId, ItemId, LinkId, PersonId, ToolId};
pub use inspection::Endpoints;
pub use launch::{DocumentTarget, LaunchOrder};
pub use live::ScoreRecord;
pub use lms::Lms;
pub use people::{NewPerson, Person, Role};
pub use seed::Demonstration;
pub use tool::{Placement, Tool, ToolKeys, ToolRegistration};
