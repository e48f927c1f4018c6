//! The result service (AGS 2.0 section 3.3).

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{Call, Refusal, json_answer, line_item_url, media, paging::Page};
use crate::{
    CourseId, Flavour, Grade, ItemId, LineItem, Lms, PersonId, identifiers::subject_of, scope,
    state::State,
};

const LONGEST_PAGE: usize = 100;

pub(super) fn results(
    lms: &Lms,
    call: &Call,
    course: CourseId,
    item: ItemId,
    person: Option<PersonId>,
) -> Result<Response, Refusal> {
    if call.method != Method::GET {
        return Err(Refusal::not_found());
    }
    let client = call.authorise(lms, &[scope::RESULT_READ_ONLY])?;
    let item = client.find_item(lms, course, item)?;
    let asked = call.query.filled("user_id");
    let mut results: Vec<Value> = lms.read(|state| {
        let cells = state.grades.get(&item.id).into_iter().flatten();
        let cells = cells.filter(|(known, _)| {
            person.is_none_or(|person| person == **known)
                && asked.is_none_or(|asked| {
                    asked == known.to_string()
                        || asked == subject_of(state, Flavour::Canvas, **known)
                })
        });
        cells
            .map(|(person, grade)| describe(state, lms.base(), &item, *person, grade))
            .collect()
    });
    if person.is_some() {
        let result = results.pop().ok_or_else(Refusal::not_found)?;
        return Ok(json_answer(StatusCode::OK, media::RESULT, &result));
    }
    let page = Page::asked(call, LONGEST_PAGE);
    let count = results.len();
    let body = Value::Array(page.cut(results));
    let mut response = json_answer(StatusCode::OK, media::RESULTS, &body);
    let url = format!("{}/results", line_item_url(lms.base(), &item));
    page.link(&mut response, &url, &[("user_id", asked)], count);
    Ok(response)
}

/// A result; one without a mark has no score.
fn describe(state: &State, base: &str, item: &LineItem, person: PersonId, grade: &Grade) -> Value {
    let url = line_item_url(base, item);
    let mut json = json!({
        "id": format!("{url}/results/{person}"),
        "scoreOf": url,
        "userId": subject_of(state, Flavour::Canvas, person),
    });
    if let Some(mark) = grade.mark {
        json["resultScore"] = json!(mark);
        json["resultMaximum"] = json!(item.maximum);
    }
    if let Some(comment) = grade.comments.last() {
        json["comment"] = json!(comment);
    }
    json
}
