//! Courses and the activities placed in them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{CourseId, LinkId, LmsError, Person, PersonId, Role, ToolId};

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
    /// The courses that it was copied from, the nearest first.
    #[serde(default)]
    pub copied_from: Vec<CourseId>,
}

impl Course {
    pub(crate) fn find_role(&self, person: &Person) -> Result<&Role, LmsError> {
        self.members
            .get(&person.id)
            .ok_or_else(|| LmsError::NotAMember(person.name()))
    }

    /// The value of `$Context.id.history`: the numbers, the nearest first.
    pub(crate) fn history(&self) -> String {
        let ids: Vec<String> = self.copied_from.iter().map(ToString::to_string).collect();
        ids.join(",")
    }
}

/// From when until when something can be done; either end may be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// From then on.
    pub start: Option<DateTime<Utc>>,
    /// Until then.
    pub end: Option<DateTime<Utc>>,
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
    /// Whether people's work can be opened from that column.
    pub review: bool,
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
            review: false,
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

    /// With a gradebook column from which people's work can be opened.
    #[must_use]
    pub fn reviewed(mut self) -> Self {
        self.review = true;
        self.graded()
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
    /// When it can be opened, as the tool asked for it. Moodle drops it: it is kept for tests only.
    #[serde(default)]
    pub available: Period,
    /// When work can be handed in, as the tool asked for it; dropped by Moodle too.
    #[serde(default)]
    pub submission: Period,
    /// The links that it was copied from, the nearest first.
    #[serde(default)]
    pub copied_from: Vec<LinkId>,
}
