//! The pages of a platform's registration, which stand in the platform's own frame.

use askama::Template;

use crate::moments::Moment;
use crate::pages::shell::Shell;

/// What a person reads who opens the address by hand.
#[derive(Template)]
#[template(path = "register/start.html")]
pub(crate) struct StartPage {
    pub(crate) shell: Shell,
    pub(crate) institution: String,
    pub(crate) until: Moment,
    pub(crate) address: String,
}

/// Which platform asks for what.
#[derive(Template)]
#[template(path = "register/offer.html")]
pub(crate) struct OfferPage {
    pub(crate) shell: Shell,
    pub(crate) institution: String,
    pub(crate) platform: String,
    pub(crate) issuer: String,
    pub(crate) shared: bool,
    pub(crate) scopes: Vec<String>,
    pub(crate) missing: Vec<String>,
    pub(crate) placements: Vec<String>,
    pub(crate) action: String,
    pub(crate) offer: String,
}

/// What is left to do.
#[derive(Template)]
#[template(path = "register/done.html")]
pub(crate) struct DonePage {
    pub(crate) shell: Shell,
    pub(crate) platform: String,
    pub(crate) client_id: String,
    pub(crate) is_update: bool,
    pub(crate) steps: Vec<String>,
    pub(crate) missing: Vec<String>,
}
