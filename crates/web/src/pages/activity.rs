//! What stands at the head of an activity's page, and the page of a kind that is not built yet.

use askama::Template;

use crate::markdown::CleanHtml;
use crate::moments::Moment;
use crate::pages::parts::{Badge, Crumb};
use crate::pages::shell::Shell;

/// The head of an activity's page.
pub(crate) struct ActivityHead {
    pub(crate) title: String,
    pub(crate) kind: &'static str,
    pub(crate) state: Badge,
    /// "Attempt 2", from the second on.
    pub(crate) attempt: Option<String>,
    pub(crate) due: Option<Moment>,
    pub(crate) is_extended: bool,
    /// The tutor's reason for reopening.
    pub(crate) reopened: Option<String>,
}

/// The page of an activity whose kind this version does not have.
#[derive(Template)]
#[template(path = "participant/not_built.html")]
pub(crate) struct NotBuilt {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) title: String,
    pub(crate) kind: &'static str,
    pub(crate) description: &'static str,
    pub(crate) stages: Vec<&'static str>,
    pub(crate) instructions: CleanHtml,
}
