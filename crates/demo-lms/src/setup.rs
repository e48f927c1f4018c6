//! Setting the platform up: tools, people, courses, activities.

use std::collections::BTreeMap;

use crate::{
    Course, CourseId, LineItem, Link, LinkId, LinkSeed, Lms, LmsError, NewCourse, NewPerson,
    Person, PersonId, Role, Tool, ToolId, ToolRegistration, state::State,
};

impl Lms {
    /// Registers a tool, or changes the registration with the same client id.
    pub fn register_tool(&self, registration: ToolRegistration) -> ToolId {
        self.change(|state| {
            let known = state
                .tools
                .values()
                .find(|tool| tool.registration.client_id == registration.client_id)
                .map(|tool| tool.id);
            let id = known.unwrap_or_else(|| state.next_tool());
            state.tools.insert(id, Tool { id, registration });
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
            let id = state.next_link();
            let graded = link.graded;
            state.links.insert(
                id,
                Link {
                    id,
                    course,
                    tool,
                    section: link.section,
                    title: link.title,
                    description: link.description,
                    target_link_uri: link.target_link_uri,
                    custom: link.custom,
                },
            );
            if graded {
                add_column(state, id);
            }
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
            if seed.graded && state.items_of(id).next().is_none() {
                add_column(state, id);
            }
        });
    }
}

/// Adds the column out of 100 that belongs to a link.
fn add_column(state: &mut State, link: LinkId) {
    let Some(link) = state.links.get(&link).cloned() else {
        return;
    };
    let id = state.take_item();
    state.items.insert(
        id,
        LineItem {
            id,
            course: link.course,
            tool: link.tool,
            label: link.title,
            maximum: 100.0,
            resource_id: String::new(),
            tag: String::new(),
            link: Some(link.id),
        },
    );
}
