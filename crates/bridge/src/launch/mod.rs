//! Launches: from the platform's call to a session, without a look-up that can be saved.

mod binding;
mod complete;
mod copies;
mod deployment;
mod details;
mod due;
mod error;
mod first_visit;
mod handover;
mod login;
mod lookup;
mod mentors;
mod notes;
mod notices;
mod old_ids;
mod parameters;
mod products;
mod registrations;
mod state;

pub use binding::BindError;
pub use complete::{BrowserProof, LaunchAnswer, Launched, SESSION_LIFETIME};
pub(crate) use copies::NotedHistories;
pub use details::{LaunchDetails, PickRequest};
pub use error::{LaunchError, LaunchFailure, Words, reference_code};
pub(crate) use first_visit::FirstVisits;
pub use handover::HandedOver;
pub use login::{LoginStart, StatePlatform};
pub(crate) use lookup::LinkLookups;
pub(crate) use notices::NotedServices;
pub use notices::NoticeError;
pub(crate) use old_ids::SettledIds;
pub use parameters::{
    PARAMETER_ACTIVITY, PARAMETER_DUE, PARAMETER_PLATFORM_DUE, PARAMETER_SET_IN, PLATFORM_DUE,
};
pub(crate) use registrations::{Known, RegistrationCache};
pub use state::STATE_LIFETIME;
