//! Beginning a launch, and coming back from the tool.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;

use super::{find_member, handover, page_not_found};
use crate::{DocumentTarget, LinkId, Lms, PersonId, launch::Purpose};

#[derive(Deserialize)]
pub(crate) struct LaunchQuery {
    /// The course module.
    id: u32,
    /// Present where the tool gets a window of its own.
    window: Option<String>,
    /// The person whose work is looked at.
    user: Option<u32>,
}

pub(crate) async fn launch(
    State(lms): State<Lms>,
    Query(query): Query<LaunchQuery>,
    headers: HeaderMap,
) -> Response {
    let link = LinkId::from_course_module(query.id)
        .and_then(|id| lms.read(|state| state.find_link(id).cloned().ok()));
    let Some(link) = link else {
        return page_not_found();
    };
    let member = match find_member(&lms, &headers, link.course) {
        Ok(member) => member,
        Err(page) => return page,
    };
    let target = match query.window {
        Some(_) => DocumentTarget::Window,
        None => DocumentTarget::Iframe,
    };
    let purpose = Purpose::Activity {
        link: link.id,
        target,
        for_user: query.user.map(PersonId),
    };
    if let Some(person) = query.user.map(PersonId)
        && !member.reviews_work_of(person)
    {
        return page_not_found();
    }
    match lms.begin(&member.session, purpose, None) {
        Ok(initiation) => handover::begin_login(&initiation, &format!("Opening {}", link.title)),
        Err(error) => {
            tracing::error!(%error, "a launch could not begin");
            super::message(
                StatusCode::INTERNAL_SERVER_ERROR,
                "This activity could not be opened",
                "Something went wrong on this platform. Open the activity again.",
            )
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct ReturnQuery {
    course: Option<u32>,
    lti_msg: Option<String>,
    lti_errormsg: Option<String>,
}

/// Where a tool sends people back to (LTI 1.3 appendix C, `return_url`).
pub(crate) async fn return_from_tool(Query(query): Query<ReturnQuery>) -> Response {
    handover::returned(
        query.course,
        query.lti_errormsg.as_deref(),
        query.lti_msg.as_deref(),
    )
}
