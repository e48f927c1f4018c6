//! The OIDC authorisation endpoint (Security Framework 5.1.1.3), as strict and as odd as Moodle.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use serde_json::Value;
use url::Url;

use crate::{Lms, LmsError, fields::Fields, pages};

/// What becomes of an authorisation request.
enum Outcome {
    /// An id token, or an error with its words, is posted to the tool.
    Post {
        to: Url,
        fields: Vec<(String, String)>,
    },
    /// An error page; the tool is not called.
    Page,
    /// The browser is asked who it is.
    SignIn,
}

pub(crate) async fn authorise(
    State(lms): State<Lms>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fields =
        Fields::parse(uri.query().unwrap_or_default().as_bytes()).and(Fields::parse(&body));
    match decide(&lms, &headers, &fields) {
        Ok(Outcome::Post { to, fields }) => {
            pages::form_post(to.as_str(), &fields, "Opening the activity")
        }
        Ok(Outcome::SignIn) => pages::sign_in(&lms, StatusCode::OK),
        Ok(Outcome::Page) => pages::message(
            StatusCode::NOT_FOUND,
            "This activity could not be opened",
            "The tool's request was not one that this platform accepts, or it was used before. \
             Open the activity again from the course page.",
        ),
        Err(error) => {
            tracing::error!(%error, "a launch could not be signed");
            pages::message(
                StatusCode::INTERNAL_SERVER_ERROR,
                "This activity could not be opened",
                "Something went wrong on this platform. Open the activity again.",
            )
        }
    }
}

fn decide(lms: &Lms, headers: &HeaderMap, fields: &Fields) -> Result<Outcome, LmsError> {
    let Some(request) = Request::parse(fields) else {
        return Ok(Outcome::Page);
    };
    let Some(session) = lms.session(headers) else {
        return Ok(Outcome::SignIn);
    };
    // Used up whatever comes of it: a launch that fails must begin again on the course page.
    let taken = lms.live().take_launch(&request.launch_id, &session.id);
    let Some(launch) = taken else {
        return Ok(Outcome::Page);
    };
    let tool = lms.read(|state| state.find_tool(launch.tool).cloned())?;
    let redirect = tool
        .registration
        .redirect_uris
        .iter()
        .find(|uri| uri.as_str() == request.redirect_uri);
    let Some(redirect) = redirect.cloned() else {
        return Ok(Outcome::Page);
    };

    let refusal = if request.client_id != tool.registration.client_id {
        Some(("unauthorized_client", None))
    } else if request.login_hint != session.person.to_string() {
        Some(("access_denied", None))
    } else if fields.get("response_mode") != Some("form_post") {
        Some(("invalid_request", Some("Invalid response_mode")))
    } else if fields.get("prompt").is_some_and(|prompt| prompt != "none") {
        Some(("invalid_request", Some("Invalid prompt")))
    } else {
        None
    };
    let mut answer = Vec::new();
    if let Some((error, description)) = refusal {
        answer.push(("error".to_owned(), error.to_owned()));
        answer.extend(description.map(|text| ("error_description".to_owned(), text.to_owned())));
    } else {
        let id_token = lms.issue(&session, &launch, request.nonce)?;
        answer.push(("id_token".to_owned(), id_token));
    }
    answer.push(("state".to_owned(), request.state));
    Ok(Outcome::Post {
        to: redirect,
        fields: answer,
    })
}

/// A request that has everything without which Moodle shows an error page.
struct Request {
    client_id: String,
    redirect_uri: String,
    login_hint: String,
    nonce: String,
    state: String,
    launch_id: String,
}

impl Request {
    fn parse(fields: &Fields) -> Option<Self> {
        let filled = |name| fields.filled(name).map(ToOwned::to_owned);
        if fields.get("scope") != Some("openid") || fields.get("response_type") != Some("id_token")
        {
            return None;
        }
        let hint: Value = serde_json::from_str(fields.get("lti_message_hint")?).ok()?;
        Some(Self {
            client_id: filled("client_id")?,
            redirect_uri: filled("redirect_uri")?,
            login_hint: filled("login_hint")?,
            nonce: filled("nonce")?,
            state: filter_state(fields.get("state").unwrap_or_default()),
            launch_id: hint["launchid"].as_str()?.to_owned(),
        })
    }
}

/// Moodle drops every character of `state` that it does not know to be harmless.
fn filter_state(state: &str) -> String {
    state
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'))
        .collect()
}
