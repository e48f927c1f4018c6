//! The claims of launches and of visits to a picker, as Open edX writes them.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::{
    Course, Flavour, LaunchOrder, LmsError, Person, Role, Tool,
    identifiers::{context_of, resource_link_of, subject_of},
    launch::CourseOrder,
    scope,
    state::State,
};

const SPEC: &str = "https://purl.imsglobal.org/spec/";

/// The role URIs: everybody is also nobody in the system and in the institution.
fn roles(role: &Role) -> &'static [&'static str] {
    match role {
        Role::Participant | Role::Coach { .. } => &[
            "http://purl.imsglobal.org/vocab/lis/v2/system/person#None",
            "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",
            "http://purl.imsglobal.org/vocab/lis/v2/institution/person#None",
        ],
        Role::Tutor | Role::TeachingAssistant | Role::Administrator => &[
            "http://purl.imsglobal.org/vocab/lis/v2/system/person#None",
            "http://purl.imsglobal.org/vocab/lis/v2/membership#Administrator",
            "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",
            "http://purl.imsglobal.org/vocab/lis/v2/institution/person#None",
        ],
    }
}

/// What every message says.
fn of_anybody(
    state: &State,
    base: &str,
    (person, course, tool): (&Person, &Course, &Tool),
    nonce: &str,
    now: DateTime<Utc>,
) -> Result<Map<String, Value>, LmsError> {
    let registration = &tool.registration;
    let mut claims = Map::new();
    let mut add = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    add("iss", json!(base));
    add("aud", json!(registration.client_id));
    add("azp", json!(registration.client_id));
    add("nonce", json!(nonce));
    add("iat", json!(now.timestamp()));
    add("exp", json!(now.timestamp() + 3600));
    add("sub", json!(subject_of(state, Flavour::OpenEdx, person.id)));
    if registration.share_names {
        add("name", json!(person.name()));
        add("preferred_username", json!(person.username));
    }
    if registration.share_emails {
        add("email", json!(person.email()));
    }
    let mut add = |name: &str, value: Value| claims.insert(format!("{SPEC}{name}"), value);
    add("lti/claim/version", json!("1.3.0"));
    add("lti/claim/deployment_id", json!(registration.deployment_id));
    add("lti/claim/roles", json!(roles(course.find_role(person)?)));
    add(
        "lti/claim/context",
        json!({
            "id": context_of(state, Flavour::OpenEdx, course.id),
            "title": course.title,
            "label": course.label,
        }),
    );
    Ok(claims)
}

/// The claims of an activity's launch.
pub(crate) fn claims(
    state: &State,
    base: &str,
    order: &LaunchOrder,
    now: DateTime<Utc>,
) -> Result<Value, LmsError> {
    let link = state.find_link(order.link)?;
    let course = state.find_course(link.course)?;
    let tool = state.find_tool(link.tool)?;
    let person = state.find_person(order.person)?;
    let mut claims = of_anybody(state, base, (person, course, tool), &order.nonce, now)?;
    let mut add = |name: &str, value: Value| claims.insert(format!("{SPEC}{name}"), value);
    add("lti/claim/message_type", json!("LtiResourceLinkRequest"));
    add("lti/claim/target_link_uri", json!(link.target_link_uri));
    add(
        "lti/claim/resource_link",
        json!({
            "id": resource_link_of(state, Flavour::OpenEdx, link.id),
            "title": link.title,
        }),
    );
    add(
        "lti/claim/launch_presentation",
        json!({
            "document_target": order.target.as_str(),
            "return_url": format!("{base}/back"),
        }),
    );
    add(
        "lti/claim/tool_platform",
        json!({"guid": state.guid, "name": "Demonstration LMS"}),
    );
    let custom = [&tool.registration.custom, &link.custom];
    let custom = custom.into_iter().flatten().cloned();
    let custom: Map<String, Value> = custom.map(|(name, value)| (name, json!(value))).collect();
    add("lti/claim/custom", Value::Object(custom));
    let mut endpoint = json!({
        "scope": [scope::LINE_ITEM, scope::RESULT_READ_ONLY, scope::SCORE],
        "lineitems": format!("{base}/lineitems?link={}", link.id),
    });
    if let Some(item) = state.items_of(link.id).next() {
        endpoint["lineitem"] = json!(format!("{base}/lineitems/{}", item.id));
    }
    add("lti-ags/claim/endpoint", endpoint);
    add(
        "lti-nrps/claim/namesroleservice",
        json!({
            "context_memberships_url": format!("{base}/members?course={}", course.id),
            "service_versions": ["2.0"],
        }),
    );
    Ok(Value::Object(claims))
}

/// The claims of an `LtiDeepLinkingRequest`: neither services nor custom parameters.
pub(crate) fn picker_claims(
    state: &State,
    base: &str,
    order: &CourseOrder,
    now: DateTime<Utc>,
) -> Result<Value, LmsError> {
    let course = state.find_course(order.course)?;
    let tool = state.find_tool(order.tool)?;
    let person = state.find_person(order.person)?;
    let mut claims = of_anybody(state, base, (person, course, tool), &order.nonce, now)?;
    let mut add = |name: &str, value: Value| claims.insert(format!("{SPEC}{name}"), value);
    add("lti/claim/message_type", json!("LtiDeepLinkingRequest"));
    add(
        "lti/claim/target_link_uri",
        json!(tool.registration.picker_url),
    );
    add(
        "lti-dl/claim/deep_linking_settings",
        json!({
            "accept_types": ["ltiResourceLink", "link", "html", "image"],
            "accept_presentation_document_targets": ["iframe", "window", "embed"],
            "accept_multiple": true,
            "auto_create": true,
            "title": "",
            "text": "",
            "deep_link_return_url": format!("{base}/deep_return"),
        }),
    );
    Ok(Value::Object(claims))
}
