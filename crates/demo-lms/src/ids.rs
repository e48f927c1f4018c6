//! The numbers by which the platform knows its people, courses, links, tools and columns.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(out, "{}", self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A person's account; written out it is the `sub` of their launches.
    PersonId,
    /// A course; written out it is the `context.id` of its launches.
    CourseId,
    /// An activity placed in a course; written out it is the `resource_link.id`.
    LinkId,
    /// A registered tool; written out it is the `type_id` of service URLs.
    ToolId,
    /// A gradebook column; it stands in the path of its line item URL.
    ItemId,
}

impl LinkId {
    /// The course-module number that stands in page URLs and in `lti_message_hint`.
    ///
    /// Moodle numbers modules apart from links; one other module comes first in a new course.
    pub(crate) fn course_module(self) -> u32 {
        self.0 + 1
    }

    /// The link behind a course-module number.
    pub(crate) fn from_course_module(module: u32) -> Option<Self> {
        module.checked_sub(1).map(Self)
    }
}
