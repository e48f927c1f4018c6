//! Times as people read them: in the institution's time zone, with its name.

use std::fmt;

use askama::filters::HtmlSafe;
use chrono::{DateTime, LocalResult, NaiveDateTime, TimeZone as _, Utc};
use chrono_tz::Tz;

/// A moment for a page: "23 November 2026, 14:05 GMT" in a `<time>` element.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Moment {
    machine: String,
    words: String,
}

impl Moment {
    /// `at` in the zone `zone`.
    pub(crate) fn new(at: DateTime<Utc>, zone: Tz) -> Self {
        let local = at.with_timezone(&zone);
        Self {
            machine: at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            words: local.format("%-d %B %Y, %H:%M %Z").to_string(),
        }
    }

    /// The words alone, for sentences and attributes.
    pub(crate) fn words(&self) -> &str {
        &self.words
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Both parts are made of digits, month names and a zone's name: nothing to escape.
        write!(
            f,
            "<time datetime=\"{}\">{}</time>",
            self.machine, self.words
        )
    }
}

impl HtmlSafe for Moment {}

/// What a `datetime-local` field shows for a moment.
pub(crate) fn local_input(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string()
}

/// Reads what a `datetime-local` field sends, as wall-clock time in `zone`. A time that the clocks
/// skip in spring is read as the first one after it; one that comes twice in autumn as the later,
/// so that a deadline is never earlier than somebody could read it.
pub(crate) fn parse_local_input(typed: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let typed = typed.trim();
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(typed, form).ok())?;
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Some(at.with_timezone(&Utc)),
        LocalResult::Ambiguous(_, later) => Some(later.with_timezone(&Utc)),
        LocalResult::None => {
            let after = local.checked_add_signed(chrono::TimeDelta::hours(1))?;
            zone.from_local_datetime(&after)
                .latest()
                .map(|at| at.with_timezone(&Utc))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::London;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn says_the_zone_of_the_institution() {
        assert_eq!(
            Moment::new(utc("2026-11-23T14:05:59Z"), London).words(),
            "23 November 2026, 14:05 GMT"
        );
        assert_eq!(
            Moment::new(utc("2026-07-01T14:05:00Z"), London).words(),
            "1 July 2026, 15:05 BST"
        );
        assert_eq!(
            Moment::new(utc("2026-07-01T14:05:00Z"), London).to_string(),
            "<time datetime=\"2026-07-01T14:05:00Z\">1 July 2026, 15:05 BST</time>"
        );
    }

    #[test]
    fn reads_wall_clock_time() {
        assert_eq!(
            parse_local_input("2026-07-01T15:05", London),
            Some(utc("2026-07-01T14:05:00Z"))
        );
        assert_eq!(
            local_input(utc("2026-07-01T14:05:00Z"), London),
            "2026-07-01T15:05"
        );
        // 29 March 2026: 01:00 to 02:00 does not exist. 25 October 2026: 01:30 comes twice.
        assert_eq!(
            parse_local_input("2026-03-29T01:30", London),
            Some(utc("2026-03-29T01:30:00Z"))
        );
        assert_eq!(
            parse_local_input("2026-10-25T01:30", London),
            Some(utc("2026-10-25T01:30:00Z"))
        );
        assert_eq!(parse_local_input("tomorrow", London), None);
    }
}
