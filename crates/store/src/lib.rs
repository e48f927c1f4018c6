//! Everything that is kept: SQLite or PostgreSQL behind one interface.
//!
//! A query is written once, with `$1` parameters, and runs on both databases. Reading goes through
//! [`Store::read`], every change through [`Store::write`]: one writer task that groups concurrent
//! changes into a commit on SQLite, an ordinary transaction on PostgreSQL.
//!
//! **Architecture Invariant:** rows that belong to an institution carry its id, and every query
//! over them takes it. Times are Unix milliseconds in columns that end in `_at`.

pub mod column;
mod config;
mod error;
mod health;
pub mod launch;
pub mod natural_ids;
pub mod ordered_ids;
pub mod outbox;
mod postgres;
mod readers;
pub mod registering;
pub mod roster;
mod schema;
pub mod sealing;
mod signals;
pub mod statements;
mod store;
mod transaction;
pub mod work;
mod writer;

pub use config::StoreConfig;
pub use error::StoreError;
pub use health::DatabaseHealth;
pub use signals::OutboxSignal;
pub use store::Store;
pub use transaction::{Connection, Dialect, Tx};
