//! Setting the platform up: tools, people, courses, activities.

use std::collections::BTreeMap;

use crate::{
    Course, CourseId, Flavour, LineItem, Link, LinkId, LinkSeed, Lms, LmsError, NewCourse,
    NewPerson, Period, Person, PersonId, Role, SubmissionReview, Tool, ToolId, ToolRegistration,
};

impl Lms {
    /// Registers a tool, or changes the registration with the same client id.
    ///
    /// On Canvas the deployment counts too: the same client id with another one is one more
    /// deployment of the same developer key.
    pub fn register_tool(&self, registration: ToolRegistration) -> ToolId {
        let flavour = self.flavour();
        self.change(|state| {
            let known = state
                .tools
                .values()
                .find(|tool| {
                    let known = &tool.registration;
                    // A client of Canvas may be deployed several times.
                    known.client_id == registration.client_id
                        && (flavour == Flavour::Moodle
                            || known.deployment_id == registration.deployment_id)
                })
                .map(|tool| tool.id);
            let id = known.unwrap_or_else(|| state.next_tool());
            state.tools.insert(
                id,
                Tool {
                    id,
                    registration,
                    is_pending: false,
                },
            );
            id
        })
        .0
    }

    /// Adds a person. Numbers count up from 2, Moodle's first account after its guest.
    pub fn add_person(&self, person: NewPerson) -> PersonId {
        self.change(|state| {
            let id = state.next_person();
            state.people.insert(
                id,
                Person {
                    id,
                    given_name: person.given_name,
                    family_name: person.family_name,
                    username: person.username,
                    about: person.about,
                },
            );
            id
        })
        .0
    }

    /// Adds a course without members. Numbers count up from 2.
    pub fn add_course(&self, course: NewCourse) -> CourseId {
        self.change(|state| {
            let id = state.next_course();
            state.courses.insert(
                id,
                Course {
                    id,
                    label: course.label,
                    title: course.title,
                    members: BTreeMap::new(),
                    copied_from: Vec::new(),
                },
            );
            id
        })
        .0
    }

    /// Makes a person a member of a course, or changes what they are in it.
    pub fn enrol(&self, course: CourseId, person: PersonId, role: Role) -> Result<(), LmsError> {
        self.change(|state| {
            state.find_person(person)?;
            state.find_course(course)?;
            if let Some(course) = state.courses.get_mut(&course) {
                course.members.insert(person, role);
            }
            Ok(())
        })
        .0
    }

    /// Takes a person out of a course; their account and their marks stay.
    pub fn unenrol(&self, course: CourseId, person: PersonId) {
        self.change(|state| {
            if let Some(course) = state.courses.get_mut(&course) {
                course.members.remove(&person);
            }
        });
    }

    /// Places an activity of the first registered tool in a course.
    pub fn add_link(&self, course: CourseId, link: LinkSeed) -> Result<LinkId, LmsError> {
        let tool = self
            .read(|state| state.tools.keys().next().copied())
            .ok_or(LmsError::NoTool)?;
        self.add_link_of(tool, course, link)
    }

    /// Places an activity of the named tool in a course.
    pub fn add_link_of(
        &self,
        tool: ToolId,
        course: CourseId,
        link: LinkSeed,
    ) -> Result<LinkId, LmsError> {
        self.change(|state| {
            state.find_course(course)?;
            state.find_tool(tool)?;
            let seed = link;
            let link = Link {
                id: state.next_link(),
                course,
                tool,
                section: seed.section,
                title: seed.title,
                description: seed.description,
                target_link_uri: seed.target_link_uri,
                custom: seed.custom,
                available: Period::default(),
                submission: Period::default(),
                copied_from: Vec::new(),
            };
            let id = link.id;
            if seed.graded {
                let mut column = LineItem::of_link(state.take_item(), &link);
                column.review = seed.review.then(SubmissionReview::default);
                state.items.insert(column.id, column);
            }
            state.links.insert(id, link);
            Ok(id)
        })
        .0
    }

    /// Gives a link the seed's text, target and parameters, and a column if it lacks one.
    pub(crate) fn replace_link(&self, id: LinkId, seed: &LinkSeed) {
        self.change(|state| {
            if let Some(link) = state.links.get_mut(&id) {
                link.description.clone_from(&seed.description);
                link.target_link_uri.clone_from(&seed.target_link_uri);
                link.custom.clone_from(&seed.custom);
            }
            let Some(link) = state.links.get(&id).cloned() else {
                return;
            };
            if seed.graded && state.items_of(id).next().is_none() {
                let column = LineItem::of_link(state.take_item(), &link);
                state.items.insert(column.id, column);
            }
            let columns = state.items.values_mut();
            for column in columns.filter(|column| column.link == Some(id)) {
                column.review = seed.review.then(SubmissionReview::default);
            }
        });
    }
}
