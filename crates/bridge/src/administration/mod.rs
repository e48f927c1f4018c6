//! Looking after an institution's platforms: signing in, what each service does, what waits.

mod check;
mod platforms;
mod sign_in;

pub use platforms::{PlatformState, WaitingHere};
pub use sign_in::{
    ADMIN_LINK_LIFETIME, ADMIN_SESSION_LIFETIME, Admin, AdminError, AdminLink, AdminSession,
};
