//! The embedded statements.
mod insert;
pub(crate) use insert::{NewRow, insert};
