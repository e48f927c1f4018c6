//! The participant's programme: what is next, and where they stand.

use askama::Template;

use crate::moments::Moment;
use crate::pages::parts::{Badge, counted};
use crate::pages::shell::Shell;

/// The participant's home page.
#[derive(Template)]
#[template(path = "participant/home.html")]
pub(crate) struct Home {
    pub(crate) shell: Shell,
    pub(crate) programme: String,
    /// One sentence: how far they are.
    pub(crate) standing: String,
    pub(crate) next: Option<NextStep>,
    pub(crate) phases: Vec<PhaseView>,
    pub(crate) strands: Vec<StrandView>,
}

/// The one thing to do next.
pub(crate) struct NextStep {
    pub(crate) title: String,
    pub(crate) module: String,
    pub(crate) state: Badge,
    pub(crate) due: Option<Moment>,
    pub(crate) why: Option<String>,
    pub(crate) href: String,
    pub(crate) action: &'static str,
}

/// A phase with its modules.
pub(crate) struct PhaseView {
    pub(crate) title: String,
    pub(crate) modules: Vec<ModuleView>,
}

/// A module and where the participant stands in it.
pub(crate) struct ModuleView {
    /// Where links from elsewhere lead to.
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) credits: u32,
    pub(crate) state: Badge,
    /// The released result in words.
    pub(crate) result: Option<String>,
    pub(crate) entries: Vec<ActivityEntry>,
}

/// An activity in a module.
pub(crate) struct ActivityEntry {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) kind: &'static str,
    /// "60 % of the module, must be passed".
    pub(crate) counts: Option<String>,
    pub(crate) state: Badge,
    pub(crate) due: Option<Moment>,
    pub(crate) mark: Option<String>,
}

/// How far one strand was covered.
pub(crate) struct StrandView {
    pub(crate) number: u8,
    pub(crate) title: &'static str,
    pub(crate) submitted: usize,
    pub(crate) begun: usize,
    pub(crate) total: usize,
}

impl StrandView {
    /// The classes of the squares: submitted, begun, still to come.
    fn dots(&self) -> Vec<&'static str> {
        let rest = self.total.saturating_sub(self.submitted + self.begun);
        let mut dots = vec![" on"; self.submitted];
        dots.extend(std::iter::repeat_n(" half", self.begun));
        dots.extend(std::iter::repeat_n("", rest));
        dots
    }

    fn words(&self) -> String {
        let activities = counted(self.total as u64, "activity", "activities");
        match (self.submitted, self.begun) {
            (0, 0) => format!("None of {activities} begun"),
            (submitted, 0) => format!("{submitted} of {activities} submitted"),
            (submitted, begun) => format!("{submitted} of {activities} submitted, {begun} begun"),
        }
    }
}
