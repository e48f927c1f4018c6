//! The embedded store through its router, over a real SQLite store.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod app;
mod finding;
mod lists;
mod protocol;
mod storing;
