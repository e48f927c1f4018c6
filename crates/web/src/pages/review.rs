//! A submission review that leads to no submission.

use askama::Template;

use crate::pages::shell::Shell;

/// Why there is nothing to review.
#[derive(Template)]
#[template(path = "marking/review.html")]
pub(crate) struct ReviewPage {
    pub(crate) shell: Shell,
    pub(crate) title: String,
    pub(crate) happened: String,
    pub(crate) about: &'static str,
    /// The way to everybody's work, for those who have one.
    pub(crate) cohort: Option<String>,
}
