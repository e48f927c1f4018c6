//! The whole system from the outside: real pages, real tokens, real databases.

#![expect(
    clippy::print_stderr,
    reason = "a test says what it counted, and what it could not clean up"
)]

#[macro_use]
mod both_databases;

mod browser;
mod complaints;
mod deliveries;
mod flow;
mod gradebooks;
#[expect(dead_code, reason = "the benchmark uses more of it")]
mod harness;
mod hostile_policies;
mod independent;
mod isolation;
mod kills;
mod learning_records;
mod notes;
mod operation;
mod outbound;
mod own_keys;
mod pairing;
mod placing;
mod platform_keys;
mod refusals;
mod registration;
mod replay;
mod rosters;
mod safety;
