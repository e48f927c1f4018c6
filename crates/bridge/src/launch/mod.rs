//! Launches: from the platform's call to a session, without a look-up that can be saved.

mod binding;
mod complete;
mod deployment;
mod details;
mod error;
mod handover;
mod login;
mod mentors;
mod parameters;
mod products;
mod registrations;
mod state;

pub use binding::BindError;
pub use complete::{BrowserProof, LaunchAnswer, Launched, SESSION_LIFETIME};
pub use details::{LaunchDetails, PickRequest};
pub use error::{LaunchError, LaunchFailure, Words, reference_code};
pub use handover::HandedOver;
pub use login::{LoginStart, StatePlatform};
pub use parameters::{PARAMETER_ACTIVITY, PARAMETER_DUE, PARAMETER_SET_IN};
pub(crate) use registrations::{Known, RegistrationCache};
pub use state::STATE_LIFETIME;
