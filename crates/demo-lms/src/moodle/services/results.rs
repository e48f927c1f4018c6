//! The result service (AGS 2.0 section 3.3).

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    answers::{Refusal, json_answer, number},
    call::Call,
    line_items::{find_item, line_item_url},
    media,
};
use crate::{CourseId, Grade, ItemId, LineItem, Lms, PersonId, scope};

pub(super) fn results(
    lms: &Lms,
    call: &Call,
    course: CourseId,
    item: ItemId,
) -> Result<Response, Refusal> {
    if call.method != Method::GET {
        return Err(Refusal::wrong_method());
    }
    let tool = call.authorise(lms, &[scope::RESULT_READ_ONLY])?;
    let item = find_item(lms, tool, course, item)?;
    call.require_accept(&[media::RESULTS])?;
    if call.query.filled("limit").is_some() {
        // Paging of results is broken in Moodle 4.5: the answer is an error page.
        return Err(Refusal::page_not_found());
    }
    let asked = call.query.filled("user_id");
    let results: Vec<Value> = lms.read(|state| {
        state
            .grades
            .get(&item.id)
            .into_iter()
            .flatten()
            .filter(|(person, _)| asked.is_none_or(|asked| asked == person.to_string()))
            .filter_map(|(person, grade)| describe(lms.base(), &item, *person, grade))
            .collect()
    });
    Ok(json_answer(StatusCode::OK, media::RESULTS, &results))
}

/// A result; people without a mark have none.
fn describe(base: &str, item: &LineItem, person: PersonId, grade: &Grade) -> Option<Value> {
    let url = line_item_url(base, item);
    let results = url.replacen('?', "/results?", 1);
    let mut json = json!({
        "id": format!("{results}&user_id={person}"),
        "userId": person.to_string(),
        "resultScore": number(grade.mark?),
        "resultMaximum": number(item.maximum),
        "scoreOf": url,
        "timestamp": grade.timestamp.format("%Y-%m-%dT%H:%M:%S+00:00").to_string(),
    });
    if let Some(comment) = &grade.comment {
        json["comment"] = json!(comment);
    }
    Some(json)
}
