//! The OIDC authorisation endpoint (Security Framework 5.1.1.3), as Canvas has it.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};

use crate::{Lms, fields::Fields, launch::Purpose, live::PendingLaunch, pages, session::Session};

const NEEDED: [&str; 9] = [
    "client_id",
    "login_hint",
    "lti_message_hint",
    "nonce",
    "prompt",
    "redirect_uri",
    "response_mode",
    "response_type",
    "scope",
];
const FIXED: [(&str, &str); 4] = [
    ("scope", "openid"),
    ("response_type", "id_token"),
    ("response_mode", "form_post"),
    ("prompt", "none"),
];

/// An error that is posted to the tool.
struct Refusal(&'static str, String);

pub(super) async fn authorise(
    State(lms): State<Lms>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let fields = query.and(Fields::parse(&body));
    let client_id = fields.get("client_id").unwrap_or_default();
    let redirect = fields.get("redirect_uri").unwrap_or_default();
    let is_registered = lms.read(|state| {
        let mut tools = state.tools.values().map(|tool| &tool.registration);
        tools.any(|tool| {
            let mut uris = tool.redirect_uris.iter();
            tool.client_id == client_id && uris.any(|uri| uri.as_str() == redirect)
        })
    });
    if !is_registered {
        return pages::message(
            StatusCode::BAD_REQUEST,
            "This activity could not be opened",
            "The tool asked to be answered at an address that it is not registered with \
             (Invalid redirect_uri).",
        );
    }
    let mut answer = match decide(&lms, &headers, &fields) {
        Ok(id_token) => vec![("id_token".to_owned(), id_token)],
        Err(Refusal(error, description)) => vec![
            ("error".to_owned(), error.to_owned()),
            ("error_description".to_owned(), description),
        ],
    };
    let state = fields.get("state").unwrap_or_default();
    answer.push(("state".to_owned(), state.to_owned()));
    // Canvas says here too where the tool may keep what it must remember.
    answer.push((
        "lti_storage_target".to_owned(),
        "post_message_forwarding".to_owned(),
    ));
    pages::form_post(redirect, &answer, "Opening the activity")
}

fn decide(lms: &Lms, headers: &HeaderMap, fields: &Fields) -> Result<String, Refusal> {
    let invalid = |description: String| Refusal("invalid_request_object", description);
    let missing = NEEDED
        .into_iter()
        .filter(|name| fields.filled(name).is_none());
    let missing: Vec<&str> = missing.collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(invalid(format!(
            "The following parameters are missing: {missing}"
        )));
    }
    for (name, value) in FIXED {
        if fields.get(name) != Some(value) {
            return Err(invalid(format!("The '{name}' must be '{value}'")));
        }
    }
    let no_session = || {
        Refusal(
            "login_required",
            "Must have an active user session".to_owned(),
        )
    };
    let session = lms.session(headers).ok_or_else(no_session)?;
    let launch = take(lms, &session, fields).ok_or_else(|| {
        let gone = "The launch has either expired or already been consumed";
        Refusal("launch_no_longer_valid", gone.to_owned())
    })?;
    if fields.get("login_hint") != Some(&lms.subject_of(session.person)) {
        return Err(no_session());
    }
    let client_id = lms.read(|state| {
        let tool = state.find_tool(launch.tool);
        tool.map(|tool| tool.registration.client_id.clone())
    });
    if client_id.ok().as_deref() != fields.get("client_id") {
        let unauthorised = "Client not authorized in requested context";
        return Err(Refusal("unauthorized_client", unauthorised.to_owned()));
    }
    let nonce = fields.get("nonce").unwrap_or_default().to_owned();
    lms.issue(&session, &launch, nonce).map_err(|error| {
        tracing::error!(%error, "a launch could not be signed");
        Refusal("server_error", "Something went wrong".to_owned())
    })
}

fn take(lms: &Lms, session: &Session, fields: &Fields) -> Option<PendingLaunch> {
    let hint = fields.get("lti_message_hint")?;
    let launch = lms.live().take_launch(hint, &session.id)?;
    // A link that was deleted meanwhile cannot be opened.
    let still_there = match launch.purpose {
        Purpose::Activity { link, .. } => lms.read(|state| state.links.contains_key(&link)),
        Purpose::Course { .. } => true,
    };
    still_there.then_some(launch)
}
