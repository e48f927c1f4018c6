//! Courses and the activities placed in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{CourseId, LinkId, PersonId, Role, ToolId};

/// A course to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCourse {
    /// Short name, `context.label`.
    pub label: String,
    /// Full name, `context.title`.
    pub title: String,
}

/// A course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// The number, which is the `context.id` of launches.
    pub id: CourseId,
    /// Short name.
    pub label: String,
    /// Full name.
    pub title: String,
    /// Who is in it, and as what.
    pub members: BTreeMap<PersonId, Role>,
}

/// An activity to be placed in a course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkSeed {
    /// The heading on the course page under which it stands.
    pub section: String,
    /// The title, `resource_link.title`.
    pub title: String,
    /// The introduction, `resource_link.description`.
    pub description: String,
    /// Where the tool is to open.
    pub target_link_uri: Url,
    /// Custom parameters, in order; `$Variables` are replaced as Moodle does.
    pub custom: Vec<(String, String)>,
    /// Whether a gradebook column out of 100 belongs to it.
    pub graded: bool,
}

impl LinkSeed {
    /// An ungraded activity without parameters.
    pub fn new(title: &str, target_link_uri: Url) -> Self {
        Self {
            section: "Activities".to_owned(),
            title: title.to_owned(),
            description: String::new(),
            target_link_uri,
            custom: Vec::new(),
            graded: false,
        }
    }

    /// Under this heading.
    #[must_use]
    pub fn in_section(mut self, section: &str) -> Self {
        section.clone_into(&mut self.section);
        self
    }

    /// With this introduction.
    #[must_use]
    pub fn described(mut self, description: &str) -> Self {
        description.clone_into(&mut self.description);
        self
    }

    /// With one more custom parameter.
    #[must_use]
    pub fn with_custom(mut self, key: &str, value: &str) -> Self {
        self.custom.push((key.to_owned(), value.to_owned()));
        self
    }

    /// With a gradebook column.
    #[must_use]
    pub fn graded(mut self) -> Self {
        self.graded = true;
        self
    }
}

/// An activity placed in a course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The number, which is the `resource_link.id` of launches.
    pub id: LinkId,
    /// The course.
    pub course: CourseId,
    /// The tool that is launched.
    pub tool: ToolId,
    /// The heading on the course page.
    pub section: String,
    /// The title.
    pub title: String,
    /// The introduction.
    pub description: String,
    /// Where the tool is to open.
    pub target_link_uri: Url,
    /// Custom parameters, in order.
    pub custom: Vec<(String, String)>,
}
