//! The gradebook page: everybody's marks, one's participants', or one's own.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    find_member,
    view::{Visitor, html, mark_text, time_text},
};
use crate::{CourseId, GradebookRow, LinkId, Lms, PersonId};

#[derive(Template)]
#[template(path = "gradebook.html")]
struct GradebookPage {
    visitor: Option<Visitor>,
    course: CourseId,
    course_label: String,
    /// Whether names are worth showing.
    is_own: bool,
    people: Vec<PersonMarks>,
}

struct PersonMarks {
    name: String,
    marks: Vec<Mark>,
}

struct Mark {
    label: String,
    /// "72.5 out of 100", or nothing.
    text: Option<String>,
    comment: Option<String>,
    time: Option<String>,
    /// When the work was handed in, where the platform keeps that.
    handed_in: Option<String>,
    /// Where the work behind it can be looked at.
    work: Option<(LinkId, PersonId)>,
}

pub(crate) async fn gradebook(
    State(lms): State<Lms>,
    Path(course): Path<u32>,
    headers: HeaderMap,
) -> Response {
    let course = CourseId(course);
    let member = match find_member(&lms, &headers, course) {
        Ok(member) => member,
        Err(page) => return page,
    };
    let course_label = lms.read(|state| {
        let course = state.find_course(course);
        course.map_or_else(|_| String::new(), |course| course.label.clone())
    });
    let mut people: Vec<(PersonId, PersonMarks)> = Vec::new();
    for row in lms.gradebook(course) {
        if !member.sees_marks_of(row.person) {
            continue;
        }
        let mut mark = describe(&row);
        if !member.reviews_work_of(row.person) {
            mark.work = None;
        }
        match people.last_mut().filter(|(id, _)| *id == row.person) {
            Some((_, person)) => person.marks.push(mark),
            None => people.push((
                row.person,
                PersonMarks {
                    name: row.name,
                    marks: vec![mark],
                },
            )),
        }
    }
    html(
        StatusCode::OK,
        &GradebookPage {
            visitor: Some(Visitor::from(&member)),
            course,
            course_label,
            is_own: member.role.is_gradable(),
            people: people.into_iter().map(|(_, person)| person).collect(),
        },
    )
}

fn describe(row: &GradebookRow) -> Mark {
    let grade = row.grade.as_ref();
    let mark = grade.and_then(|grade| grade.mark);
    Mark {
        label: row.label.clone(),
        text: mark.map(|mark| format!("{} out of {}", mark_text(mark), mark_text(row.maximum))),
        comment: grade.and_then(|grade| grade.comment.clone()),
        time: mark.and(grade).map(|grade| time_text(grade.timestamp)),
        handed_in: grade
            .and_then(|grade| grade.submission.as_ref())
            .map(|submission| time_text(submission.submitted_at)),
        work: row
            .link
            .filter(|_| row.is_reviewable)
            .map(|link| (link, row.person)),
    }
}
