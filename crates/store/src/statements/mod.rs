//! The embedded statement store: what the institution without a learning record store of its own
//! keeps, and the credentials of those who may read and write it.

mod credentials;
mod insert;
mod look_up;
mod receive;
mod select;

pub use credentials::{LrsCredential, NewLrsCredential};
pub(crate) use insert::{NewRow, insert, keys};
pub use look_up::{StatementPage, StoredStatement};
pub use receive::{NewStoredStatement, StatementOutcome};
