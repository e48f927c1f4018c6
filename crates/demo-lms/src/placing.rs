//! Making an activity of something that was picked.

use crate::{CourseId, LineItem, Link, Tool, content_item::ContentItem, state::State};

/// The heading under which picked activities stand on the course page.
const SECTION: &str = "Added activities";

/// Adds a link, and its column where it is graded.
pub(crate) fn place(
    state: &mut State,
    course: CourseId,
    tool: &Tool,
    item: &ContentItem,
    is_graded: bool,
) {
    let registration = &tool.registration;
    let target = item.url.as_ref().unwrap_or(registration.default_target());
    let link = Link {
        id: state.next_link(),
        course,
        tool: tool.id,
        section: SECTION.to_owned(),
        title: item.title.as_ref().unwrap_or(&registration.name).clone(),
        description: item.text.clone(),
        target_link_uri: target.clone(),
        custom: item.custom.clone(),
        available: item.available,
        submission: item.submission,
        copied_from: Vec::new(),
    };
    if is_graded {
        let mut column = LineItem::of_link(state.take_item(), &link);
        if let Some(wish) = &item.column {
            column.maximum = wish.maximum;
            column.resource_id.clone_from(&wish.resource_id);
            column.tag.clone_from(&wish.tag);
            column.review.clone_from(&wish.review);
        }
        state.items.insert(column.id, column);
    }
    state.links.insert(link.id, link);
}
