//! The people of a course, for a tutor, or a coach's own participants; and who coaches whom.

use askama::Template;

use crate::pages::parts::{Badge, FormError};
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
    pub(crate) waiting: Vec<WaitingLine>,
    pub(crate) people_title: &'static str,
    /// What to say when there is nobody.
    pub(crate) nobody: &'static str,
    pub(crate) people: Vec<PersonCard>,
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
    pub(crate) participants: Vec<PairedPerson>,
}

/// A participant with their coaches.
pub(crate) struct PairedPerson {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) coaches: Vec<PairedCoach>,
    /// Who else could be their coach.
    pub(crate) options: Vec<CoachOption>,
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
