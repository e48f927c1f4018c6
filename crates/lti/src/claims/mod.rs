//! What an `id_token` says: one type for each claim, and the names of the claims (LTI Core 1.3 §5).
//!
//! Platforms send odd shapes in claims that nobody needs for a launch. So a claim that is not required
//! and that we cannot read counts as absent, and the launch goes on; its name is kept for the log.

mod context;
mod custom;
mod deep_linking_settings;
mod id_token;
pub mod names;
mod notifications;
mod people;
mod presentation;
mod services;
mod tolerant;

pub use context::{Context, Lis, ResourceLink};
pub use custom::CustomParameters;
pub use deep_linking_settings::DeepLinkingSettings;
pub use notifications::{Notice, NotificationService};
pub use people::{ForUser, Lti1p1, Mentees};
pub use presentation::{LaunchPresentation, ToolPlatform};
pub use services::{AgsEndpoint, GroupsEndpoint, NrpsEndpoint};

pub(crate) use id_token::IdTokenClaims;
pub(crate) use tolerant::{
    Claim, deserialize_optional_text, deserialize_optional_url, deserialize_text,
    deserialize_text_list,
};
