//! The line item services (AGS 2.0 section 3.2).

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{Call, Client, Refusal, json_answer, media, paging::Page};
use crate::{
    CourseId, Flavour, ItemId, LineItem, LinkId, Lms, identifiers::resource_link_of, scope,
    state::State,
};

const READ: [&str; 2] = [scope::LINE_ITEM, scope::LINE_ITEM_READ_ONLY];
const WRITE: [&str; 1] = [scope::LINE_ITEM];
const LONGEST_PAGE: usize = 100;

/// The line item's address.
pub(in crate::canvas) fn line_item_url(base: &str, item: &LineItem) -> String {
    format!(
        "{base}/api/lti/courses/{}/line_items/{}",
        item.course, item.id
    )
}

pub(super) async fn container(
    lms: &Lms,
    call: &Call,
    course: CourseId,
) -> Result<Response, Refusal> {
    match call.method {
        Method::GET => list(lms, call, course),
        Method::POST => create(lms, call, course).await,
        _ => Err(Refusal::not_found()),
    }
}

pub(super) async fn one(
    lms: &Lms,
    call: &Call,
    course: CourseId,
    item: ItemId,
) -> Result<Response, Refusal> {
    match call.method {
        Method::GET => {
            let client = call.authorise(lms, &READ)?;
            let item = client.find_item(lms, course, item)?;
            let body = lms.read(|state| describe(state, lms.base(), &item));
            Ok(json_answer(StatusCode::OK, media::LINE_ITEM, &body))
        }
        Method::PUT => replace(lms, call, course, item).await,
        Method::DELETE => {
            let client = call.authorise(lms, &WRITE)?;
            if client.find_item(lms, course, item)?.link.is_some() {
                return Err(Refusal::unauthorised(
                    "Lti::LineItem is the default line item of its assignment",
                ));
            }
            let ((), version) = lms.change(|state| {
                state.items.remove(&item);
                state.grades.remove(&item);
            });
            let saved = lms.wait_durable(version).await;
            saved.map_err(|error| Refusal::unsaved(&error))?;
            let mut response = Response::new(axum::body::Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            Ok(response)
        }
        _ => Err(Refusal::not_found()),
    }
}

fn list(lms: &Lms, call: &Call, course: CourseId) -> Result<Response, Refusal> {
    let client = call.authorise(lms, &READ)?;
    let [tag, resource, link] =
        ["tag", "resource_id", "resource_link_id"].map(|name| call.query.filled(name));
    let page = Page::asked(call, LONGEST_PAGE);
    let (count, body) = lms.read(|state| {
        let items = state.items.values().filter(|item| {
            item.course == course
                && client.tools.contains(&item.tool)
                && tag.is_none_or(|tag| item.tag == tag)
                && resource.is_none_or(|id| item.resource_id == id)
                && link.is_none_or(|id| outer_link(state, item).as_deref() == Some(id))
        });
        let items: Vec<_> = items.collect();
        let count = items.len();
        let items = page.cut(items).into_iter();
        let items = items.map(|item| describe(state, lms.base(), item));
        (count, Value::Array(items.collect()))
    });
    let mut response = json_answer(StatusCode::OK, media::LINE_ITEMS, &body);
    let url = format!("{}/api/lti/courses/{course}/line_items", lms.base());
    let filters = [
        ("tag", tag),
        ("resource_id", resource),
        ("resource_link_id", link),
    ];
    page.link(&mut response, &url, &filters, count);
    Ok(response)
}

/// What a tool may set of a column.
struct Wanted {
    label: Option<String>,
    maximum: Option<f64>,
    resource_id: Option<String>,
    tag: Option<String>,
    link: Option<String>,
}

impl Wanted {
    fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let json: Value =
            serde_json::from_slice(body).map_err(|_| Refusal::bad("Request body is not JSON"))?;
        let text = |name: &str| json[name].as_str().map(ToOwned::to_owned);
        Ok(Self {
            label: text("label").filter(|label| !label.is_empty()),
            maximum: json["scoreMaximum"].as_f64(),
            resource_id: text("resourceId"),
            tag: text("tag"),
            link: text("resourceLinkId"),
        })
    }
}

