//! The claims of a launch, as Moodle 4.5 writes them.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::{
    Course, Link, LinkId, LmsError, Person, PersonId, Role, Tool, random, services::scope,
    state::State,
};

const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";

/// Where the tool's page is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DocumentTarget {
    /// Inside the activity's page.
    #[default]
    Iframe,
    /// In a window of its own.
    Window,
}

impl DocumentTarget {
    fn as_str(self) -> &'static str {
        match self {
            Self::Iframe => "iframe",
            Self::Window => "window",
        }
    }

    /// Moodle's number for it in `return_url`.
    fn launch_container(self) -> u8 {
        match self {
            Self::Iframe => 3,
            Self::Window => 4,
        }
    }
}

/// What a launch is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchOrder {
    /// Who launches.
    pub person: PersonId,
    /// What is launched.
    pub link: LinkId,
    /// The tool's nonce.
    pub nonce: String,
    /// Where the tool's page is shown.
    pub target: DocumentTarget,
    /// For a submission review: whose work is looked at.
    pub for_user: Option<PersonId>,
}

impl LaunchOrder {
    /// A launch of an activity in an iframe.
    pub fn new(person: PersonId, link: LinkId, nonce: impl Into<String>) -> Self {
        Self {
            person,
            link,
            nonce: nonce.into(),
            target: DocumentTarget::Iframe,
            for_user: None,
        }
    }
}

/// The claims of the id token (LTI 1.3 section 5.4, AGS 2.0 section 3.1, NRPS 2.0 section 3.6).
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
    let role = course
        .members
        .get(&order.person)
        .ok_or_else(|| LmsError::NotAMember(person.name()))?;

    let message_type = match order.for_user {
        Some(_) => "LtiSubmissionReviewRequest",
        None => "LtiResourceLinkRequest",
    };
    let mut claims = Map::new();
    let mut add = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    add("nonce", json!(order.nonce));
    add("iat", json!(now.timestamp()));
    add("exp", json!(now.timestamp() + 60));
    add("iss", json!(base));
    add("aud", json!(tool.registration.client_id));
    add("sub", json!(person.id.to_string()));
    if tool.registration.share_names {
        add("given_name", json!(person.given_name));
        add("family_name", json!(person.family_name));
        add("name", json!(person.name()));
    }
    if tool.registration.share_emails {
        add("email", json!(person.email()));
    }
    let mut add_lti = |name: &str, value: Value| claims.insert(format!("{LTI}{name}"), value);
    add_lti("version", json!("1.3.0"));
    add_lti("message_type", json!(message_type));
    add_lti("deployment_id", json!(tool.registration.deployment_id));
    add_lti("target_link_uri", json!(link.target_link_uri));
    add_lti("roles", json!(role.launch_roles()));
    if let Role::Coach { participants } = role {
        let scope: Vec<String> = participants.iter().map(ToString::to_string).collect();
        add_lti("role_scope_mentor", json!(scope));
    }
    if let Some(for_user) = order.for_user {
        add_lti("for_user", json!({"user_id": for_user.to_string()}));
    }
    add_lti(
        "resource_link",
        json!({
            "title": link.title,
            "description": link.description,
            "id": link.id.to_string(),
        }),
    );
    add_lti(
        "context",
        json!({
            "id": course.id.to_string(),
            "label": course.label,
            "title": course.title,
            "type": ["CourseSection"],
        }),
    );
    add_lti(
        "lis",
        json!({
            "person_sourcedid": person.sourced_id(),
            "course_section_sourcedid": format!("SIS-{}", course.label),
        }),
    );
    add_lti(
        "ext",
        json!({"user_username": person.username, "lms": "moodle-2"}),
    );
    add_lti(
        "launch_presentation",
        json!({
            "locale": "en",
            "document_target": order.target.as_str(),
            "return_url": return_url(base, link, order.target)?,
        }),
    );
    add_lti(
        "tool_platform",
        json!({
            "product_family_code": "moodle",
            "version": "2024100706",
            "guid": state.guid,
            "name": "Demonstration LMS",
            "description": "A platform for trying things out",
        }),
    );
    add_lti("custom", custom(base, person, course, link, tool, role));
    add_services(&mut claims, state, base, link, tool, person)?;
    Ok(Value::Object(claims))
}

