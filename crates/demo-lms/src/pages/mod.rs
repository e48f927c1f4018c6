//! The pages that people see. One file a page; each asks the platform and fills a template.

mod activity;
mod copy;
mod course;
mod front;
mod gradebook;
mod handover;
mod launch;
mod picker;
mod storage;
mod tools;
mod view;

pub(crate) use activity::activity;
pub(crate) use copy::copy_course;
pub(crate) use course::course;
pub(crate) use front::{begin_session, front, sign_in};
pub(crate) use gradebook::gradebook;
pub(crate) use handover::form_post;
pub(crate) use launch::{launch, return_from_tool};
pub(crate) use picker::{open_picker, picked, picker};
pub(crate) use storage::{message_forwarding, storage_script};
pub(crate) use tools::{change_tool, start_registration, tools};
pub(crate) use view::{message, not_found, registration_script, style, submit_script};

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};

use crate::{CourseId, Lms, LmsError, Person, PersonId, Role, session::Session};

/// The signed-in person and what they are in a course.
struct Member {
    session: Session,
    person: Person,
    role: Role,
}

impl Member {
    /// Whether they may look at this person's marks and work.
    fn sees_marks_of(&self, person: PersonId) -> bool {
        match &self.role {
            Role::Coach { participants } => participants.contains(&person),
            role => role.sees_all_marks() || self.person.id == person,
        }
    }

    /// Whether they may open this person's work from the gradebook.
    fn reviews_work_of(&self, person: PersonId) -> bool {
        self.person.id != person && self.sees_marks_of(person)
    }
}

/// Finds the signed-in member of a course, or the page that says why there is none.
#[expect(clippy::result_large_err, reason = "the error is the page to show")]
fn find_member(lms: &Lms, headers: &HeaderMap, course: CourseId) -> Result<Member, Response> {
    let Some(session) = lms.session(headers) else {
        return Err(sign_in(lms, StatusCode::OK));
    };
    let found = lms.read(|state| {
        let person = state.find_person(session.person)?.clone();
        let course = state.find_course(course)?;
        match course.members.get(&person.id) {
            Some(role) => Ok((person, role.clone())),
            None => Err(LmsError::NotAMember(person.name())),
        }
    });
    match found {
        Ok((person, role)) => Ok(Member {
            session,
            person,
            role,
        }),
        Err(LmsError::NotAMember(name)) => Err(message(
            StatusCode::FORBIDDEN,
            "You are not in this course",
            &format!("{name} is not a member of it. Choose another person on the first page."),
        )),
        Err(_) => Err(page_not_found()),
    }
}

fn page_not_found() -> Response {
    message(
        StatusCode::NOT_FOUND,
        "Page not found",
        "There is nothing at this address. Start again on the first page.",
    )
}
