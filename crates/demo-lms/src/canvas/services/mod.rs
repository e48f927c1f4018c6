//! The service endpoints below a course: line items, scores, results and the roster.

mod line_items;
mod memberships;
mod paging;
mod results;
mod scores;

pub(super) use line_items::line_item_url;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::Response,
};
use serde_json::{Value, json};

use crate::{CourseId, ItemId, LineItem, Lms, LmsError, ToolId, answer::answer, fields::Fields};

/// The media types of the services.
mod media {
    pub(super) const LINE_ITEM: &str = "application/vnd.ims.lis.v2.lineitem+json";
    pub(super) const LINE_ITEMS: &str = "application/vnd.ims.lis.v2.lineitemcontainer+json";
    pub(super) const SCORE: &str = "application/vnd.ims.lis.v1.score+json";
    pub(super) const RESULT: &str = "application/vnd.ims.lis.v2.result+json";
    pub(super) const RESULTS: &str = "application/vnd.ims.lis.v2.resultcontainer+json";
    pub(super) const MEMBERSHIPS: &str = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json";
}

/// A service request.
struct Call {
    method: Method,
    query: Fields,
    bearer: Option<String>,
    body: Bytes,
}

/// A service request that is refused.
struct Refusal {
    status: StatusCode,
    kind: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            status,
            kind,
            message,
        }
    }

    fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    fn unprocessable(message: impl Into<String>) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, "unprocessable_entity", message)
    }

    fn unauthorised(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    fn not_found() -> Self {
        let message = "The specified resource does not exist.";
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    fn unsaved(error: &LmsError) -> Self {
        tracing::error!(%error, "a change to the gradebook could not be saved");
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "internal_server_error", "An error occurred.")
    }
}

pub(super) async fn serve(
    State(lms): State<Lms>,
    Path(path): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorization = headers.get(header::AUTHORIZATION);
    let bearer = authorization.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let call = Call {
        method,
        query: Fields::parse(uri.query().unwrap_or_default().as_bytes()),
        bearer: bearer.map(|token| token.trim().to_owned()),
        body,
    };
    match dispatch(&lms, &call, &path).await {
        Ok(response) => response,
        Err(refusal) => json_answer(
            refusal.status,
            "application/json",
            &json!({"errors": {"type": refusal.kind, "message": refusal.message}}),
        ),
    }
}

async fn dispatch(lms: &Lms, call: &Call, path: &str) -> Result<Response, Refusal> {
    let parts: Vec<&str> = path.split('/').collect();
    let number = |text: &str| text.parse::<u32>().map_err(|_| Refusal::not_found());
    let course = CourseId(number(parts[0])?);
    match parts[1..] {
        ["names_and_roles"] => memberships::memberships(lms, call, course),
        ["line_items"] => line_items::container(lms, call, course).await,
        ["line_items", item] => line_items::one(lms, call, course, ItemId(number(item)?)).await,
        ["line_items", item, "scores"] => {
            scores::scores(lms, call, course, ItemId(number(item)?)).await
        }
        ["line_items", item, "results"] => {
            results::results(lms, call, course, ItemId(number(item)?), None)
        }
        ["line_items", item, "results", person] => {
            let person = Some(crate::PersonId(number(person)?));
            results::results(lms, call, course, ItemId(number(item)?), person)
        }
        _ => Err(Refusal::not_found()),
    }
}

impl Call {
    /// The client whose token has one of the scopes. Its deployments see the same columns.
    fn authorise(&self, lms: &Lms, scopes: &[&str]) -> Result<Client, Refusal> {
        let grant = {
            let live = lms.live();
            let token = self.bearer.as_deref().unwrap_or_default();
            live.find_token(token, lms.now()).cloned()
        };
        let grant = grant.ok_or_else(|| Refusal::unauthorised("Invalid access token"))?;
        let has = |scope: &&str| grant.scopes.iter().any(|granted| granted == scope);
        if !scopes.iter().any(has) {
            return Err(Refusal::unauthorised("Insufficient permissions"));
        }
        lms.read(|state| {
            let of =
                |tool: ToolId| Some(state.find_tool(tool).ok()?.registration.client_id.clone());
            let client = of(grant.tool);
            let tools = state.tools.keys().copied();
            Ok(Client {
                tools: tools.filter(|tool| of(*tool) == client).collect(),
                tool: grant.tool,
            })
        })
    }
}

/// Who asks: all deployments of one client.
struct Client {
    tools: Vec<ToolId>,
    /// The deployment to which new columns go.
    tool: ToolId,
}

impl Client {
    fn find_item(&self, lms: &Lms, course: CourseId, item: ItemId) -> Result<LineItem, Refusal> {
        lms.read(|state| state.items.get(&item).cloned())
            .filter(|item| item.course == course && self.tools.contains(&item.tool))
            .ok_or_else(Refusal::not_found)
    }
}

fn json_answer(status: StatusCode, media_type: &str, body: &Value) -> Response {
    let media_type = format!("{media_type}; charset=utf-8");
    answer(status, None, &media_type, body.to_string())
}
