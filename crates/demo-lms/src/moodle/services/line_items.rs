//! The line item services (AGS 2.0 section 3.2).

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    answers::{Refusal, charset, json_answer, number},
    call::Call,
    media,
    paging::Page,
};
use crate::{CourseId, ItemId, LineItem, LinkId, Lms, LmsError, ToolId, answer::answer, scope};

const READ: [&str; 2] = [scope::LINE_ITEM, scope::LINE_ITEM_READ_ONLY];
const WRITE: [&str; 1] = [scope::LINE_ITEM];

/// The line item's address, which carries a query.
pub(crate) fn line_item_url(base: &str, item: &LineItem) -> String {
    format!(
        "{base}/mod/lti/services.php/{}/lineitems/{}/lineitem?type_id={}",
        item.course, item.id, item.tool
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
        _ => Err(Refusal::wrong_method()),
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
            let tool = call.authorise(lms, &READ)?;
            let item = find_item(lms, tool, course, item)?;
            call.require_accept(&[media::LINE_ITEM])?;
            let body = describe(lms.base(), &item);
            Ok(json_answer(StatusCode::OK, media::LINE_ITEM, &body))
        }
        Method::PUT => replace(lms, call, course, item).await,
        Method::DELETE => {
            let tool = call.authorise(lms, &WRITE)?;
            find_item(lms, tool, course, item)?;
            let ((), version) = lms.change(|state| {
                state.items.remove(&item);
                state.grades.remove(&item);
            });
            lms.wait_durable(version)
                .await
                .map_err(|error| unsaved(&error))?;
            let html = "text/html; charset=utf-8";
            Ok(answer(StatusCode::NO_CONTENT, Some("OK"), html, ""))
        }
        _ => Err(Refusal::wrong_method()),
    }
}

/// The column, if the tool may see it there.
pub(super) fn find_item(
    lms: &Lms,
    tool: ToolId,
    course: CourseId,
    item: ItemId,
) -> Result<LineItem, Refusal> {
    let found = lms
        .read(|state| state.items.get(&item).cloned())
        .ok_or_else(|| Refusal::no_item(item))?;
    if found.tool != tool || found.course != course {
        return Err(Refusal::forbidden());
    }
    Ok(found)
}

pub(super) fn unsaved(error: &LmsError) -> Refusal {
    tracing::error!(%error, "a change to the gradebook could not be saved");
    Refusal::proxy(StatusCode::INTERNAL_SERVER_ERROR)
}

fn list(lms: &Lms, call: &Call, course: CourseId) -> Result<Response, Refusal> {
    let tool = call.authorise(lms, &READ)?;
    call.require_accept(&[media::LINE_ITEMS])?;
    let (tag, resource, link) = (
        call.query.filled("tag"),
        call.query.filled("resource_id"),
        call.query.filled("resource_link_id"),
    );
    let mut items = lms.read(|state| {
        let items = state
            .items
            .values()
            .filter(|item| item.course == course && item.tool == tool);
        items.cloned().collect::<Vec<_>>()
    });
    items.retain(|item| {
        tag.is_none_or(|tag| item.tag == tag)
            && resource.is_none_or(|id| item.resource_id == id)
            && link.is_none_or(|id| item.link.is_some_and(|known| known.to_string() == id))
    });
    let page = Page::asked(call);
    let count = items.len();
    let body: Vec<Value> = page
        .cut(items)
        .iter()
        .map(|item| describe(lms.base(), item))
        .collect();
    let mut response = json_answer(StatusCode::OK, media::LINE_ITEMS, &body);

    let mut url = url::form_urlencoded::Serializer::new(String::new());
    url.append_pair("type_id", &tool.to_string());
    let filters = [
        ("resource_link_id", link),
        ("resource_id", resource),
        ("tag", tag),
    ];
    for (name, value) in filters {
        if let Some(value) = value {
            url.append_pair(name, value);
        }
    }
    let url = format!(
        "{}/mod/lti/services.php/{course}/lineitems?{}",
        lms.base(),
        url.finish()
    );
    page.link_line_items(&mut response, &url, count);
    Ok(response)
}

