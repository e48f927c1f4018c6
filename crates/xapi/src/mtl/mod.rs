//! The statements of the MTL: what happened goes in, a statement comes out, always the same bytes
//! for the same event.

mod account;
mod compose;
mod event;
mod score;
mod vocabulary;

pub use account::Account;
pub use event::{ActivityRef, Event, Happening, Place, Strand, Titled};
pub use score::{Score, ScoreOutOfRange};
pub use vocabulary::{
    ActivityType, Concept, Extension, InvalidBase, JISC_GRADE, Profile, Role, Verb,
};

use uuid::Uuid;

/// The id of the statement that an event causes with a verb: UUID version 5 of the verb's IRI in
/// the name space of the event's own id. So it can be told before the statement is made, and a
/// statement that is made twice is the same statement to every learning record store.
pub fn statement_id(event: Uuid, verb: Verb, profile: &Profile) -> Uuid {
    Uuid::new_v5(&event, profile.verb(verb).as_bytes())
}
