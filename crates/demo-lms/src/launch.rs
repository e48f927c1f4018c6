//! What a launch is to say, whatever the flavour.

use crate::{CourseId, LinkId, PersonId, Placement, ToolId};

/// Where the tool's page is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DocumentTarget {
    /// Inside the activity's page.
    #[default]
    Iframe,
    /// In a window of its own.
    Window,
}

impl DocumentTarget {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Iframe => "iframe",
            Self::Window => "window",
        }
    }
}

/// What a launch of a placed activity is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchOrder {
    /// Who launches.
    pub person: PersonId,
    /// What is launched.
    pub link: LinkId,
    /// The tool's nonce.
    pub nonce: String,
    /// Where the tool's page is shown.
    pub target: DocumentTarget,
    /// For a submission review: whose work is looked at.
    pub for_user: Option<PersonId>,
}

impl LaunchOrder {
    /// A launch of an activity in an iframe.
    pub fn new(person: PersonId, link: LinkId, nonce: impl Into<String>) -> Self {
        Self {
            person,
            link,
            nonce: nonce.into(),
            target: DocumentTarget::Iframe,
            for_user: None,
        }
    }

    /// A look at this person's work (`LtiSubmissionReviewRequest`).
    #[must_use]
    pub fn for_user(mut self, person: PersonId) -> Self {
        self.for_user = Some(person);
        self
    }
}

/// A visit to a tool that belongs to no link: to its picker (`LtiDeepLinkingRequest`), or from the
/// course's navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CourseOrder {
    pub(crate) person: PersonId,
    pub(crate) course: CourseId,
    pub(crate) tool: ToolId,
    pub(crate) placement: Placement,
    pub(crate) nonce: String,
    /// Binds the answer to the browser's session.
    pub(crate) session_key: String,
}

/// What a launch that has begun is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// An activity is opened; with a person it is a review of that person's work.
    Activity {
        link: LinkId,
        target: DocumentTarget,
        for_user: Option<PersonId>,
    },
    /// A tool is visited from a course: activities are picked, or its page there is opened.
    Course {
        course: CourseId,
        placement: Placement,
    },
}
