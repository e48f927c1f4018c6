//! The activity page: the tool in a frame, and a way to open it in a window.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;

use super::{
    find_member, page_not_found,
    view::{Visitor, html},
};
use crate::{Flavour, Link, LinkId, Lms, Person, PersonId};

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    visitor: Option<Visitor>,
    link: Link,
    course_label: String,
    frame: String,
    window: String,
    /// Whether the page keeps things for tools whose cookies are blocked.
    keeps_for_tools: bool,
    /// Whose work is looked at.
    owner: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ActivityQuery {
    /// The person whose work is looked at.
    user: Option<u32>,
}

pub(crate) async fn activity(
    State(lms): State<Lms>,
    Path(link): Path<u32>,
    Query(query): Query<ActivityQuery>,
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
    let member = match find_member(&lms, &headers, link.course) {
        Ok(member) => member,
        Err(page) => return page,
    };
    let mut frame = format!(
        "{}?id={}",
        lms.flavour().launch_path(),
        link.id.course_module()
    );
    let mut owner = None;
    if let Some(person) = query.user.map(PersonId) {
        let name = lms.read(|state| state.find_person(person).map(Person::name).ok());
        owner = name.filter(|_| member.reviews_work_of(person));
        if owner.is_none() {
            return page_not_found();
        }
        frame = format!("{frame}&user={person}");
    }
    html(
        StatusCode::OK,
        &ActivityPage {
            visitor: Some(Visitor::from(&member)),
            window: format!("{frame}&window=1"),
            frame,
            keeps_for_tools: lms.flavour() == Flavour::Canvas,
            owner,
            course_label,
            link,
        },
    )
}
