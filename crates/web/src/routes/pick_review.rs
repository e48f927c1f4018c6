//! Before activities are added: their names, dates and columns; then the signed answer, which the
//! browser carries to the platform.

use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use mtl_bridge_core::catalogue::Place;
use mtl_bridge_core::picking::{PickError, PickedActivity};
use mtl_programme::ActivityKey;

use super::pick::{Choice, about, element_id, parse_query, shell, show};
use super::work::load_place;
use crate::csp::Csp;
use crate::forms::PostedForm;
use crate::moments::{local_input, parse_local_input};
use crate::pages::parts::{FormError, counted, find_error};
use crate::pages::pick::{AnswerPage, ReviewEntry, ReviewPage};
use crate::problem::Problem;
use crate::render::{page, page_with};
use crate::state::WebState;
use crate::visitor::{Posted, Visitor};

/// `GET /l/{launch}/pick/review`.
pub(super) async fn look_over(
    State(state): State<WebState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let form = parse_query(query);
    let rules = state.bridge.pick_rules(&visitor)?;
    let keys = Choice::of(&form).keys(state.bridge.catalogue().programmes());
    let complaint = match keys.len() {
        0 => Some("Choose at least one activity, or go back without adding any."),
        2.. if !rules.several => Some("Your learning site takes one activity at a time here."),
        _ => None,
    };
    if let Some(complaint) = complaint {
        let errors = vec![FormError::new("q", complaint)];
        return show(&state, &visitor, &form, errors).await;
    }
    review(&state, &visitor, &keys, &form, Vec::new())
}

/// `POST /l/{launch}/pick`.
pub(super) async fn answer(
    State(state): State<WebState>,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    let mut picked = Vec::new();
    let mut errors = Vec::new();
    if form.find("leave").is_none() {
        let keys = form.all().filter(|(name, _)| *name == "activity");
        for (_, key) in keys {
            let key: ActivityKey = key.parse().map_err(|_| Problem::NotFound)?;
            match parse_entry(&visitor, &form, key) {
                Ok(entry) => picked.push(entry),
                Err(wrong) => errors.extend(wrong),
            }
        }
    }
    let keys: Vec<ActivityKey> = form
        .all()
        .filter(|(name, _)| *name == "activity")
        .filter_map(|(_, key)| key.parse().ok())
        .collect();
    if !errors.is_empty() {
        return review(&state, &visitor, &keys, &form, errors);
    }
    let answer = match state.bridge.answer_pick(&visitor, &picked).await {
        Err(PickError::OpensTooLate(key)) => {
            let field = element_id("opens", &key.to_string());
            let error = FormError::new(field, "It must be open before it is due.");
            return review(&state, &visitor, &keys, &form, vec![error]);
        }
        other => other?,
    };
    let title = match answer.added {
        0 => "Going back to your course".to_owned(),
        added => format!(
            "Adding {} to your course",
            counted(added as u64, "activity", "activities")
        ),
    };
    let origin = answer.return_url.origin().ascii_serialization();
    let mut response = page(&AnswerPage {
        shell: shell(&visitor, &title),
        title,
        action: answer.return_url.into(),
        token: answer.token,
    })?;
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        Csp::framed_by(&visitor.visit.frame_ancestors)
            .and_forms_to(&origin)
            .render(),
    );
    Ok(response)
}

fn parse_entry(
    visitor: &Visitor,
    form: &PostedForm,
    key: ActivityKey,
) -> Result<PickedActivity, Vec<FormError>> {
    let mut errors = Vec::new();
    let mut when = |name: &str| -> Option<DateTime<Utc>> {
        let typed = form.text(&format!("{name}.{key}")).trim();
        if typed.is_empty() {
            return None;
        }
        let at = parse_local_input(typed, visitor.zone());
        if at.is_none() {
            let field = element_id(name, &key.to_string());
            let advice = "Enter a date and a time, such as 2026-12-01T17:00.";
            errors.push(FormError::new(field, advice));
        }
        at
    };
    let (opens, due) = (when("opens"), when("due"));
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(PickedActivity {
        title: form
            .text(&format!("name.{key}"))
            .chars()
            .take(LONGEST_NAME)
            .collect(),
        with_column: form.text(&format!("column.{key}")) == "yes",
        opens,
        due,
        key,
    })
}

/// The longest name of an activity in a course, in characters; platforms cut longer ones off.
const LONGEST_NAME: usize = 200;

fn review(
    state: &WebState,
    visitor: &Visitor,
    keys: &[ActivityKey],
    form: &PostedForm,
    errors: Vec<FormError>,
) -> Result<Response, Problem> {
    let rules = state.bridge.pick_rules(visitor)?;
    let start: NaiveDate = form
        .parsed("start")
        .unwrap_or_else(|| visitor.context.cohort_start(visitor.zone()));
    let mut entries = Vec::new();
    let mut has_dates = false;
    for key in keys {
        let place = load_place(state, key)?;
        has_dates |= place.activity.due.is_some();
        entries.push(entry(visitor, &place, start, form, &errors));
    }
    let total = counted(entries.len() as u64, "activity", "activities");
    let chosen = Choice::of(
        &keys
            .iter()
            .map(|key| ("a".to_owned(), key.to_string()))
            .collect(),
    );
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut shell = shell(visitor, "Check before you add");
    shell.has_errors = !errors.is_empty();
    page_with(
        status,
        &ReviewPage {
            shell,
            errors,
            course: visitor.context.title.clone(),
            total,
            zone: visitor.zone().name().to_owned(),
            start: start.to_string(),
            has_dates,
            columns: rules.columns,
            back: format!("{}/pick?{}", visitor.base(), chosen.to_query()),
            entries,
        },
    )
}

fn entry(
    visitor: &Visitor,
    place: &Place<'_>,
    start: NaiveDate,
    form: &PostedForm,
    errors: &[FormError],
) -> ReviewEntry {
    let key = place.key().to_string();
    let typed = |name: &str| form.find(&format!("{name}.{key}"));
    let was_posted = form.find("activity").is_some();
    let due = place
        .activity
        .due
        .and_then(|rule| rule.due_at(start, &visitor.zone()))
        .map(|due| local_input(due, visitor.zone()));
    let id = element_id("", &key).trim_start_matches('-').to_owned();
    ReviewEntry {
        title: place.activity.title.clone(),
        about: format!(
            "{} · {}",
            place.module.title,
            about(place.module, place.activity)
        ),
        name: typed("name").unwrap_or(&place.activity.title).to_owned(),
        has_marks: place.has_marks(),
        with_column: !was_posted || typed("column") == Some("yes"),
        due: typed("due").map_or_else(|| due.unwrap_or_default(), str::to_owned),
        due_error: find_error(errors, &format!("due-{id}")),
        opens: typed("opens").unwrap_or_default().to_owned(),
        opens_error: find_error(errors, &format!("opens-{id}")),
        id,
        key,
    }
}
