//! What Canvas makes of a picker's answer: it looks closer at the answer than Moodle, and takes
//! resource links alone.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use serde_json::Value;

use super::ISSUER;
use crate::{
    CourseId, Lms, ToolId, ToolRegistration, assertion::UnverifiedAssertion,
    content_item::PickerAnswer, fields::Fields, pages, placing::place,
};

const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";

pub(super) async fn return_from_picker(
    State(lms): State<Lms>,
    Path(course): Path<u32>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let Some(session) = lms.session(&headers) else {
        return pages::sign_in(&lms, StatusCode::OK);
    };
    let course = CourseId(course);
    let may_add = lms.read(|state| {
        let course = state.find_course(course);
        let role = course
            .ok()
            .and_then(|course| course.members.get(&session.person));
        role.is_some_and(crate::Role::edits_courses)
            && query.get("data") == Some(&session.key(&state.session_key))
    });
    let tool = query
        .get("tool")
        .and_then(|tool| tool.parse::<ToolId>().ok());
    let tool = tool.and_then(|tool| lms.read(|state| state.find_tool(tool).cloned().ok()));
    let (Some(tool), true) = (tool, may_add) else {
        return refused("This page was not opened from the picker of this course.");
    };
    let form = Fields::parse(&body);
    let token = form.get("JWT").unwrap_or_default();
    let answer = match verify(&lms, &tool.registration, token).await {
        Ok(answer) => answer,
        Err(reason) => return refused(reason),
    };
    let links: Vec<_> = answer
        .items
        .iter()
        .filter(|item| item.kind == "ltiResourceLink")
        .collect();
    let ((), version) = lms.change(|state| {
        for item in &links {
            place(state, course, &tool, item, item.column.is_some());
        }
    });
    if lms.wait_durable(version).await.is_err() {
        return refused("It could not be saved.");
    }
    let titles = links.iter().map(|item| item.title.as_deref());
    let alert = answer.problem.as_deref().or(answer.message.as_deref());
    pages::picked(
        course,
        &titles
            .map(|title| title.unwrap_or(&tool.registration.name))
            .collect::<Vec<_>>(),
        alert,
        answer.problem.is_some(),
        "",
    )
}

async fn verify(
    lms: &Lms,
    registration: &ToolRegistration,
    token: &str,
) -> Result<PickerAnswer, &'static str> {
    let answer = UnverifiedAssertion::parse(token).map_err(|_| "JWT format is invalid")?;
    let keys = lms.tool_keys().fetch_keys(&registration.keys).await;
    let claims = answer
        .verify_signature(&keys)
        .map_err(|_| "JWT verification failure")?;
    let names_us = match &claims["aud"] {
        Value::Array(audiences) => audiences.iter().any(|audience| audience == ISSUER),
        audience => audience == ISSUER,
    };
    let claim = |name: &str| &claims[format!("{LTI}{name}").as_str()];
    let now = lms.skewed_now().timestamp();
    let seconds = |name: &str| claims[name].as_i64();
    let problems = [
        (
            claims["iss"] != registration.client_id,
            "the 'iss' is invalid",
        ),
        (!names_us, "the 'aud' is invalid"),
        (
            seconds("exp").is_none_or(|end| end <= now),
            "the JWT has expired",
        ),
        (
            seconds("iat").is_none_or(|iat| iat > now + 30),
            "the 'iat' is invalid",
        ),
        (!claims["nonce"].is_string(), "the 'nonce' is missing"),
        (
            *claim("deployment_id") != registration.deployment_id,
            "the 'deployment_id' is invalid",
        ),
        (
            *claim("message_type") != "LtiDeepLinkingResponse",
            "the 'message_type' is invalid",
        ),
        (*claim("version") != "1.3.0", "the 'version' is invalid"),
    ];
    match problems.into_iter().find(|(is_wrong, _)| *is_wrong) {
        Some((_, reason)) => Err(reason),
        None => Ok(PickerAnswer::read(claims)),
    }
}

fn refused(reason: &str) -> Response {
    pages::message(StatusCode::BAD_REQUEST, "Nothing was added", reason)
}
