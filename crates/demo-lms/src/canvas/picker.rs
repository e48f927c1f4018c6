//! The claims of visits that belong to no link: to a tool's picker (Deep Linking 2.0 section 3.1),
//! and from the course's navigation.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::claims::Scene;
use crate::{
    Flavour, LmsError, Placement, identifiers::context_of, launch::CourseOrder, state::State,
};

/// The claims of an `LtiDeepLinkingRequest`, or of a launch from the course's navigation.
pub(crate) fn course_claims(
    state: &State,
    base: &str,
    order: &CourseOrder,
    now: DateTime<Utc>,
) -> Result<Value, LmsError> {
    let course = state.find_course(order.course)?;
    let tool = state.find_tool(order.tool)?;
    let person = state.find_person(order.person)?;
    let scene = Scene {
        state,
        base,
        person,
        course,
        role: course.find_role(person)?,
        tool,
        link: None,
    };
    let mut claims = scene.claims(&order.nonce, now);
    claims.insert(
        "https://www.instructure.com/placement".to_owned(),
        json!(order.placement),
    );
    scene.add_services(&mut claims, None);
    let mut add = |name: &str, value: Value| {
        claims.insert(format!("https://purl.imsglobal.org/spec/{name}"), value)
    };
    add(
        "lti/claim/launch_presentation",
        json!({"document_target": "iframe", "locale": "en", "height": 400, "width": 800}),
    );
    add(
        "lti/claim/custom",
        Value::Object(scene.custom(&tool.registration.custom)),
    );
    if order.placement == Placement::CourseNavigation {
        add("lti/claim/message_type", json!("LtiResourceLinkRequest"));
        let target = tool.registration.default_target();
        add("lti/claim/target_link_uri", json!(target));
        // There is no link, so the course stands for it.
        let id = context_of(state, Flavour::Canvas, course.id);
        let title = &tool.registration.name;
        add("lti/claim/resource_link", json!({"id": id, "title": title}));
        return Ok(Value::Object(claims));
    }
    add("lti/claim/message_type", json!("LtiDeepLinkingRequest"));
    add(
        "lti/claim/target_link_uri",
        json!(tool.registration.picker_url),
    );
    add(
        "lti-dl/claim/deep_linking_settings",
        json!({
            "deep_link_return_url": format!(
                "{base}/courses/{}/deep_linking_response?modal=true&tool={}&data={}",
                course.id, tool.id, order.session_key
            ),
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_media_types": "application/vnd.ims.lti.v1.ltilink",
            "accept_multiple": order.placement == Placement::LinkSelection,
            "accept_lineitem": true,
            "auto_create": false,
            "data": order.session_key,
            "validation_context": null,
            "errors": {"errors": {}},
        }),
    );
    Ok(Value::Object(claims))
}
