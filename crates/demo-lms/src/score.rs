//! Reading the body of a score, as strictly and as loosely as Moodle does.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use crate::PersonId;

/// A score that was understood.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Score {
    pub(crate) person: PersonId,
    pub(crate) given: Option<f64>,
    pub(crate) maximum: Option<f64>,
    pub(crate) grading_progress: String,
    pub(crate) timestamp: DateTime<Utc>,
    pub(crate) comment: Option<String>,
}

/// Why a score was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ScoreError {
    /// Not JSON, a field is missing, or a value is of the wrong kind.
    #[error("Incorrect score received")]
    Incorrect,
    /// A person's number that is no number brings Moodle's PHP down.
    #[error("Bad Gateway")]
    Crash,
}

/// Reads the body of a score (AGS 2.0 section 3.4.4).
pub(crate) fn parse_score(body: &[u8]) -> Result<Score, ScoreError> {
    let json: Value = serde_json::from_slice(body).map_err(|_| ScoreError::Incorrect)?;
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    text("activityProgress").ok_or(ScoreError::Incorrect)?;
    let grading_progress = text("gradingProgress").ok_or(ScoreError::Incorrect)?;
    let timestamp = text("timestamp")
        .and_then(parse_timestamp)
        .ok_or(ScoreError::Incorrect)?;
    let given = number(&json, "scoreGiven")?;
    let maximum = number(&json, "scoreMaximum")?;
    if given.is_some() && maximum.is_none() {
        return Err(ScoreError::Incorrect);
    }
    let person = match json.get("userId") {
        Some(Value::String(id)) => id.parse().map_err(|_| ScoreError::Crash)?,
        Some(Value::Number(id)) => id
            .as_u64()
            .and_then(|id| u32::try_from(id).ok())
            .map(PersonId)
            .ok_or(ScoreError::Incorrect)?,
        _ => return Err(ScoreError::Incorrect),
    };
    Ok(Score {
        person,
        given,
        maximum,
        grading_progress: grading_progress.to_owned(),
        timestamp,
        comment: text("comment").map(ToOwned::to_owned),
    })
}

/// A number, or a string that holds one.
fn number(json: &Value, name: &str) -> Result<Option<f64>, ScoreError> {
    match json.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => Ok(number.as_f64()),
        Some(Value::String(text)) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(ScoreError::Incorrect),
        },
        Some(_) => Err(ScoreError::Incorrect),
    }
}

/// ISO 8601 with or without a fraction; without a zone it is UTC.
fn parse_timestamp(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .map(|time| time.with_timezone(&Utc))
        .or_else(|_| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc())
        })
        .ok()
}
