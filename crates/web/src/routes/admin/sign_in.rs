//! In and out. The link shows a page with a button, so that a program which looks at links in
//! messages does not use it up.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;

use crate::administrator::AdministratorForm;
use crate::cookies::set_own_cookie;
use crate::origin::is_same_origin;
use crate::pages::admin::SignInPage;
use crate::pages::shell::Shell;
use crate::problem::Problem;
use crate::render::{go, page};
use crate::state::WebState;
use crate::visitor::At;

/// `GET /admin/sign-in/{token}`.
pub(super) async fn ask(At(token): At<String>) -> Result<Response, Problem> {
    page(&SignInPage {
        shell: Shell::bare("Sign in as administrator"),
        action: format!("/admin/sign-in/{token}"),
    })
}

/// `POST /admin/sign-in/{token}`.
pub(super) async fn enter(
    State(state): State<WebState>,
    At(token): At<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !is_same_origin(&headers, &state.base) {
        return Err(Problem::CrossSite);
    }
    let session = state.bridge.sign_administrator_in(&token).await?;
    let seconds = (session.expires_at - state.bridge.now()).num_seconds();
    with_cookie(&state, go("/admin/platforms"), &session.token, seconds)
}

/// `POST /admin/sign-out`.
pub(super) async fn leave(
    State(state): State<WebState>,
    AdministratorForm { administrator, .. }: AdministratorForm,
) -> Result<Response, Problem> {
    state
        .bridge
        .sign_administrator_out(&administrator.session)
        .await?;
    let signed_out = page(&crate::pages::admin::SignedOutPage {
        shell: Shell::bare("Signed out"),
    })?;
    with_cookie(&state, signed_out, "", 0)
}

fn with_cookie(
    state: &WebState,
    mut response: Response,
    value: &str,
    seconds: i64,
) -> Result<Response, Problem> {
    let cookie = set_own_cookie(&state.cookies.administrator(), value, seconds)
        .ok_or_else(|| Problem::Internal("a cookie cannot be written".to_owned()))?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}
