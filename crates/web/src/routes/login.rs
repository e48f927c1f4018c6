//! The login: finds out whether the browser keeps our cookies here, and only then calls the
//! platform, since a platform's hint works once and a failed launch cannot be repeated.
//!
//! A first request from a browser without any cookie of ours is sent on to ourselves with one set.
//! When it comes back, the way is free; when it does not, the person is offered a tab of its own,
//! or the platform's storage keeps the secret. Nothing is stored on our side.
//!
//! 1EdTech Security Framework 1.0, section 5.1.1; LTI Client Side postMessages 1.0.

use axum::body::{Body, to_bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use mtl_bridge_core::LoginStart;
use mtl_bridge_core::launch::LaunchError;
use mtl_lti::login::LoginInitiation;

use crate::cookies::set_cookie;
use crate::csp::Csp;
use crate::forms::PostedForm;
use crate::pages::launch::{NewTabPage, StoragePut};
use crate::pages::shell::Shell;
use crate::problem::Problem;
use crate::render::{go, page};
use crate::state::WebState;

/// How long a login may take, in seconds; as long as its state is accepted.
const LOGIN_SECONDS: i64 = 600;
/// How long a browser is remembered to keep cookies, in seconds: a day.
const KEPT_SECONDS: i64 = 86_400;
/// The longest body that a login or a launch may have, in bytes.
pub(super) const LONGEST_BODY: usize = 128 << 10;

/// `GET /lti/login`.
pub(super) async fn begin_by_get(
    State(state): State<WebState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    begin(
        &state,
        &headers,
        &PostedForm::parse(query.unwrap_or_default().as_bytes()),
    )
    .await
}

/// `POST /lti/login`.
pub(super) async fn begin_by_post(
    State(state): State<WebState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    begin(&state, &headers, &read_form(body).await?).await
}

/// `GET /lti/login/continue`.
pub(super) async fn go_on(
    State(state): State<WebState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let form = PostedForm::parse(query.unwrap_or_default().as_bytes());
    let login = parse_login(&form)?;
    let start = begin_login(&state, login.clone()).await?;
    if state.cookies.has_any(&headers) {
        send_to_platform(&state, &start)
    } else {
        offer_another_way(&login, &start)
    }
}

async fn begin(
    state: &WebState,
    headers: &HeaderMap,
    form: &PostedForm,
) -> Result<Response, Problem> {
    let login = parse_login(form)?;
    if state.cookies.has_any(headers) {
        let start = begin_login(state, login).await?;
        return send_to_platform(state, &start);
    }
    let mut response = go(&format!("/lti/login/continue?{}", query(&login)));
    if let Some(cookie) = set_cookie(&state.cookies.kept(), "1", KEPT_SECONDS) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn send_to_platform(state: &WebState, start: &LoginStart) -> Result<Response, Problem> {
    let mut response = go(start.authorisation_url.as_str());
    let cookie = state
        .cookies
        .login(&start.launch_key)
        .and_then(|name| set_cookie(&name, &start.cookie_secret, LOGIN_SECONDS))
        .ok_or_else(|| Problem::Internal("a login's cookie cannot be written".to_owned()))?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

fn offer_another_way(login: &LoginInitiation, start: &LoginStart) -> Result<Response, Problem> {
    let mut response = page(&NewTabPage {
        shell: Shell::bare("Open MTL Bridge in a new tab"),
        login: format!("/lti/login?{}", query(login)),
        storage: start.storage_target.as_ref().map(|frame| StoragePut {
            frame: frame.clone(),
            origin: start.platform_origin.clone(),
            key: storage_key(&start.launch_key),
            value: start.storage_secret.clone(),
            next: start.authorisation_url.to_string(),
        }),
    })?;
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        Csp::framed_by(&start.frame_ancestors).render(),
    );
    Ok(response)
}

/// The key under which the platform keeps a launch's secret.
pub(super) fn storage_key(launch_key: &str) -> String {
    format!("mtl-bridge-{launch_key}")
}

fn parse_login(form: &PostedForm) -> Result<LoginInitiation, Problem> {
    LoginInitiation::parse(form.all()).map_err(|error| LaunchError::from(error).into())
}

async fn begin_login(state: &WebState, login: LoginInitiation) -> Result<LoginStart, Problem> {
    state.bridge.begin_login(login).await.map_err(Problem::from)
}

/// The login as a query.
fn query(login: &LoginInitiation) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields(login))
        .finish()
}

/// The login's parameters, as a platform sends them.
fn fields(login: &LoginInitiation) -> impl Iterator<Item = (&'static str, &str)> {
    [
        ("iss", Some(&login.issuer)),
        ("login_hint", Some(&login.login_hint)),
        ("target_link_uri", Some(&login.target_link_uri)),
        ("lti_message_hint", login.message_hint.as_ref()),
        ("client_id", login.client_id.as_ref()),
        ("lti_deployment_id", login.deployment_id.as_ref()),
        ("lti_storage_target", login.storage_target.as_ref()),
        ("canvas_region", login.canvas_region.as_ref()),
        ("canvas_environment", login.canvas_environment.as_ref()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?.as_str())))
}

/// A posted login or launch; a longer one than any platform sends is refused.
pub(super) async fn read_form(body: Body) -> Result<PostedForm, Problem> {
    let body = to_bytes(body, LONGEST_BODY)
        .await
        .map_err(|_| Problem::TokenTooLarge)?;
    Ok(PostedForm::parse(&body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_survives_the_way_through_a_query() {
        let form = PostedForm::parse(
            b"iss=https%3A%2F%2Flms.example&login_hint=4&lti_message_hint=%7B%22cmid%22%3A2%7D&target_link_uri=https%3A%2F%2Fmtl.example%2F&client_id=abc&lti_deployment_id=1&other=x",
        );
        let login = LoginInitiation::parse(form.all()).unwrap();
        let query = query(&login);
        let again = LoginInitiation::parse(PostedForm::parse(query.as_bytes()).all()).unwrap();
        assert_eq!(again, login);
        assert!(!query.contains("other"));
    }
}
