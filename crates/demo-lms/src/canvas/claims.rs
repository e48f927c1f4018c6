//! The claims of a launch, as Canvas writes them (LTI 1.3 section 5.4).

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{ISSUER, services::line_item_url};
use crate::{
    Course, Flavour, LaunchOrder, Link, LmsError, Person, PersonId, Role, Tool,
    identifiers::{context_of, opaque, resource_link_of, subject_of},
    scope,
    state::State,
};

const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";

/// Who is where, and what for.
pub(super) struct Scene<'a> {
    pub(super) state: &'a State,
    pub(super) base: &'a str,
    pub(super) person: &'a Person,
    pub(super) course: &'a Course,
    pub(super) role: &'a Role,
    pub(super) tool: &'a Tool,
    /// Nothing where activities are picked.
    pub(super) link: Option<&'a Link>,
}

/// The opaque name of a person.
pub(super) fn subject(state: &State, person: PersonId) -> String {
    subject_of(state, Flavour::Canvas, person)
}

impl Scene<'_> {
    /// What every message says.
    pub(super) fn claims(&self, nonce: &str, now: DateTime<Utc>) -> Map<String, Value> {
        let Self {
            state,
            base,
            person,
            course,
            tool,
            ..
        } = self;
        let registration = &tool.registration;
        let mut claims = Map::new();
        let mut add = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        add("iss", json!(ISSUER));
        add("aud", json!(registration.client_id));
        add("azp", json!(registration.client_id));
        add("iat", json!(now.timestamp()));
        add("exp", json!(now.timestamp() + 3600));
        add("nonce", json!(nonce));
        add("sub", json!(subject(state, person.id)));
        add("locale", json!("en"));
        if registration.share_names {
            add("name", json!(person.name()));
            add("given_name", json!(person.given_name));
            add("family_name", json!(person.family_name));
            add(
                "picture",
                json!(format!("{base}/images/messages/avatar-50.png")),
            );
        }
        if registration.share_emails {
            add("email", json!(person.email()));
        }
        let mut add = |name: &str, value: Value| claims.insert(format!("{LTI}{name}"), value);
        add("version", json!("1.3.0"));
        add("deployment_id", json!(registration.deployment_id));
        add("roles", json!(self.role.canvas_roles()));
        add(
            "context",
            json!({
                "id": context_of(state, Flavour::Canvas, course.id),
                "label": course.label,
                "title": course.title,
                "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"],
                "validation_context": null,
                "errors": {"errors": {}},
            }),
        );
        add(
            "lis",
            json!({
                "person_sourcedid": person.sourced_id(),
                "course_offering_sourcedid": format!("SIS-{}", course.label),
                "validation_context": null,
                "errors": {"errors": {}},
            }),
        );
        add(
            "tool_platform",
            json!({
                "guid": format!("{}:canvas-lms", state.guid),
                "name": "Demonstration LMS",
                "version": "cloud",
                "product_family_code": "canvas",
                "validation_context": null,
                "errors": {"errors": {}},
            }),
        );
        let legacy = opaque(state, "legacy person", person.id.0);
        add("lti1p1", json!({"user_id": legacy}));
        add("lti11_legacy_user_id", json!(legacy));
        if let Role::Coach { participants } = self.role {
            let scope = participants.iter().map(|person| subject(state, *person));
            add("role_scope_mentor", json!(scope.collect::<Vec<_>>()));
        }
        claims
    }

    /// The services, in the scopes that were granted (AGS 2.0 section 3.1, NRPS 2.0 section 3.6).
    pub(super) fn add_services(&self, claims: &mut Map<String, Value>, item: Option<String>) {
        let services = format!("{}/api/lti/courses/{}", self.base, self.course.id);
        let grades = [
            scope::LINE_ITEM,
            scope::LINE_ITEM_READ_ONLY,
            scope::RESULT_READ_ONLY,
            scope::SCORE,
        ];
        let may = |scope: &&str| self.tool.registration.may(scope);
        let scopes: Vec<&str> = grades.into_iter().filter(may).collect();
        if !scopes.is_empty() {
            let mut endpoint = json!({
                "scope": scopes,
                "lineitems": format!("{services}/line_items"),
                "validation_context": null,
                "errors": {"errors": {}},
            });
            if let Some(item) = item {
                endpoint["lineitem"] = json!(item);
            }
            claims.insert(
                "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint".to_owned(),
                endpoint,
            );
        }
        claims.extend(super::notices::claim(self.base, self.tool));
        if may(&scope::MEMBERSHIP_READ_ONLY) {
            claims.insert(
                "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice".to_owned(),
                json!({
                    "context_memberships_url": format!("{services}/names_and_roles"),
                    "service_versions": ["2.0"],
                    "validation_context": null,
                    "errors": {"errors": {}},
                }),
            );
        }
    }
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
    let role = course.find_role(person)?;
    let scene = Scene {
        state,
        base,
        person,
        course,
        role,
        tool,
        link: Some(link),
    };
    let mut claims = scene.claims(&order.nonce, now);
    let mut add = |name: &str, value: Value| claims.insert(format!("{LTI}{name}"), value);
    let parameters: Vec<_> = [&tool.registration.custom, &link.custom]
        .into_iter()
        .flatten()
        .collect();
    add("message_type", json!("LtiResourceLinkRequest"));
    // There is no message of its own for looking at somebody's work: what the tool handed in as the
    // submission's address is launched.
    let handed_in = order
        .for_user
        .and_then(|owner| state.handed_in_at(link, owner));
    add(
        "target_link_uri",
        json!(handed_in.as_ref().unwrap_or(&link.target_link_uri)),
    );
    add(
        "resource_link",
        json!({
            "id": resource_link_of(state, Flavour::Canvas, link.id),
            "title": link.title,
            "description": link.description,
            "validation_context": null,
            "errors": {"errors": {}},
        }),
    );
    add(
        "launch_presentation",
        json!({
            "document_target": order.target.as_str(),
            "return_url": format!("{base}/external_tools/return?course={}", course.id),
            "locale": "en",
            "height": 400,
            "width": 800,
            "validation_context": null,
            "errors": {"errors": {}},
        }),
    );
    add("custom", Value::Object(scene.custom(parameters)));
    let item = state.items_of(link.id).next();
    scene.add_services(&mut claims, item.map(|item| line_item_url(base, item)));
    Ok(Value::Object(claims))
}
