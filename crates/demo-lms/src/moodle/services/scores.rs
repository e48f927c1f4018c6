//! The score service (AGS 2.0 section 3.4).

use axum::{
    http::{Method, StatusCode},
    response::Response,
};

use super::{
    answers::{Refusal, charset},
    call::Call,
    line_items::unsaved,
    media,
};
use crate::{
    CourseId, ItemId, Lms, ScoreEffect, ScoreRecord, ToolId,
    answer::answer,
    lost_answer::lose,
    scope,
    score::{Score, ScoreError, parse_score},
    state::State,
};

pub(super) async fn scores(
    lms: &Lms,
    call: &Call,
    course: CourseId,
    item: ItemId,
) -> Result<Response, Refusal> {
    if call.method != Method::POST {
        return Err(Refusal::wrong_method());
    }
    let outcome = accept(lms, call, course, item).await;
    let (status, reason, effect) = match &outcome {
        Ok(effect) => (StatusCode::OK, "OK", Some(*effect)),
        Err(refusal) => (refusal.status, refusal.reason.as_str(), None),
    };
    let record = ScoreRecord {
        received_at: lms.now(),
        course,
        item,
        body: String::from_utf8_lossy(&call.body).into_owned(),
        status: status.as_u16(),
        reason: reason.to_owned(),
        effect,
        answered: true,
    };
    if let Some(answer) = lose(lms, record).await {
        return Ok(answer);
    }
    outcome.map(|_| answer(status, None, &charset(media::SCORE), ""))
}

/// Checks a score and writes it, durably, before anything is answered.
async fn accept(
    lms: &Lms,
    call: &Call,
    course: CourseId,
    item: ItemId,
) -> Result<ScoreEffect, Refusal> {
    let tool = call.authorise(lms, &[scope::SCORE])?;
    if !lms.read(|state| state.items.contains_key(&item)) {
        return Err(Refusal::no_item(item));
    }
    let score = parse_score(&call.body).map_err(|error| match error {
        ScoreError::Crash => Refusal::proxy(StatusCode::BAD_GATEWAY),
        ScoreError::Incorrect => incorrect(call),
    })?;
    if lms.is_ungradable(score.person) {
        return Err(incorrect(call));
    }
    let (outcome, version) = lms.change(|state| write(state, call, tool, course, item, &score));
    let effect = outcome?;
    lms.wait_durable(version)
        .await
        .map_err(|error| unsaved(&error))?;
    Ok(effect)
}

fn write(
    state: &mut State,
    call: &Call,
    tool: ToolId,
    course: CourseId,
    item: ItemId,
    score: &Score,
) -> Result<ScoreEffect, Refusal> {
    let column = state
        .items
        .get(&item)
        .filter(|column| column.course == course && column.tool == tool)
        .ok_or_else(|| incorrect(call))?;
    let gradable = state
        .courses
        .get(&course)
        .and_then(|course| course.members.get(&score.person))
        .is_some_and(crate::Role::is_gradable);
    if !gradable {
        return Err(incorrect(call));
    }
    let cells = state.grades.entry(item).or_default();
    let (grade, effect) = column.apply(cells.get(&score.person), score).map_err(|_| {
        Refusal::score(
            StatusCode::CONFLICT,
            format!(
                "Refusing score with an earlier timestamp for item {item} and user {}",
                score.person
            ),
        )
    })?;
    cells.insert(score.person, grade);
    Ok(effect)
}

/// Moodle repeats the whole body in the status line.
fn incorrect(call: &Call) -> Refusal {
    let body = String::from_utf8_lossy(&call.body);
    Refusal::score(
        StatusCode::BAD_REQUEST,
        format!("{}{body}", ScoreError::Incorrect),
    )
}
