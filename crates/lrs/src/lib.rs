//! The embedded learning record store: the xAPI resources over the store.
//!
//! [`router`] is mounted where the store is to be found, usually at `/xapi`. Statements (PUT,
//! POST, GET) and About are there; the other resources, attachments' data and the alternate
//! request syntax answer 501 until they are.
//!
//! **Architecture Invariant:** the credential says which institution a request belongs to, and
//! nothing is read or written without it.

mod about;
mod authority;
mod content_type;
mod credential;
mod error;
mod router;
mod scope;
mod secret;
mod state;
mod statements;
mod version;

pub use error::LrsError;
pub use router::router;
pub use scope::{Scope, UnknownScope};
pub use secret::{SecretError, hash_secret};
pub use state::{LrsSettings, LrsState};
