//! Picking activities in a tool: the page around its picker, and what came of it.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;

use super::{
    Member, find_member, handover, message, page_not_found,
    view::{Visitor, html},
};
use crate::{CourseId, Flavour, Lms, Placement, Tool, ToolId, launch::Purpose};

#[derive(Template)]
#[template(path = "picker.html")]
struct PickerPage {
    visitor: Option<Visitor>,
    course: CourseId,
    course_label: String,
    tool: String,
    frame: String,
    /// Whether activities are picked, and not the tool's own page opened.
    picks: bool,
    /// Whether the page keeps things for tools whose cookies are blocked.
    keeps_for_tools: bool,
}

/// The tool's picker in a frame.
pub(crate) async fn picker(
    State(lms): State<Lms>,
    Path((course, tool)): Path<(u32, u32)>,
    Query(query): Query<PlacementQuery>,
    headers: HeaderMap,
) -> Response {
    let (course, tool) = (CourseId(course), ToolId(tool));
    let placement = query.placement();
    let (member, tool) = match find_visit(&lms, &headers, course, tool, placement) {
        Ok(found) => found,
        Err(page) => return page,
    };
    let course_label = lms.read(|state| {
        let course = state.find_course(course);
        course.map_or_else(|_| String::new(), |course| course.label.clone())
    });
    html(
        StatusCode::OK,
        &PickerPage {
            visitor: Some(Visitor::from(&member)),
            course,
            course_label,
            tool: tool.registration.name,
            keeps_for_tools: lms.flavour() == Flavour::Canvas,
            frame: format!(
                "{}?id={}&course={course}{}",
                lms.flavour().picker_path(),
                tool.id,
                query.again()
            ),
            picks: placement != Placement::CourseNavigation,
        },
    )
}

#[derive(Deserialize)]
pub(crate) struct PickerQuery {
    /// The tool.
    id: u32,
    course: u32,
    #[serde(flatten)]
    placement: PlacementQuery,
}

#[derive(Deserialize)]
pub(crate) struct PlacementQuery {
    placement: Option<String>,
}

impl PlacementQuery {
    fn placement(&self) -> Placement {
        let named = self.placement.as_deref();
        let named = named.and_then(|named| named.parse().ok());
        named.unwrap_or(Placement::LinkSelection)
    }

    /// The same, to be put behind another address's parameters.
    fn again(&self) -> String {
        match self.placement() {
            Placement::LinkSelection => String::new(),
            other => format!("&placement={}", other.as_str()),
        }
    }
}

/// Begins the visit to the picker, inside the frame.
pub(crate) async fn open_picker(
    State(lms): State<Lms>,
    Query(query): Query<PickerQuery>,
    headers: HeaderMap,
) -> Response {
    let course = CourseId(query.course);
    let placement = query.placement.placement();
    let found = find_visit(&lms, &headers, course, ToolId(query.id), placement);
    let (member, tool) = match found {
        Ok(found) => found,
        Err(page) => return page,
    };
    match lms.begin(
        &member.session,
        Purpose::Course { course, placement },
        Some(tool.id),
    ) {
        Ok(initiation) => {
            let title = format!("Opening {}", tool.registration.name);
            handover::begin_login(&initiation, &title)
        }
        Err(error) => {
            tracing::error!(%error, "a picker could not be opened");
            message(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The picker could not be opened",
                "Something went wrong on this platform. Try again from the course page.",
            )
        }
    }
}

/// Somebody who may visit the tool from there, and the tool.
#[expect(clippy::result_large_err, reason = "the error is the page to show")]
fn find_visit(
    lms: &Lms,
    headers: &HeaderMap,
    course: CourseId,
    tool: ToolId,
    placement: Placement,
) -> Result<(Member, Tool), Response> {
    let member = find_member(lms, headers, course)?;
    if placement != Placement::CourseNavigation && !member.role.edits_courses() {
        return Err(message(
            StatusCode::FORBIDDEN,
            "You cannot add activities here",
            "Only those who teach this course can. Choose another person on the first page.",
        ));
    }
    let tool = lms.read(|state| state.find_tool(tool).cloned());
    match tool {
        Ok(tool) if tool.is_at(placement) => Ok((member, tool)),
        _ => Err(page_not_found()),
    }
}

#[derive(Template)]
#[template(path = "picked.html")]
struct PickedPage<'a> {
    course: CourseId,
    titles: &'a [&'a str],
    alert: Option<&'a str>,
    is_problem: bool,
    content: &'a str,
}

/// What was picked. Stands inside the picker's frame; `content` is what a script of the platform
/// would read.
pub(crate) fn picked(
    course: CourseId,
    titles: &[&str],
    alert: Option<&str>,
    is_problem: bool,
    content: &str,
) -> Response {
    html(
        StatusCode::OK,
        &PickedPage {
            course,
            titles,
            alert,
            is_problem,
            content,
        },
    )
}
