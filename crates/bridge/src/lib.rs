//! The use cases: launch, work, judgement, decision, release, delivery.
//!
//! [`Bridge`] holds what every use case needs; each module adds the ones of its name. Nothing here
//! knows HTTP or SQL: `mtl-web` turns requests into these calls, `mtl-store` keeps what they change.
//!
//! **Architecture invariants.** Every outbound effect is an outbox row (or, for the embedded
//! statement store, a statement) written in the transaction of the change that caused it. Nothing
//! is decided from an unverified token. Every call takes the institution from the [`visit::Visit`].

pub mod administration;
mod bridge;
pub mod catalogue;
mod clock;
mod consumer_keys;
pub mod delivery;
pub mod doctor;
mod effects;
pub mod institutions;
pub mod keys;
pub mod launch;
pub mod marking;
mod origins;
mod people;
pub mod picking;
pub mod policies;
mod product;
pub mod registering;
pub mod roster;
pub mod secret;
pub mod statement_list;
mod statement_sink;
pub mod visit;
pub mod work;

pub use bridge::{Bridge, BridgeParts};
pub use clock::Clock;
pub use launch::{LaunchAnswer, LaunchError, LaunchFailure, Launched, LoginStart};
pub use visit::{Standing, Visit, VisitError};
