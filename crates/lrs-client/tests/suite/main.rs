//! The client against servers that differ as real ones were measured to differ.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod complaints;
mod credentials;
mod fake_lrs;
mod guard;
mod server_differences;
