//! The claims of a launch, as Moodle 4.5 writes them (LTI 1.3 section 5.4).

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{custom::Scene, services::line_item_url};
use crate::{
    Course, CourseId, DocumentTarget, LaunchOrder, Link, LinkId, LmsError, PersonId, Tool, random,
    scope, state::State,
};

const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";

/// The claims that grow while a message is written.
pub(super) struct Claims(Map<String, Value>);

impl Claims {
    pub(super) fn add(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    pub(super) fn add_lti(&mut self, name: &str, value: Value) {
        self.0.insert(format!("{LTI}{name}"), value);
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// What every message says of the people, the course and the platform.
    pub(super) fn of_anybody(
        state: &State,
        base: &str,
        tool: &Tool,
        scene: &Scene<'_>,
        nonce: &str,
        now: DateTime<Utc>,
    ) -> Self {
        let mut claims = Self(Map::new());
        let Scene { person, course, .. } = scene;
        claims.add("nonce", json!(nonce));
        claims.add("iat", json!(now.timestamp()));
        claims.add("exp", json!(now.timestamp() + 60));
        claims.add("iss", json!(base));
        claims.add("aud", json!(tool.registration.client_id));
        claims.add("sub", json!(person.id.to_string()));
        if tool.registration.share_names {
            claims.add("given_name", json!(person.given_name));
            claims.add("family_name", json!(person.family_name));
            claims.add("name", json!(person.name()));
        }
        if tool.registration.share_emails {
            claims.add("email", json!(person.email()));
        }
        claims.add_lti("version", json!("1.3.0"));
        claims.add_lti("deployment_id", json!(tool.registration.deployment_id));
        claims.add_lti("roles", json!(scene.role.launch_roles()));
        claims.add_lti(
            "context",
            json!({
                "id": course.id.to_string(),
                "label": course.label,
                "title": course.title,
                "type": ["CourseSection"],
            }),
        );
        claims.add_lti(
            "lis",
            json!({
                "person_sourcedid": person.sourced_id(),
                "course_section_sourcedid": format!("SIS-{}", course.label),
            }),
        );
        claims.add_lti(
            "ext",
            json!({"user_username": person.username, "lms": "moodle-2"}),
        );
        claims.add_lti(
            "tool_platform",
            json!({
                "product_family_code": "moodle",
                "version": "2024100706",
                "guid": state.guid,
                "name": "Demonstration LMS",
                "description": "A platform for trying things out",
            }),
        );
        claims
    }

    /// The custom parameters, with the roster's address among them where the tool may read it.
    pub(super) fn add_custom<'a>(
        &mut self,
        base: &str,
        tool: &Tool,
        scene: &Scene<'_>,
        parameters: impl IntoIterator<Item = &'a (String, String)>,
    ) {
        let mut custom = scene.custom(parameters);
        if tool.registration.may(scope::MEMBERSHIP_READ_ONLY) {
            custom.insert(
                "context_memberships_url".to_owned(),
                json!(memberships_url(base, scene.course.id, tool)),
            );
        }
        self.add_lti("custom", Value::Object(custom));
    }

    /// The services that the tool may use (AGS 2.0 section 3.1, NRPS 2.0 section 3.6).
    pub(super) fn add_services(
        &mut self,
        base: &str,
        tool: &Tool,
        course: CourseId,
        item: Option<String>,
    ) {
        let services = format!("{base}/mod/lti/services.php");
        let scopes: Vec<&str> = [
            scope::LINE_ITEM,
            scope::LINE_ITEM_READ_ONLY,
            scope::RESULT_READ_ONLY,
            scope::SCORE,
        ]
        .into_iter()
        .filter(|scope| tool.registration.may(scope))
        .collect();
        if !scopes.is_empty() {
            let mut endpoint = json!({
                "scope": scopes,
                "lineitems": format!("{services}/{course}/lineitems?type_id={}", tool.id),
            });
            if let Some(item) = item {
                endpoint["lineitem"] = json!(item);
            }
            self.add(
                "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint",
                endpoint,
            );
        }
        if tool.registration.may(scope::MEMBERSHIP_READ_ONLY) {
            self.add(
                "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice",
                json!({
                    "context_memberships_url": memberships_url(base, course, tool),
                    "service_versions": ["1.0", "2.0"],
                }),
            );
        }
    }
}

/// The claims of an activity's launch, or of a review of somebody's work in it.
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
    let role = course.find_role(person)?;
    let scene = Scene {
        person,
        course,
        link: Some(link),
        role,
    };
    let mut claims = Claims::of_anybody(state, base, tool, &scene, &order.nonce, now);
    let mut parameters: Vec<_> = [&tool.registration.custom, &link.custom]
        .into_iter()
        .flatten()
        .collect();
    if let crate::Role::Coach { participants } = role {
        let scope: Vec<String> = participants.iter().map(ToString::to_string).collect();
        claims.add_lti("role_scope_mentor", json!(scope));
    }
    let message_type = match order.for_user {
        None => "LtiResourceLinkRequest",
        Some(for_user) => {
            claims.add_lti("for_user", json!({"user_id": for_user.to_string()}));
            let review = state.review_of(link.id);
            parameters.extend(review.iter().flat_map(|review| &review.custom));
            "LtiSubmissionReviewRequest"
        }
    };
    claims.add_lti("message_type", json!(message_type));
    let target = state.target_of(link, order.for_user);
    claims.add_lti("target_link_uri", json!(target));
    claims.add_lti(
        "resource_link",
        json!({
            "title": link.title,
            "description": link.description,
            "id": link.id.to_string(),
        }),
    );
    claims.add_lti(
        "launch_presentation",
        json!({
            "locale": "en",
            "document_target": order.target.as_str(),
            "return_url": return_url(base, course, link, order.target)?,
        }),
    );
    claims.add_custom(base, tool, &scene, parameters);
    let mut items = state.items_of(link.id);
    let only = match (items.next(), items.next()) {
        (Some(item), None) => Some(line_item_url(base, item)),
        _ => None,
    };
    claims.add_services(base, tool, course.id, only);
    claims.add(
        "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome",
        basic_outcome(base, link.id, person.id, tool)?,
    );
    Ok(claims.into_value())
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

fn memberships_url(base: &str, course: CourseId, tool: &Tool) -> String {
    format!(
        "{base}/mod/lti/services.php/CourseSection/{course}/bindings/{}/memberships",
        tool.id
    )
}

fn return_url(
    base: &str,
    course: &Course,
    link: &Link,
    target: DocumentTarget,
) -> Result<String, LmsError> {
    let launch_container = match target {
        DocumentTarget::Iframe => 3,
        DocumentTarget::Window => 4,
    };
    Ok(format!(
        "{base}/mod/lti/return.php?course={}&launch_container={launch_container}&instanceid={}&sesskey={}",
        course.id,
        link.id,
        random::hex::<5>()?,
    ))
}
