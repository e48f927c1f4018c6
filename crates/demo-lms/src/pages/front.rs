//! The first page: picking who you are.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::view::{Visitor, html, message};
use crate::{Lms, PersonId, Role, session::Session};

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    visitor: Option<Visitor>,
    groups: Vec<Group>,
}

struct Group {
    title: &'static str,
    people: Vec<Choice>,
}

struct Choice {
    id: PersonId,
    name: String,
    initials: String,
    about: String,
    is_current: bool,
}

pub(crate) async fn front(State(lms): State<Lms>, headers: HeaderMap) -> Response {
    page(&lms, StatusCode::OK, lms.session(&headers).as_ref())
}

/// The same page where somebody came without a session.
pub(crate) fn sign_in(lms: &Lms, status: StatusCode) -> Response {
    page(lms, status, None)
}

#[derive(Deserialize)]
pub(crate) struct SessionForm {
    person: u32,
}

pub(crate) async fn begin_session(
    State(lms): State<Lms>,
    headers: HeaderMap,
    Form(form): Form<SessionForm>,
) -> Response {
    let origin = headers.get(header::ORIGIN);
    if origin.is_some_and(|origin| origin.as_bytes() != lms.base().as_bytes()) {
        return message(
            StatusCode::FORBIDDEN,
            "That came from somewhere else",
            "Choose a person on this platform's own first page.",
        );
    }
    let person = PersonId(form.person);
    let Ok(session) = Session::new(person) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let signed_in = lms.read(|state| {
        state.find_person(person).ok()?;
        let mut courses = state.courses.values();
        let course = courses.find(|course| course.members.contains_key(&person));
        let cookie = session.set_cookie(&state.session_key, is_trustworthy(lms.base()));
        let next = course.map_or_else(|| "/".to_owned(), |course| format!("/course/{}", course.id));
        Some((cookie, next))
    });
    match signed_in {
        Some((cookie, next)) => {
            ([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response()
        }
        None => super::page_not_found(),
    }
}

/// Whether browsers take a `Secure` cookie from this origin.
fn is_trustworthy(base: &str) -> bool {
    [
        "https://",
        "http://127.",
        "http://localhost",
        "http://[::1]",
    ]
    .iter()
    .any(|start| base.starts_with(start))
}

fn page(lms: &Lms, status: StatusCode, session: Option<&Session>) -> Response {
    let template = lms.read(|state| {
        let mut groups: Vec<Group> = [
            "Participant teachers",
            "In-school coaches",
            "University tutors",
            "Programme leads",
            "Others",
        ]
        .map(|title| Group {
            title,
            people: Vec::new(),
        })
        .into();
        let mut visitor = None;
        for person in state.people.values() {
            let mut courses = state.courses.values();
            let role = courses.find_map(|course| course.members.get(&person.id));
            let is_current = session.is_some_and(|session| session.person == person.id);
            if is_current {
                visitor = Some(Visitor {
                    name: person.name(),
                    role: role.map_or("", Role::label),
                });
            }
            groups[group_of(role)].people.push(Choice {
                id: person.id,
                name: person.name(),
                initials: [&person.given_name, &person.family_name]
                    .iter()
                    .filter_map(|name| name.chars().next())
                    .collect(),
                about: person.about.clone(),
                is_current,
            });
        }
        groups.retain(|group| !group.people.is_empty());
        FrontPage { visitor, groups }
    });
    html(status, &template)
}

fn group_of(role: Option<&Role>) -> usize {
    match role {
        Some(Role::Participant) => 0,
        Some(Role::Coach { .. }) => 1,
        Some(Role::Tutor | Role::TeachingAssistant) => 2,
        Some(Role::Administrator) => 3,
        None => 4,
    }
}
