//! When an activity is due, relative to the start of a person's cohort.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use serde::Serialize;

/// A date so many weeks after the cohort's start, at a time of day in the institution's zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct DueRule {
    /// Whole weeks after the first day of the cohort; 0 is that day.
    pub weeks_after_start: u32,
    /// The local time of day.
    pub at: NaiveTime,
}

/// The latest week that a catalogue can name: ten years.
pub(crate) const MAX_WEEKS: u32 = 520;

impl DueRule {
    /// The moment at which it is due, or `None` if no calendar reaches it. A local time that the
    /// change of clocks leaves out counts as the first one after it; one that comes twice counts as
    /// the later, in the participant's favour.
    pub fn due_at<Z: TimeZone>(&self, cohort_start: NaiveDate, zone: &Z) -> Option<DateTime<Utc>> {
        let date =
            cohort_start.checked_add_days(Days::new(u64::from(self.weeks_after_start) * 7))?;
        let local = date.and_time(self.at);
        // Clocks never jump by more than a few hours, so a quarter-hour step soon finds one.
        (0..16)
            .filter_map(|quarters| {
                local.checked_add_signed(chrono::TimeDelta::minutes(15 * quarters))
            })
            .find_map(|candidate| zone.from_local_datetime(&candidate).latest())
            .map(|moment| moment.with_timezone(&Utc))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    #[test]
    fn counts_weeks_from_the_start_in_the_institutions_zone() {
        let rule = DueRule {
            weeks_after_start: 10,
            at: NaiveTime::from_hms_opt(16, 0, 0).unwrap(),
        };
        let start = NaiveDate::from_ymd_opt(2025, 9, 22).unwrap();
        let summer = FixedOffset::east_opt(3600).unwrap();
        let due = rule.due_at(start, &summer).unwrap();
        assert_eq!(due.to_rfc3339(), "2025-12-01T15:00:00+00:00");
        assert_eq!(rule.due_at(NaiveDate::MAX, &summer), None);
    }
}
