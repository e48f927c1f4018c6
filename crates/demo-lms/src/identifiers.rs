//! The names under which people, courses and links are known outside: numbers on Moodle, opaque
//! words on Canvas.

use aws_lc_rs::hmac;

use crate::{CourseId, Flavour, LinkId, Lms, PersonId, random, state::State};

impl Lms {
    /// The `sub` of a person.
    pub fn subject_of(&self, person: PersonId) -> String {
        self.read(|state| subject_of(state, self.flavour(), person))
    }

    /// The `context.id` of a course.
    pub fn context_of(&self, course: CourseId) -> String {
        self.read(|state| context_of(state, self.flavour(), course))
    }

    /// The `resource_link.id` of a link.
    pub fn resource_link_of(&self, link: LinkId) -> String {
        self.read(|state| resource_link_of(state, self.flavour(), link))
    }
}

pub(crate) fn subject_of(state: &State, flavour: Flavour, person: PersonId) -> String {
    match flavour {
        Flavour::Canvas => as_uuid(&opaque(state, "person", person.0)),
        Flavour::Moodle => person.to_string(),
        Flavour::OpenEdx => format!("u-{person}"),
    }
}

pub(crate) fn context_of(state: &State, flavour: Flavour, course: CourseId) -> String {
    match flavour {
        Flavour::Canvas => opaque(state, "course", course.0),
        Flavour::Moodle => course.to_string(),
        Flavour::OpenEdx => match state.courses.get(&course) {
            Some(course) => format!("course-v1:Demo+{}+1", course.label),
            None => format!("course-v1:Demo+{course}+1"),
        },
    }
}

pub(crate) fn resource_link_of(state: &State, flavour: Flavour, link: LinkId) -> String {
    match flavour {
        Flavour::Canvas => as_uuid(&opaque(state, "link", link.0)),
        Flavour::Moodle => link.to_string(),
        Flavour::OpenEdx => format!("rl-{link}"),
    }
}

/// Forty hexadecimal digits that say nothing and are always the same.
pub(crate) fn opaque(state: &State, kind: &str, number: u32) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, state.guid.as_bytes());
    let tag = hmac::sign(&key, format!("{kind}.{number}").as_bytes());
    random::digits(&tag.as_ref()[..20])
}

fn as_uuid(digits: &str) -> String {
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
    parts.map(|part| &digits[part]).join("-")
}
