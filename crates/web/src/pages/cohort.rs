//! The people of a course, for a tutor, or a coach's own participants; and who coaches whom.

use askama::Template;

use crate::pages::parts::{Badge, FormError};
use crate::pages::roster::{Pager, PeopleFilter, RosterLine};
use crate::pages::shell::Shell;

/// The cohort page.
#[derive(Template)]
#[template(path = "marking/cohort.html")]
pub(crate) struct CohortPage {
    pub(crate) shell: Shell,
    pub(crate) title: String,
    pub(crate) lead: String,
    /// Where an instructor sets the link up, while it is not.
    pub(crate) bind_link: Option<String>,
    pub(crate) roster: RosterLine,
    /// Marks that did not get into the gradebook.
    pub(crate) unsent: Option<Unsent>,
    pub(crate) waiting: Vec<WaitingLine>,
    /// "and 12 more", where more waits than is shown.
    pub(crate) more_waiting: Option<String>,
    pub(crate) people_title: &'static str,
    /// What to say when there is nobody.
    pub(crate) nobody: Option<&'static str>,
    /// How to look through many people.
    pub(crate) filter: Option<PeopleFilter>,
    pub(crate) people: Vec<PersonCard>,
    pub(crate) pager: Pager,
    /// Who has left the course, with the work that they did.
    pub(crate) left: Vec<PersonCard>,
}

/// Marks that could not be sent, by reason: what is wrong is often the same for a whole course.
pub(crate) struct Unsent {
    pub(crate) reasons: Vec<UnsentReason>,
    /// "and 12 more", where there are more than are shown.
    pub(crate) more: Option<String>,
    /// The words of the button that sends all of them, where there are several.
    pub(crate) all: Option<String>,
}

/// What happened and what to do about it, and the marks that it happened to.
pub(crate) struct UnsentReason {
    pub(crate) words: String,
    pub(crate) marks: Vec<UnsentLine>,
}

/// One mark that could not be sent.
pub(crate) struct UnsentLine {
    /// The delivery.
    pub(crate) id: String,
    pub(crate) name: String,
    /// The column and the mark.
    pub(crate) about: String,
    pub(crate) record: Option<RecordLink>,
}

/// A piece of work that waits for this person.
pub(crate) struct WaitingLine {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) about: String,
    pub(crate) state: Badge,
}

/// One participant.
pub(crate) struct PersonCard {
    pub(crate) name: String,
    pub(crate) coach: Option<String>,
    /// "Has not started yet", of somebody without any work.
    pub(crate) state: Option<Badge>,
    /// The names of their groups.
    pub(crate) groups: Option<String>,
    pub(crate) entries: Vec<PersonEntry>,
    pub(crate) modules: Vec<RecordLink>,
}

/// One attempt of a participant.
pub(crate) struct PersonEntry {
    pub(crate) title: String,
    pub(crate) href: Option<String>,
    pub(crate) about: String,
    pub(crate) state: Badge,
    pub(crate) mark: Option<String>,
}

/// The way to a module's record.
pub(crate) struct RecordLink {
    pub(crate) label: String,
    pub(crate) href: String,
}

/// The pairing page.
#[derive(Template)]
#[template(path = "marking/pairing.html")]
pub(crate) struct PairingPage {
    pub(crate) shell: Shell,
    pub(crate) errors: Vec<FormError>,
    pub(crate) roster: RosterLine,
    /// How to look through many people.
    pub(crate) filter: Option<PeopleFilter>,
    /// Whether somebody else than the usual can be looked for as coach, and who was.
    pub(crate) asks_other: bool,
    pub(crate) other: String,
    /// What to say when there is nobody.
    pub(crate) nobody: &'static str,
    pub(crate) participants: Vec<PairedPerson>,
    pub(crate) pager: Pager,
    /// The query of this page, to which the forms lead back.
    pub(crate) back: String,
}

/// A participant with their coaches.
pub(crate) struct PairedPerson {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) has_opened: bool,
    pub(crate) coaches: Vec<PairedCoach>,
    /// Coaches and teachers who could be their coach.
    pub(crate) options: Vec<CoachOption>,
    /// Who else could.
    pub(crate) others: Vec<CoachOption>,
}

/// One coach of a participant.
pub(crate) struct PairedCoach {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Named by the platform's `role_scope_mentor`, so not ours to take away.
    pub(crate) is_from_lms: bool,
}

/// Somebody who can be chosen as coach.
pub(crate) struct CoachOption {
    pub(crate) id: String,
    pub(crate) name: String,
}
