//! Registering platforms: invitations, Dynamic Registration 1.0, what an administrator of a platform
//! enters by hand.

mod complete;
mod error;
mod invitation;
mod offer;
mod scopes;
mod tool;

pub use complete::Registered;
pub use error::{RegisterError, RegisterWords};
pub use invitation::{INVITATION_LIFETIME, InvitationLink, InvitationPlan, Invited};
pub use offer::{OFFER_LIFETIME, Offer};
pub use scopes::{FURTHER_SCOPES, USED_SCOPES, scope_words};
pub use tool::ToolAddresses;
