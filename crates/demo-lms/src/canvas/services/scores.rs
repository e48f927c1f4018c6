//! The score service (AGS 2.0 section 3.4), with Canvas's submissions and its appended comments.

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Call, Refusal, json_answer, line_item_url, media};
use crate::{
    CourseId, Flavour, Grade, ItemId, LineItem, Lms, PersonId, ScoreEffect, ScoreRecord,
    Submission, identifiers::subject_of, lost_answer::lose, scope, state::State,
};

const SUBMISSION: &str = "https://canvas.instructure.com/lti/submission";

/// A score that was understood.
struct Score {
    user: String,
    given: Option<f64>,
    maximum: Option<f64>,
    grading_progress: String,
    timestamp: DateTime<Utc>,
    comment: Option<String>,
    submission: Wanted,
}

/// What a score says of the submission behind it.
struct Wanted {
    is_new: bool,
    preserves_score: bool,
    kind: Option<String>,
    data: Option<String>,
    submitted_at: Option<DateTime<Utc>>,
}

pub(super) async fn scores(
    lms: &Lms,
    call: &Call,
    course: CourseId,
    item: ItemId,
) -> Result<Response, Refusal> {
    if call.method != Method::POST {
        return Err(Refusal::not_found());
    }
    let outcome = accept(lms, call, course, item).await;
    let (status, reason, effect) = match &outcome {
        Ok((effect, _)) => (StatusCode::OK, String::new(), Some(*effect)),
        Err(refusal) => (refusal.status, refusal.message.clone(), None),
    };
    let record = ScoreRecord {
        received_at: lms.now(),
        course,
        item,
        body: String::from_utf8_lossy(&call.body).into_owned(),
        status: status.as_u16(),
        reason,
        effect,
        answered: true,
    };
    if let Some(answer) = lose(lms, record).await {
        return Ok(answer);
    }
    let (_, result) = outcome?;
    let body = json!({"resultUrl": result});
    Ok(json_answer(StatusCode::OK, media::SCORE, &body))
}

async fn accept(
    lms: &Lms,
    call: &Call,
    course: CourseId,
    item: ItemId,
) -> Result<(ScoreEffect, String), Refusal> {
    let client = call.authorise(lms, &[scope::SCORE])?;
    let column = client.find_item(lms, course, item)?;
    let score = Score::parse(&call.body, lms.now())?;
    let ungradable = lms.faults().ungradable;
    let (written, version) = lms.change(|state| {
        let person =
            find_student(state, course, &score.user).filter(|person| !ungradable.contains(person));
        let person = person.ok_or_else(|| {
            Refusal::unprocessable("User not found in course or is not a student")
        })?;
        let effect = write(state, &column, person, &score)?;
        Ok((effect, person))
    });
    let (effect, person) = written?;
    let saved = lms.wait_durable(version).await;
    saved.map_err(|error| Refusal::unsaved(&error))?;
    let url = line_item_url(lms.base(), &column);
    Ok((effect, format!("{url}/results/{person}")))
}

/// A participant by the opaque name or by the number that Canvas has itself.
fn find_student(state: &State, course: CourseId, asked: &str) -> Option<PersonId> {
    let members = state.courses.get(&course)?.members.iter();
    let mut students = members.filter(|(_, role)| role.is_gradable());
    let found = students.find(|(person, _)| {
        person.to_string() == asked || subject_of(state, Flavour::Canvas, **person) == asked
    });
    found.map(|(person, _)| *person)
}

