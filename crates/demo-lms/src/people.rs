//! People and what they are in a course.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::PersonId;

/// A person to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Sign-in name, unique.
    pub username: String,
    /// One line on the page where a person picks who they are.
    pub about: String,
}

impl NewPerson {
    /// A person whose sign-in name is made from the name itself.
    pub fn named(given_name: &str, family_name: &str) -> Self {
        let username: String = format!("{given_name}.{family_name}")
            .to_lowercase()
            .chars()
            .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '.')
            .collect();
        Self {
            given_name: given_name.to_owned(),
            family_name: family_name.to_owned(),
            username,
            about: String::new(),
        }
    }

    /// The same person with a line about them.
    #[must_use]
    pub fn about(mut self, about: &str) -> Self {
        about.clone_into(&mut self.about);
        self
    }
}

/// A person's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The number, which is the `sub` of launches.
    pub id: PersonId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Sign-in name.
    pub username: String,
    /// One line on the page where a person picks who they are.
    pub about: String,
}

impl Person {
    /// The name as people read it.
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// An address that can never be delivered to.
    pub fn email(&self) -> String {
        format!("{}@example.invalid", self.username)
    }

    /// The number in an invented student information system.
    pub fn sourced_id(&self) -> String {
        format!("SIS-{}", self.username)
    }
}

/// What a person is in a course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Takes the course and has marks.
    Participant,
    /// Looks after the named participants. Launches carry the Mentor role and
    /// `role_scope_mentor`, which Moodle itself does not send.
    Coach {
        /// The participants.
        participants: BTreeSet<PersonId>,
    },
    /// Teaches the course.
    Tutor,
    /// Non-editing teacher: an Instructor in launches, a Learner in the roster, as on Moodle.
    TeachingAssistant,
    /// A site administrator: may open every course, is in no roster.
    Administrator,
}

impl Role {
    /// The words for people.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Participant => "Participant teacher",
            Self::Coach { .. } => "In-school coach",
            Self::Tutor => "University tutor",
            Self::TeachingAssistant => "Teaching assistant",
            Self::Administrator => "Programme lead",
        }
    }

    /// Whether the gradebook has a row for this person.
    pub(crate) fn is_gradable(&self) -> bool {
        matches!(self, Self::Participant)
    }

    /// Whether this person may change the course.
    pub(crate) fn edits_courses(&self) -> bool {
        matches!(self, Self::Tutor | Self::Administrator)
    }

    /// Whether this person sees everybody's marks.
    pub(crate) fn sees_all_marks(&self) -> bool {
        matches!(
            self,
            Self::Tutor | Self::TeachingAssistant | Self::Administrator
        )
    }

    /// The role URIs of a launch.
    pub(crate) fn launch_roles(&self) -> &'static [&'static str] {
        match self {
            Self::Participant => &["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
            Self::Coach { .. } => &["http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"],
            Self::Tutor | Self::TeachingAssistant => {
                &["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]
            }
            Self::Administrator => &[
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
                "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",
                "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
            ],
        }
    }

    /// The role URIs of a launch from Canvas, where a coach is an observer.
    pub(crate) fn canvas_roles(&self) -> &'static [&'static str] {
        match self {
            Self::Participant => &[
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student",
                "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",
                "http://purl.imsglobal.org/vocab/lis/v2/system/person#User",
            ],
            Self::Coach { .. } => &[
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Observer",
                "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor",
                "http://purl.imsglobal.org/vocab/lis/v2/system/person#User",
            ],
            Self::Tutor => &[
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor",
                "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",
                "http://purl.imsglobal.org/vocab/lis/v2/system/person#User",
            ],
            Self::TeachingAssistant => &[
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor",
                "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",
                "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant",
                "http://purl.imsglobal.org/vocab/lis/v2/system/person#User",
            ],
            Self::Administrator => &[
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
                "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",
                "http://purl.imsglobal.org/vocab/lis/v2/system/person#User",
            ],
        }
    }

    /// The short role of the roster; `None` where the person is not in it.
    pub(crate) fn roster_role(&self) -> Option<&'static str> {
        match self {
            Self::Participant | Self::TeachingAssistant => Some("Learner"),
            Self::Coach { .. } => Some("Mentor"),
            Self::Tutor => Some("Instructor"),
            Self::Administrator => None,
        }
    }
}
