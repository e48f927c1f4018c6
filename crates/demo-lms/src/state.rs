//! Everything the platform keeps, as it stands in the data file.

use std::collections::BTreeMap;

use mtl_lti::signing_key::SigningError;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    Course, CourseId, Grade, ItemId, LineItem, Link, LinkId, LmsError, Person, PersonId, Role,
    SubmissionReview, Tool, ToolId, key::PlatformKey, random,
};

/// Everything the platform keeps.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) guid: String,
    pub(crate) session_key: String,
    /// The newest is last and signs; the one before it is still published.
    pub(crate) keys: Vec<PlatformKey>,
    pub(crate) people: BTreeMap<PersonId, Person>,
    pub(crate) courses: BTreeMap<CourseId, Course>,
    pub(crate) tools: BTreeMap<ToolId, Tool>,
    pub(crate) links: BTreeMap<LinkId, Link>,
    pub(crate) items: BTreeMap<ItemId, LineItem>,
    pub(crate) grades: BTreeMap<ItemId, BTreeMap<PersonId, Grade>>,
    /// Where each tool wants its notices, by kind (Canvas).
    #[serde(default)]
    pub(crate) notice_handlers: BTreeMap<ToolId, BTreeMap<String, Url>>,
    next_item: u32,
    /// Counts changes, so that a writer knows what it has written.
    #[serde(skip)]
    pub(crate) version: u64,
}

impl State {
    pub(crate) fn new() -> Result<Self, LmsError> {
        Ok(Self {
            guid: random::hex::<16>()?,
            session_key: random::hex::<32>()?,
            keys: vec![PlatformKey::generate()?],
            people: BTreeMap::new(),
            courses: BTreeMap::new(),
            tools: BTreeMap::new(),
            links: BTreeMap::new(),
            items: BTreeMap::new(),
            grades: BTreeMap::new(),
            notice_handlers: BTreeMap::new(),
            // Moodle's first column is the course total.
            next_item: 2,
            version: 0,
        })
    }

    /// The key that signs.
    pub(crate) fn signing_key(&self) -> Result<PlatformKey, LmsError> {
        let newest = self.keys.last().cloned();
        newest.ok_or(LmsError::Key(SigningError::KeyUnreadable))
    }

    /// Account 1 is Moodle's guest.
    pub(crate) fn next_person(&self) -> PersonId {
        PersonId(self.people.keys().next_back().map_or(2, |last| last.0 + 1))
    }

    /// Course 1 is Moodle's front page.
    pub(crate) fn next_course(&self) -> CourseId {
        CourseId(self.courses.keys().next_back().map_or(2, |last| last.0 + 1))
    }

    pub(crate) fn next_link(&self) -> LinkId {
        LinkId(self.links.keys().next_back().map_or(1, |last| last.0 + 1))
    }

    pub(crate) fn next_tool(&self) -> ToolId {
        ToolId(self.tools.keys().next_back().map_or(1, |last| last.0 + 1))
    }

    /// Numbers of deleted columns are never given again.
    pub(crate) fn take_item(&mut self) -> ItemId {
        let id = ItemId(self.next_item);
        self.next_item += 1;
        id
    }

    pub(crate) fn find_person(&self, id: PersonId) -> Result<&Person, LmsError> {
        self.people.get(&id).ok_or(LmsError::Unknown {
            kind: "person",
            id: id.0,
        })
    }

    pub(crate) fn find_course(&self, id: CourseId) -> Result<&Course, LmsError> {
        self.courses.get(&id).ok_or(LmsError::Unknown {
            kind: "course",
            id: id.0,
        })
    }

    pub(crate) fn find_link(&self, id: LinkId) -> Result<&Link, LmsError> {
        self.links.get(&id).ok_or(LmsError::Unknown {
            kind: "link",
            id: id.0,
        })
    }

    pub(crate) fn find_tool(&self, id: ToolId) -> Result<&Tool, LmsError> {
        self.tools.get(&id).ok_or(LmsError::Unknown {
            kind: "tool",
            id: id.0,
        })
    }

    /// The columns of a link. A launch names its column only where there is exactly one.
    pub(crate) fn items_of(&self, link: LinkId) -> impl Iterator<Item = &LineItem> {
        self.items
            .values()
            .filter(move |item| item.link == Some(link))
    }

    /// How people's work in a link is looked at; nothing where no column or several say so.
    pub(crate) fn review_of(&self, link: LinkId) -> Option<&SubmissionReview> {
        let mut reviews = self.items_of(link).filter_map(|item| item.review.as_ref());
        reviews.next().filter(|_| reviews.next().is_none())
    }

    /// Where the launch of an activity is to end; a review may have a place of its own.
    pub(crate) fn target_of<'a>(&'a self, link: &'a Link, for_user: Option<PersonId>) -> &'a Url {
        for_user
            .and_then(|_| self.review_of(link.id)?.url.as_ref())
            .unwrap_or(&link.target_link_uri)
    }

    /// The address that was handed in as a person's work (Canvas).
    pub(crate) fn handed_in_at(&self, link: &Link, owner: PersonId) -> Option<Url> {
        let item = self.items_of(link.id).next()?;
        let submission = self
            .grades
            .get(&item.id)?
            .get(&owner)?
            .submission
            .as_ref()?;
        let is_launch = submission.kind == "basic_lti_launch";
        submission.data.as_ref().filter(|_| is_launch)?.parse().ok()
    }

    /// Whether the person is a site administrator.
    pub(crate) fn is_administrator(&self, person: PersonId) -> bool {
        let mut courses = self.courses.values();
        courses.any(|course| course.members.get(&person) == Some(&Role::Administrator))
    }

    /// Links of a course by section, in the order in which the sections first appear.
    pub(crate) fn sections(&self, course: CourseId) -> Vec<(&str, Vec<&Link>)> {
        let mut sections: Vec<(&str, Vec<&Link>)> = Vec::new();
        for link in self.links.values().filter(|link| link.course == course) {
            match sections.iter_mut().find(|(name, _)| *name == link.section) {
                Some((_, links)) => links.push(link),
                None => sections.push((&link.section, vec![link])),
            }
        }
        sections
    }
}
