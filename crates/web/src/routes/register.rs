//! Dynamic Registration: a platform opens the address of an invitation, in a frame of its own; the
//! administrator sees what is asked for, and connects.
//!
//! The token in the address is all that these pages go by: no cookie, no session. So they may stand
//! in any frame; which one it will be is not known beforehand.

use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use mtl_bridge_core::registering::{Registered, scope_words};

use super::login::read_form;
use crate::csp::Csp;
use crate::forms::PostedForm;
use crate::moments::Moment;
use crate::origin::is_same_origin;
use crate::pages::register::{DonePage, OfferPage, StartPage};
use crate::pages::shell::Shell;
use crate::problem::Problem;
use crate::render;
use crate::state::WebState;
use crate::visitor::At;

/// `GET /lti/register/{token}`.
pub(super) async fn begin(
    State(state): State<WebState>,
    At(token): At<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = PostedForm::parse(query.unwrap_or_default().as_bytes());
    let Some(configuration) = query.find("openid_configuration") else {
        return explain(&state, &token).await;
    };
    let registration_token = query
        .find("registration_token")
        .filter(|token| !token.is_empty());
    let offer = state
        .bridge
        .begin_registration(&token, configuration, registration_token)
        .await?;
    framed(&OfferPage {
        shell: Shell::bare(format!("Connect {}", offer.platform)),
        institution: offer.institution,
        platform: offer.platform,
        issuer: offer.issuer,
        shared: offer.shared,
        scopes: in_words(&offer.scopes),
        missing: in_words(&offer.missing_scopes),
        placements: placements_in_words(&offer.placements),
        action: format!("/lti/register/{token}"),
        offer: offer.sealed,
    })
}

/// `POST /lti/register/{token}`.
pub(super) async fn complete(
    State(state): State<WebState>,
    At(token): At<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    if !is_same_origin(&headers, &state.base) {
        return Err(Problem::CrossSite);
    }
    let form = read_form(body).await?;
    let done = state
        .bridge
        .complete_registration(&token, form.text("offer"))
        .await?;
    framed(&DonePage {
        shell: Shell::bare("Connected"),
        steps: steps_after(&done),
        platform: done.platform,
        client_id: done.client_id,
        is_update: done.is_update,
        missing: in_words(&done.missing_scopes),
    })
}

/// `GET /lti/canvas.json`: what an administrator pastes into a Canvas developer key, or names there.
pub(super) async fn canvas_configuration(State(state): State<WebState>) -> Response {
    axum::Json(state.bridge.canvas_configuration()).into_response()
}

/// The page for somebody who opens the address by hand.
async fn explain(state: &WebState, token: &str) -> Result<Response, Problem> {
    let invited = state.bridge.look_at_invitation(token).await?;
    let zone = invited.time_zone.parse().unwrap_or(chrono_tz::UTC);
    render::page(&StartPage {
        shell: Shell::bare("Connect your learning platform"),
        institution: invited.institution,
        until: Moment::new(invited.expires_at, zone),
        address: format!("{}lti/register/{token}", state.base),
    })
}

fn framed(page: &impl Template) -> Result<Response, Problem> {
    let mut response = render::page(page)?;
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        Csp::framed_by_anyone().render(),
    );
    Ok(response)
}

fn in_words(scopes: &[String]) -> Vec<String> {
    let words = scopes.iter().map(|scope| scope_words(scope).to_owned());
    words.collect()
}

fn placements_in_words(placements: &[String]) -> Vec<String> {
    let mut words: Vec<String> = placements
        .iter()
        .map(|name| match name.rsplit('/').next().unwrap_or_default() {
            "assignment_selection" => {
                "Where a teacher makes an assignment: an activity can be picked for it".to_owned()
            }
            "link_selection" => {
                "Where a teacher adds an item to a module: activities can be picked".to_owned()
            }
            "ContentArea" => {
                "Where a teacher adds something to a course: activities can be picked".to_owned()
            }
            "course_navigation" | "CourseNavigation" => {
                "In the menu of a course, once a teacher switches it on there".to_owned()
            }
            other => other.to_owned(),
        })
        .collect();
    if words.is_empty() {
        words.push("Where a teacher adds a link to it".to_owned());
    }
    words
}

/// What a person must still click on the platform, and with us.
fn steps_after(done: &Registered) -> Vec<String> {
    let mut steps: Vec<String> = match done.product.as_str() {
        _ if done.is_update => {
            vec![
                "Look over the tool’s settings on the platform, and keep it switched on."
                    .to_owned(),
            ]
        }
        "moodle" => vec![
            "Close this page. Moodle’s page “Manage tools” shows MTL Bridge as pending.".to_owned(),
            "Press “Activate” on its card. Until then nobody can open it.".to_owned(),
            "To offer it in every course, open the card’s settings and choose “Show in activity \
             chooser and as a preconfigured tool”."
                .to_owned(),
        ],
        "canvas" => vec![
            "Close this page. Canvas shows what it has registered: look it over and confirm."
                .to_owned(),
            "Switch the app on (older Canvas: set the developer key’s state to “On”).".to_owned(),
            "Make it available to the accounts or courses that should have it.".to_owned(),
        ],
        _ => vec![
            "Close this page and look for MTL Bridge in the platform’s list of tools.".to_owned(),
            "Switch it on there if it is not on already.".to_owned(),
        ],
    };
    if done.shared {
        steps.push(
            "Open MTL Bridge once from each institution’s courses. Whoever runs MTL Bridge then \
             gives each deployment to its institution."
                .to_owned(),
        );
    } else if done.asks_for_deployments {
        steps.push(
            "Open MTL Bridge once from a course. Then accept the deployment on MTL Bridge’s page of \
             your platforms."
                .to_owned(),
        );
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placements_are_told_in_words() {
        let words = placements_in_words(&[
            "https://canvas.instructure.com/lti/assignment_selection".to_owned(),
            "something_new".to_owned(),
        ]);
        assert!(words[0].contains("assignment") && words[1] == "something_new");
        assert_eq!(placements_in_words(&[]).len(), 1);
    }
}
