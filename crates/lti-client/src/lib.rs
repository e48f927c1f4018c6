//! Calls to LTI platforms: key sets, tokens, grades, behind the outbound guard
//!
//! Where to look:
//!
//! | question | type |
//! | --- | --- |
//! | which addresses may be called | [`OutboundRules`], [`AddressRefusal`] |
//! | a platform's public keys | [`KeySets`] |
//! | our tokens for a platform's services | [`Tokens`], [`PlatformAccess`] |
//! | scores, results, line items | [`Ags`] |
//! | who is in the course, in which groups | [`Nrps`], [`Groups`] |
//! | registering ourselves with a platform | [`Registrations`] |
//! | what became of a call | [`ServiceError`] |
//!
//! **Architecture invariant.** Every call goes through one HTTP client that follows no redirects, asks no
//! proxy, checks each address after its name was resolved, and reads no further than a limit. Nothing here
//! waits to try again: when and how often is the caller's business, who keeps the work.

mod access;
mod ags;
mod calls;
mod error;
mod freshness;
mod groups;
mod http;
mod key_sets;
mod limiter;
mod limits;
mod notice_handlers;
mod nrps;
mod platforms;
mod probe;
mod registrations;
mod retry_after;
mod status;
mod tokens;
mod words;

pub use access::{PlatformAccess, ServiceOrigins};
pub use ags::{Ags, LineItemFilter};
pub use error::ServiceError;
pub use groups::Groups;
pub use key_sets::KeySets;
pub use limits::CallLimits;
pub use mtl_outbound::{AddressRefusal, OutboundRules};
pub use notice_handlers::NoticeHandlers;
pub use nrps::{Nrps, Roster};
pub use platforms::{Platforms, PlatformsError};
pub use probe::Probe;
pub use registrations::Registrations;
pub use tokens::{AccessToken, Clock, Tokens};
