//! Copying a course from its page.

use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{find_member, message, page_not_found};
use crate::{CourseId, Lms, NewCourse};

#[derive(Deserialize)]
pub(crate) struct CopyForm {
    label: String,
    title: String,
    sesskey: String,
}

pub(crate) async fn copy_course(
    State(lms): State<Lms>,
    Path(course): Path<u32>,
    headers: HeaderMap,
    Form(form): Form<CopyForm>,
) -> Response {
    let course = CourseId(course);
    let member = match find_member(&lms, &headers, course) {
        Ok(member) => member,
        Err(page) => return page,
    };
    let key = lms.read(|state| member.session.key(&state.session_key));
    if !member.role.edits_courses() || form.sesskey != key {
        return page_not_found();
    }
    let (label, title) = (form.label.trim(), form.title.trim());
    if label.is_empty() || title.is_empty() {
        return message(
            StatusCode::BAD_REQUEST,
            "The copy needs a name",
            "Go back and give the copy a short name and a full name.",
        );
    }
    let copy = NewCourse {
        label: label.to_owned(),
        title: title.to_owned(),
    };
    match lms.copy_course(course, copy) {
        Ok(copy) => {
            if let Err(error) = lms.send_notices().await {
                tracing::warn!(%error, "a notice of the copy could not be signed");
            }
            Redirect::to(&format!("/course/{}", copy.course)).into_response()
        }
        Err(_) => page_not_found(),
    }
}
