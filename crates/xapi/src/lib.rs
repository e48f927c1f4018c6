//! The xAPI statement model, its validation, and the statements of the MTL.
//!
//! Pure: no clock, no I/O, no randomness. Section numbers are those of xAPI 1.0.3
//! (“Data” is its part two, “Communication” its part three) unless 2.0 is named.

mod actor;
mod canonical_json;
pub mod equivalence;
mod error;
pub mod format;
pub mod formats;
pub mod index;
pub mod mtl;
pub mod query;
mod statement;
mod strict_json;
mod validate;
mod version;

pub use actor::AgentKey;
pub use canonical_json::to_canonical_json;
pub use equivalence::equivalent;
pub use error::{InvalidStatement, Rule, StatementError};
pub use format::Format;
pub use index::{IndexEntries, index_entries};
pub use query::{InvalidQuery, SingleStatement, StatementQuery, StatementsRequest};
pub use statement::{Receipt, Statement, VOIDED, parse_statement, parse_statements};
pub use strict_json::parse_json;
pub use validate::parse_agent;
pub use version::Version;
