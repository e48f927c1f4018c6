//! What people read when something could not be done: what happened, and what to try.

use askama::Template;

use crate::pages::shell::Shell;

/// A problem in words.
#[derive(Template)]
#[template(path = "problem.html")]
pub(crate) struct ProblemPage {
    pub(crate) shell: Shell,
    pub(crate) title: String,
    pub(crate) happened: String,
    pub(crate) advice: String,
    /// Back to the LMS; only where that address was trusted.
    pub(crate) back: Option<String>,
    /// The start of the launch that goes on, with the words that lead there.
    pub(crate) home: Option<(&'static str, String)>,
    pub(crate) reference: Option<String>,
}

/// A form that could not be taken, with all that was typed into it.
#[derive(Template)]
#[template(path = "kept_text.html")]
pub(crate) struct KeptTextPage {
    pub(crate) shell: Shell,
    pub(crate) title: &'static str,
    pub(crate) happened: String,
    pub(crate) advice: &'static str,
    pub(crate) action: String,
    pub(crate) button: &'static str,
    pub(crate) hidden: Vec<(String, String)>,
    pub(crate) texts: Vec<KeptText>,
    pub(crate) reference: Option<String>,
}

/// One typed text.
pub(crate) struct KeptText {
    pub(crate) label: String,
    pub(crate) name: String,
    pub(crate) text: String,
}
