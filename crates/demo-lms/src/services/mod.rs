//! The service endpoints: one dispatcher in front of line items, scores, results and memberships.

mod answers;
mod call;
mod line_items;
mod memberships;
mod paging;
mod results;
mod scores;

pub(crate) use answers::{answer, proxy_page};
pub(crate) use line_items::line_item_url;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, Uri},
    response::Response,
};

use crate::Lms;
use answers::Refusal;
use call::{Call, Resource};

/// The scopes that this platform grants (AGS 2.0 section 3.1, NRPS 2.0 section 3.4).
pub(crate) mod scope {
    pub(crate) const LINE_ITEM: &str = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem";
    pub(crate) const LINE_ITEM_READ_ONLY: &str =
        "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly";
    pub(crate) const RESULT_READ_ONLY: &str =
        "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly";
    pub(crate) const SCORE: &str = "https://purl.imsglobal.org/spec/lti-ags/scope/score";
    pub(crate) const MEMBERSHIP_READ_ONLY: &str =
        "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly";
    pub(crate) const ALL: [&str; 5] = [
        LINE_ITEM,
        LINE_ITEM_READ_ONLY,
        RESULT_READ_ONLY,
        SCORE,
        MEMBERSHIP_READ_ONLY,
    ];
}

/// The media types of the services.
mod media {
    pub(super) const LINE_ITEM: &str = "application/vnd.ims.lis.v2.lineitem+json";
    pub(super) const LINE_ITEMS: &str = "application/vnd.ims.lis.v2.lineitemcontainer+json";
    pub(super) const SCORE: &str = "application/vnd.ims.lis.v1.score+json";
    pub(super) const RESULTS: &str = "application/vnd.ims.lis.v2.resultcontainer+json";
    pub(super) const MEMBERSHIPS: &str = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json";
    pub(super) const MEMBERSHIPS_1: &str = "application/vnd.ims.lis.v2.membershipcontainer+json";
}

pub(crate) async fn serve(
    State(lms): State<Lms>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(method, &uri, &headers, body);
    match dispatch(&lms, &call).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(&call),
    }
}

async fn dispatch(lms: &Lms, call: &Call) -> Result<Response, Refusal> {
    match call.find_resource().ok_or_else(|| call.no_handler())? {
        Resource::LineItems(course) => line_items::container(lms, call, course).await,
        Resource::LineItem(course, item) => line_items::one(lms, call, course, item).await,
        Resource::Scores(course, item) => scores::scores(lms, call, course, item).await,
        Resource::Results(course, item) => results::results(lms, call, course, item),
        Resource::Memberships(course, tool) => memberships::memberships(lms, call, course, tool),
    }
}
