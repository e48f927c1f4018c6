//! What pages of people share: where the list comes from, how it is looked through, its pages.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::moments::Moment;

/// Where the people on a page come from.
#[derive(Template)]
#[template(path = "partials/roster.html")]
pub(crate) struct RosterLine {
    pub(crate) base: String,
    pub(crate) form_token: String,
    /// Whether the platform offers its list.
    pub(crate) is_offered: bool,
    pub(crate) read_at: Option<Moment>,
    pub(crate) is_being_read: bool,
    /// Why the newest try failed, and what to do.
    pub(crate) problem: Option<&'static str>,
    /// The page to load again.
    pub(crate) again: String,
}

/// A part of a page, escaped by its own template.
impl HtmlSafe for RosterLine {}

/// The fields by which people are looked through.
pub(crate) struct PeopleFilter {
    pub(crate) q: String,
    /// Id, title, and whether it is chosen.
    pub(crate) groups: Vec<(String, String, bool)>,
    /// Value, label, and whether it is chosen.
    pub(crate) shows: Vec<(&'static str, &'static str, bool)>,
}

/// The way to further pages of a long list.
pub(crate) struct Pager {
    /// "1 to 50 of 1,000 people".
    pub(crate) words: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}
