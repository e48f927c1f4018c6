//! Where the launch comes from: the course, the link in it, and their ids in the student record system.

use serde::{Deserialize, Serialize};

use super::{deserialize_optional_text, deserialize_text, deserialize_text_list};

/// The course (LTI Core 1.3 §5.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Unique in the platform's deployment.
    #[serde(deserialize_with = "deserialize_text")]
    pub id: String,
    /// A short name, such as a course code.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub label: Option<String>,
    /// The name that people know.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub title: Option<String>,
    /// Kinds, as they came: full URIs (`…/course#CourseSection`) or Moodle's bare `CourseSection`.
    #[serde(
        default,
        rename = "type",
        deserialize_with = "deserialize_text_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub types: Vec<String>,
}

impl Context {
    /// Whether this is a course section or a course offering, in whichever form the platform says so.
    pub fn is_course(&self) -> bool {
        self.types.iter().any(|kind| {
            let name = kind.rsplit(['#', '/']).next().unwrap_or(kind);
            matches!(name, "CourseSection" | "CourseOffering" | "CourseTemplate")
        })
    }
}

/// The link in the course that was opened (LTI Core 1.3 §5.3.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceLink {
    /// Unique in the platform's deployment, stable over its life.
    #[serde(deserialize_with = "deserialize_text")]
    pub id: String,
    /// The name that people know.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub title: Option<String>,
    /// A longer description; may hold markup.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
}

/// Ids of the student record system (LTI Core 1.3 §5.4.5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lis {
    /// The person's id.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub person_sourcedid: Option<String>,
    /// The course's id.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub course_offering_sourcedid: Option<String>,
    /// The section's id.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub course_section_sourcedid: Option<String>,
}
