//! The pages of an institution's administrator.

use askama::Template;

use crate::moments::Moment;
use crate::pages::parts::{Badge, Crumb, FormError};
use crate::pages::shell::Shell;

/// Where a sign-in link leads.
#[derive(Template)]
#[template(path = "admin/sign_in.html")]
pub(crate) struct SignInPage {
    pub(crate) shell: Shell,
    pub(crate) action: String,
}

/// After signing out.
#[derive(Template)]
#[template(path = "admin/signed_out.html")]
pub(crate) struct SignedOutPage {
    pub(crate) shell: Shell,
}

/// All platforms.
#[derive(Template)]
#[template(path = "admin/platforms.html")]
pub(crate) struct PlatformsPage {
    pub(crate) shell: Shell,
    pub(crate) waiting: Vec<WaitingLine>,
    pub(crate) platforms: Vec<PlatformCard>,
    /// Until when each unused invitation works.
    pub(crate) open_invitations: Vec<Moment>,
}

/// One platform.
#[derive(Template)]
#[template(path = "admin/platform.html")]
pub(crate) struct PlatformPage {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) card: PlatformCard,
    pub(crate) waiting: Vec<WaitingLine>,
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) services: Vec<ServiceLine>,
    pub(crate) deployments: Vec<DeploymentLine>,
    pub(crate) takes_deployments: bool,
    pub(crate) is_shared: bool,
}

/// A new registration address, shown once.
#[derive(Template)]
#[template(path = "admin/invitation.html")]
pub(crate) struct InvitationPage {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) address: String,
    pub(crate) until: Moment,
}

/// Values to copy, and a form.
#[derive(Template)]
#[template(path = "admin/set_up.html")]
pub(crate) struct SetUpPage {
    pub(crate) shell: Shell,
    pub(crate) moodle: Vec<Value>,
    pub(crate) canvas_url: String,
    pub(crate) canvas_json: String,
    pub(crate) fields: Vec<EntryField>,
    pub(crate) asks: bool,
    pub(crate) errors: Vec<FormError>,
}

/// How a platform does, in short.
pub(crate) struct PlatformCard {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) state: Badge,
    pub(crate) last_launch: Option<Moment>,
    pub(crate) last_token: Option<Moment>,
    pub(crate) last_score: Option<Moment>,
    pub(crate) problems: Vec<String>,
}

/// A deployment that waits.
pub(crate) struct WaitingLine {
    pub(crate) platform: String,
    pub(crate) deployment: String,
    /// What the platform said of itself and the course.
    pub(crate) said: String,
    pub(crate) seen: Moment,
    pub(crate) action: String,
}

/// One service of a platform.
pub(crate) struct ServiceLine {
    pub(crate) name: String,
    pub(crate) state: Badge,
    pub(crate) words: String,
    pub(crate) at: Option<Moment>,
}

/// An accepted deployment.
pub(crate) struct DeploymentLine {
    pub(crate) id: String,
    pub(crate) accepted: Moment,
    pub(crate) launched: Option<Moment>,
}

/// A value to copy.
pub(crate) struct Value {
    pub(crate) id: String,
    pub(crate) label: &'static str,
    pub(crate) text: String,
}

/// A field to fill in.
pub(crate) struct EntryField {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) optional: bool,
    pub(crate) value: String,
    pub(crate) error: Option<String>,
}
