//! Calls to platforms, held against recordings of real ones and against hostile servers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod gradebook;
mod guard;
mod key_sets;
mod outcomes;
mod rate_limits;
mod recordings;
mod rosters;
mod server;
mod setting;
mod tokens;