async fn create(lms: &Lms, call: &Call, course: CourseId) -> Result<Response, Refusal> {
    let client = call.authorise(lms, &WRITE)?;
    let wanted = Wanted::parse(&call.body)?;
    let label = wanted
        .label
        .ok_or_else(|| Refusal::bad("param is missing: label"))?;
    let maximum = wanted
        .maximum
        .ok_or_else(|| Refusal::bad("param is missing: scoreMaximum"))?;
    if maximum < 0.0 {
        return Err(Refusal::unprocessable(
            "ScoreMaximum must be greater than or equal to 0",
        ));
    }
    let (created, version) = lms.change(|state| {
        state
            .find_course(course)
            .map_err(|_| Refusal::not_found())?;
        let link = match &wanted.link {
            None => None,
            Some(id) => Some(find_link(state, &client, course, id)?),
        };
        let item = LineItem {
            id: state.take_item(),
            course,
            tool: client.tool,
            label,
            maximum,
            resource_id: wanted.resource_id.unwrap_or_default(),
            tag: wanted.tag.unwrap_or_default(),
            link,
            review: None,
        };
        state.items.insert(item.id, item.clone());
        Ok((describe(state, lms.base(), &item), item))
    });
    let (body, _) = created?;
    let saved = lms.wait_durable(version).await;
    saved.map_err(|error| Refusal::unsaved(&error))?;
    Ok(json_answer(StatusCode::CREATED, media::LINE_ITEM, &body))
}

async fn replace(
    lms: &Lms,
    call: &Call,
    course: CourseId,
    item: ItemId,
) -> Result<Response, Refusal> {
    let client = call.authorise(lms, &WRITE)?;
    client.find_item(lms, course, item)?;
    let wanted = Wanted::parse(&call.body)?;
    let (replaced, version) = lms.change(|state| {
        let column = state.items.get_mut(&item)?;
        if let Some(label) = wanted.label {
            column.label = label;
        }
        if let Some(resource_id) = wanted.resource_id {
            column.resource_id = resource_id;
        }
        if let Some(tag) = wanted.tag {
            column.tag = tag;
        }
        // Canvas keeps the points and not the shares.
        column.maximum = wanted.maximum.unwrap_or(column.maximum);
        let column = column.clone();
        Some(describe(state, lms.base(), &column))
    });
    let body = replaced.ok_or_else(Refusal::not_found)?;
    let saved = lms.wait_durable(version).await;
    saved.map_err(|error| Refusal::unsaved(&error))?;
    Ok(json_answer(StatusCode::OK, media::LINE_ITEM, &body))
}

fn find_link(
    state: &State,
    client: &Client,
    course: CourseId,
    asked: &str,
) -> Result<LinkId, Refusal> {
    let mut links = state.links.values();
    let found = links.find(|link| {
        link.course == course
            && client.tools.contains(&link.tool)
            && resource_link_of(state, Flavour::Canvas, link.id) == asked
    });
    found.map(|link| link.id).ok_or_else(|| {
        let message = "The specified LTI link ID is not associated with the line item.";
        Refusal::new(
            StatusCode::PRECONDITION_FAILED,
            "precondition_failed",
            message,
        )
    })
}

fn outer_link(state: &State, item: &LineItem) -> Option<String> {
    Some(resource_link_of(state, Flavour::Canvas, item.link?))
}

fn describe(state: &State, base: &str, item: &LineItem) -> Value {
    let mut json = json!({
        "id": line_item_url(base, item),
        "label": item.label,
        "scoreMaximum": item.maximum,
    });
    for (name, value) in [("resourceId", &item.resource_id), ("tag", &item.tag)] {
        if !value.is_empty() {
            json[name] = json!(value);
        }
    }
    if let Some(link) = outer_link(state, item) {
        json["resourceLinkId"] = json!(link);
    }
    json
}
