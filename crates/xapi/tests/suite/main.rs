//! The crate from the outside: what is valid, what is not, and what the MTL says.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod mtl_statements;
mod round_trip;
mod validation;
