//! Copying a course with its activities, as a programme does for its next cohort.

use std::collections::BTreeMap;

use crate::{Course, CourseId, Flavour, LinkId, Lms, LmsError, NewCourse, state::State};

/// A copied course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseCopy {
    /// The new course.
    pub course: CourseId,
    /// The new link of each link that was copied.
    pub links: BTreeMap<LinkId, LinkId>,
}

impl Lms {
    /// Copies a course: its activities under new numbers, with their parameters, their columns with
    /// `resourceId` and `tag`, and those who teach it. Participants, coaches and marks stay behind.
    ///
    /// On Canvas a notice then waits for every tool that asked for one: see
    /// [`Self::send_notices`].
    pub fn copy_course(&self, from: CourseId, to: NewCourse) -> Result<CourseCopy, LmsError> {
        let copied = self.change(|state| copy(state, from, to)).0?;
        if self.flavour() == Flavour::Canvas {
            self.tell_of_copy(from, copied.course)?;
        }
        Ok(copied)
    }
}

fn copy(state: &mut State, from: CourseId, to: NewCourse) -> Result<CourseCopy, LmsError> {
    let original = state.find_course(from)?.clone();
    let course = state.next_course();
    let mut history = vec![original.id];
    history.extend(original.copied_from);
    let teachers = original.members.into_iter();
    state.courses.insert(
        course,
        Course {
            id: course,
            label: to.label,
            title: to.title,
            members: teachers.filter(|(_, role)| role.edits_courses()).collect(),
            copied_from: history,
        },
    );

    let mut links = BTreeMap::new();
    let of_course = state.links.values().filter(|link| link.course == from);
    for mut link in of_course.cloned().collect::<Vec<_>>() {
        let original = link.id;
        link.id = state.next_link();
        link.course = course;
        link.copied_from.insert(0, original);
        links.insert(original, link.id);
        state.links.insert(link.id, link);
    }
    let of_course = state.items.values().filter(|item| item.course == from);
    for mut item in of_course.cloned().collect::<Vec<_>>() {
        item.id = state.take_item();
        item.course = course;
        item.link = item.link.and_then(|link| links.get(&link).copied());
        state.items.insert(item.id, item);
    }
    Ok(CourseCopy { course, links })
}
