//! The administrator's page of tools: registering one by its address, activating it.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use url::Url;

use super::{
    message, page_not_found, sign_in,
    view::{Visitor, html},
};
use crate::{Lms, Role, Tool, ToolId, session::Session};

#[derive(Template)]
#[template(path = "tools.html")]
struct ToolsPage {
    visitor: Option<Visitor>,
    tools: Vec<Tool>,
    session_key: String,
    /// The registration page that is open in the frame.
    frame: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ToolsQuery {
    /// The address of a tool's registration page, to be opened.
    url: Option<String>,
    /// The tool whose registration is to be changed.
    tool: Option<u32>,
}

pub(crate) async fn tools(
    State(lms): State<Lms>,
    Query(query): Query<ToolsQuery>,
    headers: HeaderMap,
) -> Response {
    let session = match find_administrator(&lms, &headers) {
        Ok(session) => session,
        Err(page) => return page,
    };
    let url = query.url.as_deref().map(str::trim);
    if url.is_some_and(|url| read_address(url).is_none()) {
        return message(
            StatusCode::BAD_REQUEST,
            "That is not an address",
            "Paste the whole registration address that the tool gave you, from http to its end.",
        );
    }
    let (name, session_key, tools) = lms.read(|state| {
        let person = state.find_person(session.person);
        (
            person.map_or_else(|_| String::new(), crate::Person::name),
            session.key(&state.session_key),
            state.tools.values().cloned().collect::<Vec<_>>(),
        )
    });
    let frame = url.map(|url| {
        let mut query_string = url::form_urlencoded::Serializer::new(String::new());
        query_string.append_pair("url", url);
        query_string.append_pair("sesskey", &session_key);
        if let Some(tool) = query.tool {
            query_string.append_pair("type", &tool.to_string());
        }
        let query_string = query_string.finish();
        format!("/tools/register?{query_string}")
    });
    html(
        StatusCode::OK,
        &ToolsPage {
            visitor: Some(Visitor {
                name,
                role: Role::Administrator.label(),
            }),
            tools,
            session_key,
            frame,
        },
    )
}

#[derive(Deserialize)]
pub(crate) struct StartQuery {
    url: String,
    /// The tool whose registration is to be changed.
    r#type: Option<u32>,
    sesskey: String,
}

/// Sends the administrator to the tool's registration page, with a new token.
pub(crate) async fn start_registration(
    State(lms): State<Lms>,
    Query(query): Query<StartQuery>,
    headers: HeaderMap,
) -> Response {
    let session = match find_administrator(&lms, &headers) {
        Ok(session) => session,
        Err(page) => return page,
    };
    let page = read_address(&query.url);
    let (Some(page), true) = (page, is_of(&lms, &session, &query.sesskey)) else {
        return page_not_found();
    };
    match lms.registration_url(&page, query.r#type.map(ToolId)) {
        Ok(url) => Redirect::to(url.as_str()).into_response(),
        Err(error) => {
            tracing::error!(%error, "a registration could not begin");
            page_not_found()
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct ToolForm {
    id: u32,
    action: String,
    sesskey: String,
}

/// Activates or removes a tool.
pub(crate) async fn change_tool(
    State(lms): State<Lms>,
    headers: HeaderMap,
    Form(form): Form<ToolForm>,
) -> Response {
    let session = match find_administrator(&lms, &headers) {
        Ok(session) => session,
        Err(page) => return page,
    };
    if !is_of(&lms, &session, &form.sesskey) {
        return page_not_found();
    }
    match form.action.as_str() {
        "activate" => lms.activate_tool(ToolId(form.id)),
        "remove" => lms.remove_tool(ToolId(form.id)),
        _ => return page_not_found(),
    }
    Redirect::to("/tools").into_response()
}

fn read_address(text: &str) -> Option<Url> {
    let url: Url = text.trim().parse().ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn is_of(lms: &Lms, session: &Session, key: &str) -> bool {
    lms.read(|state| session.key(&state.session_key) == key)
}

#[expect(clippy::result_large_err, reason = "the error is the page to show")]
fn find_administrator(lms: &Lms, headers: &HeaderMap) -> Result<Session, Response> {
    let session = lms
        .session(headers)
        .ok_or_else(|| sign_in(lms, StatusCode::OK))?;
    if lms.read(|state| state.is_administrator(session.person)) {
        return Ok(session);
    }
    Err(message(
        StatusCode::FORBIDDEN,
        "Only an administrator can do that",
        "Choose the programme lead on the first page.",
    ))
}
