//! What Open edX makes of a picker's answer.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::Value;

use crate::{
    Lms, ToolRegistration, assertion::UnverifiedAssertion, content_item::PickerAnswer,
    fields::Fields, pages, placing::place,
};

const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";

pub(super) async fn return_from_picker(
    State(lms): State<Lms>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(session) = lms.session(&headers) else {
        return pages::sign_in(&lms, StatusCode::OK);
    };
    // The return address names nothing, so the session has to know what was opened last.
    let visit = lms.live().find_picker(&session.id);
    let visit = visit.and_then(|(course, tool)| {
        let tool = lms.read(|state| state.find_tool(tool).cloned());
        Some((course, tool.ok()?))
    });
    let Some((course, tool)) = visit else {
        return refused();
    };
    let form = Fields::parse(&body);
    let token = form.get("JWT").unwrap_or_default();
    let Some(answer) = verify(&lms, &tool.registration, token).await else {
        return refused();
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
        return refused();
    }
    let titles = links.iter().map(|item| item.title.as_deref());
    let titles = titles.map(|title| title.unwrap_or(&tool.registration.name));
    let alert = answer.problem.as_deref().or(answer.message.as_deref());
    let titles: Vec<_> = titles.collect();
    pages::picked(course, &titles, alert, answer.problem.is_some(), "")
}

async fn verify(lms: &Lms, registration: &ToolRegistration, token: &str) -> Option<PickerAnswer> {
    let answer = UnverifiedAssertion::parse(token).ok()?;
    let key_id = answer.key_id().ok()?;
    let keys = lms.tool_keys().find_keys(&registration.keys, key_id).await;
    let claims = answer.verify(&keys, lms.skewed_now()).ok()?;
    let claim = |name: &str| &claims[format!("{LTI}{name}").as_str()];
    let names_us = match &claims["aud"] {
        Value::Array(audiences) => audiences.iter().any(|audience| audience == lms.base()),
        audience => audience == lms.base(),
    };
    let fits = names_us
        && claims["iss"] == registration.client_id
        && *claim("deployment_id") == registration.deployment_id
        && *claim("message_type") == "LtiDeepLinkingResponse"
        && *claim("version") == "1.3.0";
    fits.then(|| PickerAnswer::read(claims))
}

fn refused() -> Response {
    pages::message(
        StatusCode::BAD_REQUEST,
        "Nothing was added",
        "The tool's answer was not one that this platform accepts. Open the picker again from the \
         course page.",
    )
}