fn add_services(
    claims: &mut Map<String, Value>,
    state: &State,
    base: &str,
    link: &Link,
    tool: &Tool,
    person: &Person,
) -> Result<(), LmsError> {
    let services = format!("{base}/mod/lti/services.php");
    let mut endpoint = json!({
        "scope": [
            scope::LINE_ITEM,
            scope::LINE_ITEM_READ_ONLY,
            scope::RESULT_READ_ONLY,
            scope::SCORE,
        ],
        "lineitems": format!("{services}/{}/lineitems?type_id={}", link.course, tool.id),
    });
    let mut items = state.items_of(link.id);
    if let (Some(item), None) = (items.next(), items.next()) {
        endpoint["lineitem"] = json!(crate::services::line_item_url(base, item));
    }
    claims.insert(
        "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint".to_owned(),
        endpoint,
    );
    claims.insert(
        "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice".to_owned(),
        json!({
            "context_memberships_url": memberships_url(base, link, tool),
            "service_versions": ["1.0", "2.0"],
        }),
    );
    claims.insert(
        "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome".to_owned(),
        basic_outcome(base, link.id, person.id, tool)?,
    );
    Ok(())
}

/// The LTI 1.1 outcome claim that Moodle still sends; the demonstration serves no such outcomes.
pub(crate) fn basic_outcome(
    base: &str,
    link: LinkId,
    person: PersonId,
    tool: &Tool,
) -> Result<Value, LmsError> {
    let sourced_id = json!({
        "data": {
            "instanceid": link.to_string(),
            "userid": person.to_string(),
            "typeid": tool.id.to_string(),
            "launchid": random::number()?,
        },
        "hash": random::hex::<32>()?,
    });
    Ok(json!({
        "lis_result_sourcedid": sourced_id.to_string(),
        "lis_outcome_service_url": format!("{base}/mod/lti/service.php"),
    }))
}

fn memberships_url(base: &str, link: &Link, tool: &Tool) -> String {
    format!(
        "{base}/mod/lti/services.php/CourseSection/{}/bindings/{}/memberships",
        link.course, tool.id
    )
}

fn return_url(base: &str, link: &Link, target: DocumentTarget) -> Result<String, LmsError> {
    Ok(format!(
        "{base}/mod/lti/return.php?course={}&launch_container={}&instanceid={}&sesskey={}",
        link.course,
        target.launch_container(),
        link.id,
        random::hex::<5>()?,
    ))
}

/// The link's parameters, then the tool's, each also under its lower-cased name.
fn custom(
    base: &str,
    person: &Person,
    course: &Course,
    link: &Link,
    tool: &Tool,
    role: &Role,
) -> Value {
    let mut custom = Map::new();
    for (key, value) in tool.registration.custom.iter().chain(&link.custom) {
        let value = substitute(value, person, course, link, role);
        custom.insert(key.to_lowercase(), json!(value));
        custom.insert(key.clone(), json!(value));
    }
    custom.insert(
        "context_memberships_url".to_owned(),
        json!(memberships_url(base, link, tool)),
    );
    Value::Object(custom)
}

/// Replaces a value that is a known `$Variable`; an unknown one stays as it was written.
fn substitute(value: &str, person: &Person, course: &Course, link: &Link, role: &Role) -> String {
    match value {
        "$User.id" => person.id.to_string(),
        "$User.username" => person.username.clone(),
        "$Person.name.full" => person.name(),
        "$Person.name.given" => person.given_name.clone(),
        "$Person.name.family" => person.family_name.clone(),
        "$Person.email.primary" => person.email(),
        "$Person.sourcedId" => person.sourced_id(),
        "$Context.id" => course.id.to_string(),
        "$Context.title" | "$CourseSection.title" => course.title.clone(),
        "$Context.label" | "$CourseSection.label" => course.label.clone(),
        "$Context.sourcedId" | "$CourseSection.sourcedId" => format!("SIS-{}", course.label),
        "$Context.id.history" => String::new(),
        "$ResourceLink.id" => link.id.to_string(),
        "$ResourceLink.title" => link.title.clone(),
        "$ResourceLink.description" => link.description.clone(),
        "$Membership.role" => role.launch_roles().join(","),
        _ => value.to_owned(),
    }
}
