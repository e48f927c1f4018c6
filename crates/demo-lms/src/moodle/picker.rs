//! The claims of a visit to a tool's picker (Deep Linking 2.0 section 3.1).

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{claims::Claims, custom::Scene};
use crate::{LmsError, launch::CourseOrder, state::State};

/// The claims of an `LtiDeepLinkingRequest`.
pub(crate) fn picker_claims(
    state: &State,
    base: &str,
    order: &CourseOrder,
    now: DateTime<Utc>,
) -> Result<Value, LmsError> {
    let course = state.find_course(order.course)?;
    let tool = state.find_tool(order.tool)?;
    let person = state.find_person(order.person)?;
    let role = course.find_role(person)?;
    let scene = Scene {
        person,
        course,
        link: None,
        role,
    };
    let mut claims = Claims::of_anybody(state, base, tool, &scene, &order.nonce, now);
    claims.add_lti("message_type", json!("LtiDeepLinkingRequest"));
    claims.add_lti("target_link_uri", json!(tool.registration.picker_url));
    claims.add_lti("launch_presentation", json!({"locale": "en"}));
    claims.add_custom(base, tool, &scene, &tool.registration.custom);
    claims.add_services(base, tool, course.id, None);
    claims.add(
        "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings",
        json!({
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["frame", "iframe", "window"],
            "accept_copy_advice": false,
            "accept_multiple": true,
            "accept_unsigned": false,
            "auto_create": false,
            "can_confirm": false,
            "deep_link_return_url": format!(
                "{base}/mod/lti/contentitem_return.php?course={}&id={}&sesskey={}",
                course.id, tool.id, order.session_key
            ),
            "title": tool.registration.name,
            "text": "",
        }),
    );
    Ok(claims.into_value())
}
