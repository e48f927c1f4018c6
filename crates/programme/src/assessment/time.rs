//! Moments as regulations see them: an instant together with the institution's local time.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc};
use serde::{Deserialize, Serialize};

/// A moment, as an instant and as the institution's clocks showed it.
///
/// Regulations count hours on the instant and calendar or working days on the local date, and a
/// policy has no time zone data, so it is given both.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// Unix seconds.
    pub instant: i64,
    /// Local date and time in the institution's zone, to the second.
    pub local: NaiveDateTime,
}

impl Moment {
    /// The moment `at` as the clocks of `zone` show it; fractions of a second are cut off.
    pub fn in_zone<Z: TimeZone>(at: DateTime<Utc>, zone: &Z) -> Self {
        let local = at.with_timezone(zone).naive_local();
        Self {
            instant: at.timestamp(),
            local: local.with_nanosecond(0).unwrap_or(local),
        }
    }
}

/// A day of the week.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names of the days say it all")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// The days on which the institution does not work.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The days of every week that are not worked.
    #[serde(default)]
    pub weekend: Vec<Weekday>,
    /// Closed days besides the weekend, in ascending order.
    #[serde(default)]
    pub closed: Vec<NaiveDate>,
}

impl Default for Calendar {
    /// Saturday and Sunday, and no closed days.
    fn default() -> Self {
        Self {
            weekend: vec![Weekday::Saturday, Weekday::Sunday],
            closed: Vec::new(),
        }
    }
}
