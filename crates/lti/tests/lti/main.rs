//! Tests of the crate from the outside: against recordings of real platforms, and against forgers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::too_many_lines, reason = "tables of cases are long")]

mod forged_launches;
mod recorded_documents;
mod recorded_launches;
mod recordings;
mod robustness;
mod tokens;
