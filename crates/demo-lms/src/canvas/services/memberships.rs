//! The roster (NRPS 2.0 section 2): ten at once, fifty if asked.

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{Call, Refusal, json_answer, media, paging::Page};
use crate::{
    CourseId, Flavour, Lms, Person, Role, Tool,
    identifiers::{context_of, opaque, resource_link_of, subject_of},
    scope,
    state::State,
};

const LONGEST_PAGE: usize = 50;

pub(super) fn memberships(lms: &Lms, call: &Call, course: CourseId) -> Result<Response, Refusal> {
    if call.method != Method::GET {
        return Err(Refusal::not_found());
    }
    let client = call.authorise(lms, &[scope::MEMBERSHIP_READ_ONLY])?;
    let [role, link] = ["role", "rlid"].map(|name| call.query.filled(name));
    let page = Page::asked(call, LONGEST_PAGE);
    let url = format!("{}/api/lti/courses/{course}/names_and_roles", lms.base());
    let (count, body) = lms.read(|state| {
        let course = state
            .find_course(course)
            .map_err(|_| Refusal::not_found())?;
        let tool = state
            .find_tool(client.tool)
            .map_err(|_| Refusal::not_found())?;
        if let Some(link) = link {
            let mut links = state.links.values();
            let known = links.any(|known| {
                known.course == course.id
                    && resource_link_of(state, Flavour::Canvas, known.id) == link
            });
            if !known {
                return Err(Refusal::bad(format!(
                    "Requested ResourceLink with rlid '{link}' was not found"
                )));
            }
        }
        let members = course.members.iter().filter(|(_, known)| {
            known.roster_role().is_some()
                && role
                    .is_none_or(|role| known.canvas_roles().iter().any(|uri| uri.ends_with(role)))
        });
        let members: Vec<_> = members
            .filter_map(|(person, role)| Some((state.people.get(person)?, role)))
            .collect();
        let count = members.len();
        let members = page.cut(members).into_iter();
        let members = members.map(|(person, role)| member(state, lms.base(), tool, person, role));
        let body = json!({
            "id": url,
            "context": {
                "id": context_of(state, Flavour::Canvas, course.id),
                "label": course.label,
                "title": course.title,
            },
            "members": members.collect::<Vec<Value>>(),
        });
        Ok((count, body))
    })?;
    let mut response = json_answer(StatusCode::OK, media::MEMBERSHIPS, &body);
    let filters = [("role", role), ("rlid", link)];
    page.link(&mut response, &url, &filters, count);
    Ok(response)
}

fn member(state: &State, base: &str, tool: &Tool, person: &Person, role: &Role) -> Value {
    let roles = role.canvas_roles().iter();
    let mut json = json!({
        "status": "Active",
        "user_id": subject_of(state, Flavour::Canvas, person.id),
        "lti11_legacy_user_id": opaque(state, "legacy person", person.id.0),
        "lis_person_sourcedid": person.sourced_id(),
        "roles": roles.filter(|role| role.contains("membership")).collect::<Vec<_>>(),
    });
    if tool.registration.share_names {
        json["name"] = json!(person.name());
        json["given_name"] = json!(person.given_name);
        json["family_name"] = json!(person.family_name);
        json["picture"] = json!(format!("{base}/images/messages/avatar-50.png"));
    }
    if tool.registration.share_emails {
        json["email"] = json!(person.email());
    }
    json
}
