//! The OIDC authorisation endpoint (Security Framework 5.1.1.3): every error is a page.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};

use crate::{Lms, fields::Fields, launch::Purpose, pages};

pub(super) async fn authorise(
    State(lms): State<Lms>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let fields = query.and(Fields::parse(&body));
    if lms.session(&headers).is_none() {
        return pages::sign_in(&lms, StatusCode::OK);
    }
    match decide(&lms, &headers, &fields) {
        Some((redirect, id_token)) => {
            let state = fields.get("state").unwrap_or_default();
            let answer = [("state", state.to_owned()), ("id_token", id_token)];
            let answer = answer.map(|(name, value)| (name.to_owned(), value));
            pages::form_post(&redirect, &answer, "Opening the activity")
        }
        None => pages::message(
            StatusCode::BAD_REQUEST,
            "This activity could not be opened",
            "The tool's request was not one that this platform accepts, or it was used before. \
             Open the activity again from the course page.",
        ),
    }
}

/// Where the token goes, and the token.
fn decide(lms: &Lms, headers: &HeaderMap, fields: &Fields) -> Option<(String, String)> {
    let session = lms.session(headers)?;
    let launch = lms
        .live()
        .take_launch(fields.get("lti_message_hint")?, &session.id)?;
    let tool = lms
        .read(|state| state.find_tool(launch.tool).cloned())
        .ok()?;
    let redirect = fields.get("redirect_uri")?;
    let mut uris = tool.registration.redirect_uris.iter();
    let fits = uris.any(|uri| uri.as_str() == redirect)
        && fields.get("client_id") == Some(&tool.registration.client_id)
        && fields.get("scope") == Some("openid")
        && fields.get("response_type") == Some("id_token")
        && fields.get("login_hint") == Some(&lms.subject_of(session.person));
    if !fits {
        return None;
    }
    if let Purpose::Course { course, .. } = launch.purpose {
        lms.live()
            .remember_picker(session.id.clone(), course, tool.id);
    }
    let nonce = fields.filled("nonce")?.to_owned();
    let token = lms.issue(&session, &launch, nonce).ok()?;
    Some((redirect.to_owned(), token))
}
