//! The activity page: the tool in a frame, and a way to open it in a window.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    find_member, page_not_found,
    view::{Visitor, html},
};
use crate::{Link, LinkId, Lms};

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    visitor: Option<Visitor>,
    link: Link,
    course_label: String,
    module: u32,
}

pub(crate) async fn activity(
    State(lms): State<Lms>,
    Path(link): Path<u32>,
    headers: HeaderMap,
) -> Response {
    let found = lms.read(|state| {
        let link = state.find_link(LinkId(link))?.clone();
        let label = state.find_course(link.course)?.label.clone();
        Ok::<_, crate::LmsError>((link, label))
    });
    let Ok((link, course_label)) = found else {
        return page_not_found();
    };
    match find_member(&lms, &headers, link.course) {
        Ok(member) => html(
            StatusCode::OK,
            &ActivityPage {
                visitor: Some(Visitor::from(&member)),
                module: link.id.course_module(),
                course_label,
                link,
            },
        ),
        Err(page) => page,
    }
}
