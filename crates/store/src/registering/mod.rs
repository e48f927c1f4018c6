//! Registering platforms and looking after them: invitations, administrators, deployments that
//! wait, the state of services.

mod admin_grants;
mod invitations;
mod service_state;
mod waiting;

pub use admin_grants::AdminGrant;
pub use invitations::{Invitation, NewInvitation};
pub use service_state::{CheckRow, DeploymentUse, PlatformUse};
pub use waiting::WaitingDeployment;
