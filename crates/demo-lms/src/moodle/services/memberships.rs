//! The roster (NRPS 2.0 section 2), in its second version and in the first.

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    answers::{Refusal, json_answer},
    call::Call,
    media,
    paging::Page,
};
use crate::{
    CourseId, Link, LinkId, Lms, Person, Tool, ToolId, moodle::claims::basic_outcome, scope,
    state::State,
};

pub(super) fn memberships(
    lms: &Lms,
    call: &Call,
    course: CourseId,
    tool: ToolId,
) -> Result<Response, Refusal> {
    if call.method != Method::GET {
        return Err(Refusal::wrong_method());
    }
    if call.authorise(lms, &[scope::MEMBERSHIP_READ_ONLY])? != tool {
        return Err(Refusal::unauthorised());
    }
    let url = format!(
        "{}/mod/lti/services.php/CourseSection/{course}/bindings/{tool}/memberships",
        lms.base()
    );
    let first_version = call.accept == media::MEMBERSHIPS_1;
    let page = Page::asked(call);
    let (body, count) = lms.read(|state| {
        let link = find_link(state, call.query.filled("rlid"))?;
        let (Ok(course), Ok(tool)) = (state.find_course(course), state.find_tool(tool)) else {
            return Err(Refusal::new(
                StatusCode::NOT_FOUND,
                format!("Not Found: Course {course} doesn't exist"),
            ));
        };
        let mut members: Vec<(&Person, &'static str)> = course
            .members
            .iter()
            .filter_map(|(id, role)| Some((state.people.get(id)?, role.roster_role()?)))
            .collect();
        let role = call.query.filled("role").map(short_role);
        members.retain(|(_, known)| role.is_none_or(|role| role == *known));
        members.sort_by_key(|(person, _)| (&person.family_name, &person.given_name, person.id));
        let count = members.len();
        let members = page.cut(members);
        let body = if first_version {
            let members = members
                .iter()
                .map(|(person, role)| first(tool, person, role));
            json!({
                "@context": "http://purl.imsglobal.org/ctx/lis/v2/MembershipContainer",
                "@type": "Page",
                "@id": url,
                "pageOf": {
                    "@type": "LISMembershipContainer",
                    "membershipSubject": {
                        "@type": "Context",
                        "contextId": course.id.to_string(),
                        "membership": members.collect::<Vec<_>>(),
                    },
                },
            })
        } else {
            let members = members
                .iter()
                .map(|(person, role)| second(lms.base(), tool, person, role, link));
            json!({
                "id": url,
                "context": {
                    "id": course.id.to_string(),
                    "label": course.label,
                    "title": course.title,
                },
                "members": members.collect::<Vec<_>>(),
            })
        };
        Ok((body, count))
    })?;
    let media_type = if first_version {
        media::MEMBERSHIPS_1
    } else {
        media::MEMBERSHIPS
    };
    let mut response = json_answer(StatusCode::OK, media_type, &body);
    page.link_memberships(&mut response, &url, count);
    Ok(response)
}

fn find_link<'a>(state: &'a State, asked: Option<&str>) -> Result<Option<&'a Link>, Refusal> {
    let Some(asked) = asked else { return Ok(None) };
    let link = asked
        .parse::<LinkId>()
        .ok()
        .and_then(|id| state.links.get(&id));
    link.map(Some).ok_or_else(|| {
        Refusal::new(
            StatusCode::NOT_FOUND,
            format!("Not Found: LTI link {asked} doesn't exist"),
        )
    })
}

/// A role may be asked for by its short name or its whole URI.
fn short_role(role: &str) -> &str {
    role.rsplit_once('#').map_or(role, |(_, name)| name)
}

/// A member as the second version writes them.
fn second(base: &str, tool: &Tool, person: &Person, role: &str, link: Option<&Link>) -> Value {
    let mut json = json!({
        "status": "Active",
        "roles": [role],
        "user_id": person.id.to_string(),
        "lis_person_sourcedid": person.sourced_id(),
        "ext_user_username": person.username,
    });
    if tool.registration.share_names {
        json["name"] = json!(escape(&person.name()));
        json["given_name"] = json!(escape(&person.given_name));
        json["family_name"] = json!(escape(&person.family_name));
    }
    if tool.registration.share_emails {
        json["email"] = json!(person.email());
    }
    if let Some(link) = link {
        let outcome = basic_outcome(base, link.id, person.id, tool).unwrap_or_default();
        json["message"] = json!([{
            "https://purl.imsglobal.org/spec/lti/claim/message_type": "LtiResourceLinkRequest",
            "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome": outcome,
        }]);
    }
    json
}

/// A member as the first version writes them.
fn first(tool: &Tool, person: &Person, role: &str) -> Value {
    let mut member = json!({
        "@type": "LISPerson",
        "userId": person.id.to_string(),
        "sourcedId": person.sourced_id(),
        "ext_user_username": person.username,
    });
    if tool.registration.share_names {
        member["name"] = json!(escape(&person.name()));
        member["givenName"] = json!(escape(&person.given_name));
        member["familyName"] = json!(escape(&person.family_name));
    }
    if tool.registration.share_emails {
        member["email"] = json!(person.email());
    }
    json!({"status": "Active", "role": [role], "member": member})
}

/// Moodle escapes names as for a page.
fn escape(name: &str) -> String {
    name.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
