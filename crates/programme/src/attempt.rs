//! Attempts at an activity: their states, the moves between them, and the facts of their dates.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Where one attempt stands. The first attempt has number 1; reopening makes the next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptState {
    /// Being worked on; nothing is frozen.
    Draft,
    /// Frozen and handed in; being judged.
    Submitted,
    /// A released decision lets it stand.
    Settled,
    /// A released decision asks for another attempt.
    Referred,
    /// A further attempt took its place.
    Reopened,
}

/// What moves an attempt from one state to another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AttemptMove {
    /// The participant hands it in.
    Submit,
    /// A decision that lets it stand is released.
    Settle,
    /// A decision that refers it is released.
    Refer,
    /// A tutor opens a further attempt.
    Reopen,
}

impl AttemptState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Draft,
        Self::Submitted,
        Self::Settled,
        Self::Referred,
        Self::Reopened,
    ];

    /// The stable name, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Settled => "settled",
            Self::Referred => "referred",
            Self::Reopened => "reopened",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Submitted => "Submitted",
            Self::Settled => "Settled",
            Self::Referred => "Referred",
            Self::Reopened => "Replaced by a further attempt",
        }
    }

    /// Whether the participant may still change it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft)
    }

    /// Whether work was handed in, so that a frozen snapshot exists.
    pub const fn is_frozen(self) -> bool {
        !self.is_open()
    }

    /// Whether assessors may record judgements of it.
    pub const fn may_be_judged(self) -> bool {
        matches!(self, Self::Submitted)
    }

    /// The state after a move. A released decision may be corrected, so settled and referred can
    /// change into one another; work that was handed in never becomes a draft again.
    ///
    /// # Errors
    /// The move is not allowed from here; the words are for the person who tried.
    pub const fn after(self, step: AttemptMove) -> Result<Self, AttemptError> {
        match (self, step) {
            (Self::Draft, AttemptMove::Submit) => Ok(Self::Submitted),
            (Self::Submitted | Self::Settled | Self::Referred, AttemptMove::Settle) => {
                Ok(Self::Settled)
            }
            (Self::Submitted | Self::Settled | Self::Referred, AttemptMove::Refer) => {
                Ok(Self::Referred)
            }
            (Self::Submitted | Self::Referred, AttemptMove::Reopen) => Ok(Self::Reopened),
            (_, AttemptMove::Submit) => Err(AttemptError::AlreadySubmitted),
            (Self::Draft, _) => Err(AttemptError::NotSubmitted),
            (Self::Reopened, _) => Err(AttemptError::Replaced),
            (Self::Settled, AttemptMove::Reopen) => Err(AttemptError::Settled),
        }
    }
}

impl fmt::Display for AttemptState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AttemptState {
    type Err = AttemptError;

    fn from_str(name: &str) -> Result<Self, AttemptError> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == name)
            .ok_or_else(|| AttemptError::UnknownState(name.to_owned()))
    }
}

/// Why a move was refused, in words for the person who tried it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttemptError {
    /// Handed in before.
    #[error("This work has already been submitted.")]
    AlreadySubmitted,
    /// Not handed in yet.
    #[error("This work has not been submitted yet.")]
    NotSubmitted,
    /// A further attempt exists.
    #[error("A further attempt has taken the place of this one. Open the latest attempt.")]
    Replaced,
    /// The released decision lets it stand.
    #[error(
        "The released decision lets this work stand, so it cannot be reopened. Correct the decision first."
    )]
    Settled,
    /// A name that is no state.
    #[error("There is no attempt state {0:?}.")]
    UnknownState(String),
}

impl AttemptError {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadySubmitted => "attempt_already_submitted",
            Self::NotSubmitted => "attempt_not_submitted",
            Self::Replaced => "attempt_replaced",
            Self::Settled => "attempt_settled",
            Self::UnknownState(_) => "attempt_unknown_state",
        }
    }
}

/// The dates of one attempt. Facts only: what follows from them is the policy's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct AttemptDates {
    /// When it was due, if it had a date.
    pub due: Option<DateTime<Utc>>,
    /// The later date that was granted.
    pub extended_to: Option<DateTime<Utc>>,
    /// When it was handed in.
    pub submitted: Option<DateTime<Utc>>,
}