fn write(
    state: &mut State,
    column: &LineItem,
    person: PersonId,
    score: &Score,
) -> Result<ScoreEffect, Refusal> {
    let cells = state.grades.entry(column.id).or_default();
    let before = cells.get(&person);
    if let Some(before) = before.filter(|before| before.timestamp > score.timestamp) {
        return Err(Refusal::bad(format!(
            "Provided timestamp of {} before last updated timestamp of {}",
            score.timestamp.to_rfc3339(),
            before.timestamp.to_rfc3339(),
        )));
    }
    let counts = matches!(
        score.grading_progress.as_str(),
        "FullyGraded" | "PendingManual"
    );
    let given = score.given.filter(|_| counts);
    if given.is_some() && score.maximum.is_none() {
        let missing = "ScoreMaximum not supplied when ScoreGiven present.";
        return Err(Refusal::unprocessable(missing));
    }
    if score.maximum.is_some_and(|maximum| maximum < 0.0) {
        let negative = "ScoreMaximum must be greater than or equal to 0";
        return Err(Refusal::unprocessable(negative));
    }
    let scaled = given.map(|given| match score.maximum {
        Some(maximum) if maximum > 0.0 => given * column.maximum / maximum,
        _ => given,
    });
    let kept = before.and_then(|before| before.mark);
    let (mark, effect) = match scaled {
        Some(mark) => (Some(mark), ScoreEffect::Written),
        None if score.submission.preserves_score => (kept, ScoreEffect::Kept),
        None => (None, ScoreEffect::Erased),
    };
    let mut comments = before
        .map(|before| before.comments.clone())
        .unwrap_or_default();
    comments.extend(score.comment.clone());
    let grade = Grade {
        raw: mark,
        mark,
        comment: (!comments.is_empty()).then(|| comments.join("\n")),
        submission: submission(before.and_then(|before| before.submission.as_ref()), score),
        comments,
        timestamp: score.timestamp,
    };
    cells.insert(person, grade);
    Ok(effect)
}

/// A score is a new submission unless it says that it is none.
fn submission(before: Option<&Submission>, score: &Score) -> Option<Submission> {
    let wanted = &score.submission;
    if !wanted.is_new {
        return before.cloned();
    }
    Some(Submission {
        kind: wanted
            .kind
            .clone()
            .unwrap_or_else(|| "external_tool".to_owned()),
        data: wanted.data.clone(),
        submitted_at: wanted.submitted_at.unwrap_or(score.timestamp),
        attempts: before.map_or(1, |before| before.attempts + 1),
    })
}

impl Score {
    fn parse(body: &[u8], now: DateTime<Utc>) -> Result<Self, Refusal> {
        let json: Value =
            serde_json::from_slice(body).map_err(|_| Refusal::bad("Request body is not JSON"))?;
        let text = |name: &str| {
            let text = json[name].as_str().filter(|text| !text.is_empty());
            text.map(ToOwned::to_owned)
        };
        let needed = |name: &str| {
            let missing =
                || Refusal::bad(format!("param is missing or the value is empty: {name}"));
            text(name).ok_or_else(missing)
        };
        let user = needed("userId")?;
        needed("activityProgress")?;
        let grading_progress = needed("gradingProgress")?;
        let stamp = needed("timestamp")?;
        let timestamp = time(&stamp).ok_or_else(|| {
            Refusal::bad(format!(
                "Provided timestamp of {stamp} not a valid timestamp"
            ))
        })?;
        let submission = Wanted::parse(&json)?;
        if submission
            .submitted_at
            .is_some_and(|at| at > now + chrono::TimeDelta::minutes(1))
        {
            return Err(Refusal::bad(
                "Provided submitted_at timestamp in the future",
            ));
        }
        Ok(Self {
            user,
            given: json["scoreGiven"].as_f64(),
            maximum: json["scoreMaximum"].as_f64(),
            grading_progress,
            timestamp,
            comment: text("comment"),
            submission,
        })
    }
}

impl Wanted {
    fn parse(score: &Value) -> Result<Self, Refusal> {
        let json = &score[SUBMISSION];
        let text = |name: &str| json[name].as_str().map(ToOwned::to_owned);
        let kind = text("submission_type");
        let at = json["submitted_at"].as_str();
        let at = at.or_else(|| score["submission"]["submittedAt"].as_str());
        let submitted_at = match at {
            None => None,
            Some(stamp) => Some(time(stamp).ok_or_else(|| {
                let invalid =
                    format!("Provided submitted_at timestamp of {stamp} not a valid timestamp");
                Refusal::bad(invalid)
            })?),
        };
        Ok(Self {
            is_new: json["new_submission"]
                .as_bool()
                .unwrap_or(kind.as_deref() != Some("none")),
            preserves_score: json["preserve_score"].as_bool().unwrap_or(false),
            data: text("submission_data"),
            kind,
            submitted_at,
        })
    }
}

fn time(stamp: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(stamp).ok()?;
    Some(time.with_timezone(&Utc))
}