/// What a tool may set of a column.
struct Wanted {
    json: Value,
    label: String,
    maximum: f64,
    resource_id: String,
    tag: String,
    link: Option<String>,
}

impl Wanted {
    fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        let maximum = match &json["scoreMaximum"] {
            Value::String(text) => text.parse().ok(),
            other => other.as_f64(),
        };
        let label = text("label");
        let (false, Some(maximum)) = (label.is_empty(), maximum) else {
            return Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                "No label or Score Maximum",
            ));
        };
        let link = json["resourceLinkId"].as_str().map(ToOwned::to_owned);
        let (resource_id, tag) = (text("resourceId"), text("tag"));
        Ok(Self {
            json,
            label,
            maximum,
            resource_id,
            tag,
            link,
        })
    }

    /// Moodle repeats what was sent, with the address, and with slashes as they are.
    fn echo(mut self, status: StatusCode, base: &str, item: &LineItem) -> Response {
        self.json["id"] = json!(line_item_url(base, item));
        let body = self.json.to_string();
        answer(status, None, &charset(media::LINE_ITEM), body)
    }
}

async fn create(lms: &Lms, call: &Call, course: CourseId) -> Result<Response, Refusal> {
    let tool = call.authorise(lms, &WRITE)?;
    let wanted = Wanted::parse(&call.body)?;
    let (created, version) = lms.change(|state| {
        state
            .find_course(course)
            .map_err(|_| Refusal::new(StatusCode::NOT_FOUND, "Not Found"))?;
        let link = match &wanted.link {
            None => None,
            Some(id) => {
                let id = id.parse::<LinkId>().map_err(|_| Refusal::forbidden())?;
                let link = state.links.get(&id);
                let ours = link.is_some_and(|link| link.course == course && link.tool == tool);
                Some(ours.then_some(id).ok_or_else(Refusal::forbidden)?)
            }
        };
        let item = LineItem {
            id: state.take_item(),
            course,
            tool,
            label: wanted.label.clone(),
            maximum: wanted.maximum,
            resource_id: wanted.resource_id.clone(),
            tag: wanted.tag.clone(),
            link,
            review: None,
        };
        state.items.insert(item.id, item.clone());
        Ok(item)
    });
    let item = created?;
    lms.wait_durable(version)
        .await
        .map_err(|error| unsaved(&error))?;
    Ok(wanted.echo(StatusCode::CREATED, lms.base(), &item))
}

async fn replace(
    lms: &Lms,
    call: &Call,
    course: CourseId,
    item: ItemId,
) -> Result<Response, Refusal> {
    let tool = call.authorise(lms, &WRITE)?;
    find_item(lms, tool, course, item)?;
    let wanted = Wanted::parse(&call.body)?;
    let (replaced, version) = lms.change(|state| {
        let column = state.items.get_mut(&item)?;
        column.label.clone_from(&wanted.label);
        column.resource_id.clone_from(&wanted.resource_id);
        column.tag.clone_from(&wanted.tag);
        let cells = state.grades.entry(item).or_default();
        column.rescale(wanted.maximum, cells.values_mut());
        Some(column.clone())
    });
    let replaced = replaced.ok_or_else(|| Refusal::no_item(item))?;
    lms.wait_durable(version)
        .await
        .map_err(|error| unsaved(&error))?;
    Ok(wanted.echo(StatusCode::OK, lms.base(), &replaced))
}

fn describe(base: &str, item: &LineItem) -> Value {
    let mut json = json!({
        "id": line_item_url(base, item),
        "label": item.label,
        "scoreMaximum": number(item.maximum),
        "resourceId": item.resource_id,
        "tag": item.tag,
    });
    if let Some(link) = item.link {
        json["resourceLinkId"] = json!(link.to_string());
        json["ltiLinkId"] = json!(link.to_string());
    }
    json
}
