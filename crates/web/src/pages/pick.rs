//! Picking activities for a course: the list, the details of what was chosen, the way back to the
//! platform.

use askama::Template;

use crate::markdown::CleanHtml;
use crate::pages::parts::FormError;
use crate::pages::shell::Shell;

/// What can be chosen.
#[derive(Template)]
#[template(path = "picking/choose.html")]
pub(crate) struct PickPage {
    pub(crate) shell: Shell,
    pub(crate) errors: Vec<FormError>,
    pub(crate) course: String,
    /// Whether the platform takes activities here at all.
    pub(crate) takes_activities: bool,
    /// Whether several may be chosen at once.
    pub(crate) several: bool,
    /// What was searched for, as it was typed.
    pub(crate) query: String,
    pub(crate) strands: Vec<StrandOption>,
    /// How much is shown, where something was searched for.
    pub(crate) found: Option<String>,
    /// Chosen before, and not among what is shown.
    pub(crate) kept: Vec<KeptChoice>,
    pub(crate) phases: Vec<PickPhase>,
}

/// A strand to look for.
pub(crate) struct StrandOption {
    pub(crate) number: u8,
    pub(crate) title: &'static str,
    pub(crate) is_chosen: bool,
}

/// Something that was chosen before another search.
pub(crate) struct KeptChoice {
    pub(crate) id: String,
    /// The activity's key.
    pub(crate) value: String,
    /// `programme/module`.
    pub(crate) module: String,
    pub(crate) title: String,
}

/// A phase of a programme.
pub(crate) struct PickPhase {
    pub(crate) programme: String,
    pub(crate) title: String,
    pub(crate) modules: Vec<PickModule>,
}

/// A module with the activities that fit the search.
pub(crate) struct PickModule {
    pub(crate) id: String,
    /// `programme/module`.
    pub(crate) value: String,
    pub(crate) title: String,
    pub(crate) facts: String,
    /// "3 activities, 2 with a grade column": what the whole module brings; none where nothing of it
    /// can be added.
    pub(crate) whole: Option<String>,
    pub(crate) total: usize,
    pub(crate) activities: Vec<PickActivity>,
}

/// One activity.
pub(crate) struct PickActivity {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) is_built: bool,
    pub(crate) is_chosen: bool,
    /// Whether a link of the course opens it already.
    pub(crate) is_placed: bool,
    pub(crate) preview: Preview,
}

/// What participants will see of it.
pub(crate) struct Preview {
    pub(crate) kind: &'static str,
    pub(crate) description: &'static str,
    /// What it counts, when it is due, which strands it carries.
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) instructions: CleanHtml,
    pub(crate) stages: Vec<&'static str>,
}

/// The details of what was chosen, before it is added.
#[derive(Template)]
#[template(path = "picking/review.html")]
pub(crate) struct ReviewPage {
    pub(crate) shell: Shell,
    pub(crate) errors: Vec<FormError>,
    pub(crate) course: String,
    /// "3 activities".
    pub(crate) total: String,
    pub(crate) zone: String,
    /// The first day of the course, from which the dates were worked out.
    pub(crate) start: String,
    /// Whether any of the activities has a date of its own.
    pub(crate) has_dates: bool,
    /// Whether the platform takes columns of the gradebook here.
    pub(crate) columns: bool,
    /// Back to the list, with the same choice.
    pub(crate) back: String,
    pub(crate) entries: Vec<ReviewEntry>,
}

/// One chosen activity.
pub(crate) struct ReviewEntry {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) about: String,
    /// Its name in the course, as it was typed.
    pub(crate) name: String,
    /// Whether it has marks that could go into a column.
    pub(crate) has_marks: bool,
    pub(crate) with_column: bool,
    pub(crate) due: String,
    pub(crate) due_error: Option<String>,
    pub(crate) opens: String,
    pub(crate) opens_error: Option<String>,
}

/// The answer on its way to the platform: posted at once by the script, or by the button.
#[derive(Template)]
#[template(path = "picking/answer.html")]
pub(crate) struct AnswerPage {
    pub(crate) shell: Shell,
    pub(crate) title: String,
    /// The platform's address for the answer.
    pub(crate) action: String,
    pub(crate) token: String,
}
