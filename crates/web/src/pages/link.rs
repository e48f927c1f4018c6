//! A link in a course that leads to no activity yet.

use askama::Template;

use crate::pages::parts::FormError;
use crate::pages::shell::Shell;

/// What a learner reads meanwhile.
#[derive(Template)]
#[template(path = "participant/not_set_up.html")]
pub(crate) struct NotSetUp {
    pub(crate) shell: Shell,
}

/// Where an instructor chooses.
#[derive(Template)]
#[template(path = "marking/choose_activity.html")]
pub(crate) struct ChooseActivity {
    pub(crate) shell: Shell,
    pub(crate) errors: Vec<FormError>,
    /// The link's title in the course.
    pub(crate) link: Option<String>,
    pub(crate) modules: Vec<ModuleChoice>,
}

/// A module with its activities.
pub(crate) struct ModuleChoice {
    pub(crate) title: String,
    pub(crate) activities: Vec<ActivityChoice>,
}

/// One activity to choose.
pub(crate) struct ActivityChoice {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) is_chosen: bool,
}
