//! A verified launch goes over into a tab of its own, where the browser keeps our cookies: once,
//! within a minute, from our own page alone.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use mtl_bridge_core::launch::Launched;

use super::launch::set_session;
use super::login::read_form;
use crate::csp::Csp;
use crate::origin::is_same_origin;
use crate::pages::launch::HandoverPage;
use crate::pages::shell::Shell;
use crate::problem::Problem;
use crate::render::page;
use crate::state::WebState;

/// The page that offers the new tab.
pub(super) fn offer(state: &WebState, launched: &Launched) -> Result<Response, Problem> {
    let handover = state.bridge.begin_handover(launched)?;
    let mut response = page(&HandoverPage {
        shell: Shell::bare("You are signed in"),
        handover,
    })?;
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        Csp::framed_by(&launched.frame_ancestors).render(),
    );
    Ok(response)
}

/// `POST /lti/handover`, in the new tab.
pub(super) async fn take_over(
    State(state): State<WebState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    if !is_same_origin(&headers, &state.base) {
        return Err(Problem::CrossSite);
    }
    let form = read_form(body).await?;
    let taken = state
        .bridge
        .complete_handover(form.text("handover"))
        .await?;
    set_session(&state, taken.launch, &taken.session_token, taken.expires_at)
}
