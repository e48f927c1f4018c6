//! The course page: activities by section.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    find_member,
    view::{Visitor, html, mark_text},
};
use crate::{
    Course, CourseId, Link, LinkId, Lms, PersonId, Placement, Role, ToolId, state::State as Kept,
};

#[derive(Template)]
#[template(path = "course.html")]
struct CoursePage {
    visitor: Option<Visitor>,
    course: Course,
    sections: Vec<Section>,
    /// The tools from which the visitor may add activities.
    pickers: Vec<(ToolId, String)>,
    /// Those from which one assignment at a time may be made (Canvas).
    assignments: Vec<(ToolId, String)>,
    /// Those that have a page of their own in the course (Canvas).
    entries: Vec<(ToolId, String)>,
    is_administrator: bool,
    is_teacher: bool,
    session_key: String,
}

struct Section {
    title: String,
    activities: Vec<Activity>,
}

struct Activity {
    id: LinkId,
    title: String,
    description: String,
    is_graded: bool,
    /// The visitor's own mark, where they can have one.
    mark: Option<String>,
}

pub(crate) async fn course(
    State(lms): State<Lms>,
    Path(course): Path<u32>,
    headers: HeaderMap,
) -> Response {
    let course = CourseId(course);
    let member = match find_member(&lms, &headers, course) {
        Ok(member) => member,
        Err(page) => return page,
    };
    let person = member.role.is_gradable().then_some(member.person.id);
    let page = lms.read(|state| {
        let sections = state
            .sections(course)
            .into_iter()
            .map(|(title, links)| Section {
                title: title.to_owned(),
                activities: links
                    .into_iter()
                    .map(|link| describe(state, link, person))
                    .collect(),
            })
            .collect();
        let at = |placement: Placement, may_see: bool| {
            let tools = state.tools.values();
            let shown = tools.filter(|tool| may_see && tool.is_at(placement));
            shown
                .map(|tool| (tool.id, tool.registration.name.clone()))
                .collect()
        };
        let is_teacher = member.role.edits_courses();
        state.find_course(course).map(|course| CoursePage {
            visitor: Some(Visitor::from(&member)),
            course: course.clone(),
            sections,
            pickers: at(Placement::LinkSelection, is_teacher),
            assignments: at(Placement::AssignmentSelection, is_teacher),
            entries: at(Placement::CourseNavigation, true),
            is_administrator: member.role == Role::Administrator,
            is_teacher,
            session_key: member.session.key(&state.session_key),
        })
    });
    match page {
        Ok(page) => html(StatusCode::OK, &page),
        Err(_) => super::page_not_found(),
    }
}

fn describe(state: &Kept, link: &Link, person: Option<PersonId>) -> Activity {
    let item = state.items_of(link.id).next();
    let mark = person.zip(item).map(|(person, item)| {
        let cells = state.grades.get(&item.id);
        let mark = cells
            .and_then(|cells| cells.get(&person))
            .and_then(|grade| grade.mark);
        mark.map_or_else(
            || "No mark yet".to_owned(),
            |mark| format!("{} out of {}", mark_text(mark), mark_text(item.maximum)),
        )
    });
    Activity {
        id: link.id,
        title: link.title.clone(),
        description: link.description.clone(),
        is_graded: item.is_some(),
        mark,
    }
}
