//! The claims of a visit to a tool's picker (Deep Linking 2.0 section 3.1).

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::claims::Scene;
use crate::{LmsError, launch::PickerOrder, state::State};

/// The claims of an `LtiDeepLinkingRequest` from the placement that adds items to a module.
pub(crate) fn picker_claims(
    state: &State,
    base: &str,
    order: &PickerOrder,
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
    let mut add = |name: &str, value: Value| {
        claims.insert(format!("https://purl.imsglobal.org/spec/{name}"), value)
    };
    add("lti/claim/message_type", json!("LtiDeepLinkingRequest"));
    add(
        "lti/claim/target_link_uri",
        json!(tool.registration.picker_url),
    );
    add(
        "lti/claim/launch_presentation",
        json!({"document_target": "iframe", "locale": "en", "height": 400, "width": 800}),
    );
    add(
        "lti/claim/custom",
        Value::Object(scene.custom(&tool.registration.custom)),
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
            "accept_multiple": true,
            "accept_lineitem": true,
            "auto_create": false,
            "data": order.session_key,
            "validation_context": null,
            "errors": {"errors": {}},
        }),
    );
    claims.insert(
        "https://www.instructure.com/placement".to_owned(),
        json!("link_selection"),
    );
    scene.add_services(&mut claims, None);
    Ok(Value::Object(claims))
}
