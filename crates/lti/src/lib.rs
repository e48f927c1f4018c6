//! LTI 1.3 messages, claims and verification: pure, given keys and the time.
//!
//! Where to look:
//!
//! | question | module |
//! | --- | --- |
//! | what starts a launch, and where the browser goes next | [`login`] |
//! | is this `id_token` a launch that we may trust | [`launch`] |
//! | what a launch says | [`claims`], [`role`], [`message`] |
//! | which URLs we accept, and where people go back to | [`url_rules`] |
//! | how we sign, and the key set that we publish | [`signing_key`], [`assertion`] |
//! | who somebody was in LTI 1.1 | [`migration`] |
//! | notices that a platform sends by itself | [`launch::verify_notice`] |
//! | what a picker answers | [`deep_linking`] |
//! | what a copied course was copied from | [`course_copy`] |
//! | grades, rosters, groups | [`ags`], [`nrps`], [`groups`], [`paging`] |
//! | registering with a platform | [`registration`], [`registration_answer`] |
//!
//! **Architecture invariant.** Nothing here reads a clock, the environment, a file or the network.
//! The one source of randomness is [`signing_key::SigningKey::generate`].

pub mod ags;
pub mod assertion;
pub mod claims;
pub mod course_copy;
pub mod deep_linking;
pub mod groups;
mod html_entities;
pub mod launch;
pub mod login;
pub mod message;
pub mod migration;
pub mod nrps;
pub mod paging;
pub mod registration;
pub mod registration_answer;
pub mod role;
pub mod signing_key;
pub mod timestamp;
pub mod url_rules;

pub use launch::{
    Expectation, KeySet, KnownDeployments, LaunchRefusal, SigningAlgorithm, UnverifiedIdToken,
    VerifiedLaunch, verify_launch,
};
pub use message::MessageType;
pub use role::{Role, Roles};
pub use signing_key::{Jwks, SigningKey};
