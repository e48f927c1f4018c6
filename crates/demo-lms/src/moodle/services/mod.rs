//! The service endpoints: one dispatcher in front of line items, scores, results and memberships.

mod answers;
mod call;
mod line_items;
mod memberships;
mod paging;
mod results;
mod scores;

pub(super) use answers::{number, php_json};
pub(super) use line_items::line_item_url;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, Uri},
    response::Response,
};

use crate::Lms;
use answers::Refusal;
use call::{Call, Resource};

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
