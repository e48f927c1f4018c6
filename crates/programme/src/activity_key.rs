//! The address of an activity, `programme/activity`, and the rule for names inside a catalogue.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest name of a programme, phase, module, component, activity or criterion, in characters.
pub const MAX_NAME_LENGTH: usize = 64;

/// Where an activity is found: also the value of the LTI custom parameter `mtl_activity`.
/// Serialised as its text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ActivityKey {
    /// The programme's id.
    pub programme: String,
    /// The activity's id, unique inside the programme.
    pub activity: String,
}

impl ActivityKey {
    /// A key from two names; each must be a valid name (see [`find_name_fault`]).
    pub fn new(
        programme: impl Into<String>,
        activity: impl Into<String>,
    ) -> Result<Self, ActivityKeyError> {
        let (programme, activity) = (programme.into(), activity.into());
        for name in [&programme, &activity] {
            if let Some(fault) = find_name_fault(name) {
                return Err(ActivityKeyError::Name {
                    name: shorten(name),
                    fault,
                });
            }
        }
        Ok(Self {
            programme,
            activity,
        })
    }
}

/// What is wrong with a name, if anything: names are lower-case letters, digits and single hyphens,
/// begin with a letter, and are at most [`MAX_NAME_LENGTH`] long, so that they are safe in a URL.
pub fn find_name_fault(name: &str) -> Option<NameFault> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() {
        Some(NameFault::Empty)
    } else if name.len() > MAX_NAME_LENGTH {
        Some(NameFault::TooLong)
    } else if !name.chars().all(allowed) {
        Some(NameFault::Characters)
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        Some(NameFault::Start)
    } else if name.ends_with('-') || name.contains("--") {
        Some(NameFault::Hyphens)
    } else {
        None
    }
}

/// Why a name is not valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NameFault {
    /// No characters at all.
    #[error("it is empty")]
    Empty,
    /// More than [`MAX_NAME_LENGTH`] characters.
    #[error("it is longer than {MAX_NAME_LENGTH} characters")]
    TooLong,
    /// A character that is no lower-case letter, digit or hyphen.
    #[error("only lower-case letters a to z, digits and hyphens are allowed")]
    Characters,
    /// Begins with a digit or hyphen.
    #[error("it must begin with a letter")]
    Start,
    /// Ends with a hyphen or has two in a row.
    #[error("hyphens stand one at a time, between letters or digits")]
    Hyphens,
}

/// Why a text is no activity key.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActivityKeyError {
    /// Not two parts with a slash between them.
    #[error(
        "An activity is written programme/activity, for example mtl/first-question; found {0:?}."
    )]
    Form(String),
    /// One part is no valid name.
    #[error("{name:?} is not a valid name: {fault}.")]
    Name {
        /// The name as it was given, shortened.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
}

impl ActivityKeyError {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form(_) => "activity_key_form",
            Self::Name { .. } => "activity_key_name",
        }
    }
}

/// Launch parameters are under nobody's control, so what is quoted of them is short.
fn shorten(text: &str) -> String {
    text.chars().take(MAX_NAME_LENGTH).collect()
}

impl fmt::Display for ActivityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.programme, self.activity)
    }
}

impl FromStr for ActivityKey {
    type Err = ActivityKeyError;

    fn from_str(text: &str) -> Result<Self, ActivityKeyError> {
        match text.split_once('/') {
            Some((programme, activity)) if !activity.contains('/') => {
                Self::new(programme, activity)
            }
            _ => Err(ActivityKeyError::Form(shorten(text))),
        }
    }
}

impl TryFrom<String> for ActivityKey {
    type Error = ActivityKeyError;

    fn try_from(text: String) -> Result<Self, ActivityKeyError> {
        text.parse()
    }
}

impl From<ActivityKey> for String {
    fn from(key: ActivityKey) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_address() {
        let key: ActivityKey = "mtl/first-question".parse().unwrap();
        assert_eq!(key.programme, "mtl");
        assert_eq!(key.activity, "first-question");
        assert_eq!(key.to_string(), "mtl/first-question");
        assert_eq!(
            serde_json::to_string(&key).unwrap(),
            "\"mtl/first-question\""
        );
    }

    #[test]
    fn refuses_what_is_no_address() {
        for (text, code) in [
            ("", "activity_key_form"),
            ("mtl", "activity_key_form"),
            ("mtl/a/b", "activity_key_form"),
            ("mtl/", "activity_key_name"),
            ("/a", "activity_key_name"),
            ("mtl/A", "activity_key_name"),
            ("mtl/1a", "activity_key_name"),
            ("mtl/a-", "activity_key_name"),
            ("mtl/a--b", "activity_key_name"),
            ("mtl/../b", "activity_key_form"),
            ("mtl/..", "activity_key_name"),
            ("$ResourceLink.id", "activity_key_form"),
        ] {
            let error = text.parse::<ActivityKey>().unwrap_err();
            assert_eq!(error.code(), code, "{text:?}: {error}");
        }
        let long = "a".repeat(MAX_NAME_LENGTH + 1);
        assert_eq!(find_name_fault(&long), Some(NameFault::TooLong));
        assert_eq!(find_name_fault(&long[1..]), None);
    }
}
