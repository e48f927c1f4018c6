//! The platform's answer: a signed token, which makes a session where the browser proves that it
//! began the login.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use mtl_bridge_core::launch::{BrowserProof, LaunchAnswer, LaunchError, LaunchFailure};
use mtl_lti::login::AuthorisationAnswer;
use mtl_programme::LaunchId;

use super::handover;
use super::login::{read_form, storage_key};
use crate::cookies::{find_cookie, set_cookie};
use crate::csp::Csp;
use crate::pages::launch::StoragePage;
use crate::pages::shell::Shell;
use crate::problem::Problem;
use crate::render::{go, page};
use crate::state::WebState;

/// `POST /lti/launch`, by the platform's page or, with the storage's secret, by our own.
pub(super) async fn complete(
    State(state): State<WebState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let form = read_form(body).await?;
    let answer = AuthorisationAnswer::parse(form.all()).map_err(LaunchError::from)?;
    let (id_token, login_state) = match answer {
        AuthorisationAnswer::Token { id_token, state } => (id_token, state),
        AuthorisationAnswer::Error(error) => {
            return Err(LaunchError::PlatformSaid { error: error.error }.into());
        }
    };
    let key = state.bridge.launch_key(&login_state)?;
    let cookie = state.cookies.login(&key).unwrap_or_default();
    let proof = BrowserProof {
        cookie_secret: find_cookie(&headers, &cookie).map(ToOwned::to_owned),
        storage_secret: form.find("storage_secret").map(ToOwned::to_owned),
    };
    if proof.cookie_secret.is_none() && proof.storage_secret.is_none() {
        let session = find_cookie(&headers, &state.cookies.session()).unwrap_or_default();
        if let Some(repeated) = state.bridge.find_repeated(&login_state, session).await? {
            return Err(repeated.into());
        }
        return ask_storage(&state, &key, id_token, login_state).await;
    }
    let keeps_cookies = proof.cookie_secret.is_some();
    let launched = state
        .bridge
        .complete_launch(
            LaunchAnswer {
                id_token,
                state: login_state,
            },
            proof,
        )
        .await?;
    let mut response = if keeps_cookies {
        set_session(
            &state,
            launched.launch,
            &launched.session_token,
            launched.expires_at,
        )?
    } else {
        handover::offer(&state, &launched)?
    };
    if let Some(spent) = set_cookie(&cookie, "", 0) {
        response.headers_mut().append(header::SET_COOKIE, spent);
    }
    Ok(response)
}

/// No cookie came back. Where the platform offered its storage, a page asks it for the secret and
/// posts the answer again with it; else nobody can tell whose browser this is.
async fn ask_storage(
    state: &WebState,
    key: &str,
    id_token: String,
    login_state: String,
) -> Result<Response, Problem> {
    let platform = state.bridge.platform_of_state(&login_state).await?;
    let Some(frame) = platform.storage_target else {
        return Err(Problem::from(LaunchFailure {
            frame_ancestors: platform.frame_ancestors,
            ..LaunchFailure::from(LaunchError::OtherBrowser)
        }));
    };
    let mut response = page(&StoragePage {
        shell: Shell::bare("Opening MTL Bridge"),
        frame,
        origin: platform.platform_origin,
        key: storage_key(key),
        id_token,
        state: login_state,
    })?;
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        Csp::framed_by(&platform.frame_ancestors).render(),
    );
    Ok(response)
}

/// Sets the session's cookie and goes to the launch's first page.
pub(super) fn set_session(
    state: &WebState,
    launch: LaunchId,
    token: &str,
    ends: DateTime<Utc>,
) -> Result<Response, Problem> {
    let mut response = go(&format!("/l/{launch}/"));
    let seconds = (ends - state.bridge.now()).num_seconds().max(0);
    let cookie = set_cookie(&state.cookies.session(), token, seconds)
        .ok_or_else(|| Problem::Internal("the session's cookie cannot be written".to_owned()))?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}
