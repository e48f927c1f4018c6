//! Who launches what from where: institutions, platforms, people, courses, links, sessions, keys.

mod cache;
mod consumer_keys;
mod copies;
mod deployments;
mod expiry;
mod institutions;
mod key_rotation;
mod notices;
mod origins;
mod people;
mod places;
mod products;
mod record;
mod record_sql;
mod registrations;
mod reseal;
mod signing_keys;

pub(crate) use cache::LaunchCache;
pub use consumer_keys::{ConsumerKey, Moved};
pub use copies::BoundBy;
pub use deployments::Deployment;
pub use expiry::Purged;
pub use institutions::{ActorNaming, Institution, LrsSettings, NewInstitution};
pub use key_rotation::KeyRotation;
pub use notices::DueSubscription;
pub use people::Membership;
pub use places::{Context, ResourceLink};
pub use record::{
    LaunchContext, LaunchLink, LaunchOutcome, LaunchPerson, LaunchWrite, NewSession, RecordedLaunch,
};
pub use registrations::{NewRegistration, Registration};
pub use reseal::Resealed;
pub use signing_keys::{NewSigningKey, StoredSigningKey};