/// How an attempt stands to its date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timeliness {
    /// It has no date.
    NoDate,
    /// Not handed in, and there is this much time left.
    TimeLeft(TimeDelta),
    /// Not handed in, and the date passed this long ago.
    Overdue(TimeDelta),
    /// Handed in by its date.
    InTime,
    /// Handed in this long after its date.
    Late(TimeDelta),
}

impl AttemptDates {
    /// The date that counts: the later of the two, since an extension never takes time away.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        self.due.max(self.extended_to)
    }

    /// How it stands at a moment. Work handed in at the very second of its date is in time.
    pub fn timeliness(&self, now: DateTime<Utc>) -> Timeliness {
        let Some(deadline) = self.deadline() else {
            return Timeliness::NoDate;
        };
        match self.submitted {
            Some(submitted) if submitted > deadline => Timeliness::Late(submitted - deadline),
            Some(_) => Timeliness::InTime,
            None if now > deadline => Timeliness::Overdue(now - deadline),
            None => Timeliness::TimeLeft(deadline - now),
        }
    }
}

impl fmt::Display for Timeliness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDate => f.write_str("no due date"),
            Self::TimeLeft(span) => write!(f, "{} left", say_span(*span)),
            Self::Overdue(span) => write!(f, "{} overdue", say_span(*span)),
            Self::InTime => f.write_str("in time"),
            Self::Late(span) => write!(f, "{} late", say_span(*span)),
        }
    }
}

/// A length of time as people say it: its largest unit, and the next one if that is not nought.
fn say_span(span: TimeDelta) -> String {
    let minutes = span.num_minutes();
    let units = [
        (minutes / 1440, "day"),
        (minutes / 60 % 24, "hour"),
        (minutes % 60, "minute"),
    ];
    let Some(first) = units.iter().position(|(count, _)| *count > 0) else {
        return "less than a minute".to_owned();
    };
    let said: Vec<String> = units[first..]
        .iter()
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_and_refusals() {
        use AttemptMove::{Refer, Reopen, Settle, Submit};
        let rows: Vec<String> = AttemptState::ALL
            .into_iter()
            .map(|state| {
                let cells: Vec<String> = [Submit, Settle, Refer, Reopen]
                    .into_iter()
                    .map(|step| match state.after(step) {
                        Ok(next) => next.to_string(),
                        Err(error) => error.code().replace("attempt_", "!"),
                    })
                    .collect();
                format!("{state}: {}", cells.join(" "))
            })
            .collect();
        assert_eq!(
            rows,
            [
                "draft: submitted !not_submitted !not_submitted !not_submitted",
                "submitted: !already_submitted settled referred reopened",
                "settled: !already_submitted settled referred !settled",
                "referred: !already_submitted settled referred reopened",
                "reopened: !already_submitted !replaced !replaced !replaced",
            ]
        );
        for state in AttemptState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(
                serde_json::to_string(&state).unwrap(),
                format!("\"{state}\"")
            );
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_760_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn dates_are_told_as_people_say_them() {
        let hour = 3600;
        for (due, extended_to, submitted, now, told) in [
            (None, None, None, 0, "no due date"),
            (None, Some(hour), None, 0, "1 hour left"),
            (Some(hour), None, None, 0, "1 hour left"),
            (Some(hour), None, None, hour, "less than a minute left"),
            (Some(0), None, None, 26 * hour, "1 day 2 hours overdue"),
            (Some(0), Some(48 * hour), None, 0, "2 days left"),
            // An extension to an earlier time is a slip of the hand, not a penalty.
            (Some(hour), Some(0), None, 0, "1 hour left"),
            (Some(0), None, Some(0), hour, "in time"),
            (Some(0), None, Some(1), hour, "less than a minute late"),
            (Some(0), None, Some(61 * 60), 0, "1 hour 1 minute late"),
            (Some(0), None, Some(24 * hour + 60), 0, "1 day late"),
        ] {
            let dates = AttemptDates {
                due: due.map(at),
                extended_to: extended_to.map(at),
                submitted: submitted.map(at),
            };
            assert_eq!(dates.timeliness(at(now)).to_string(), told);
        }
    }
}
