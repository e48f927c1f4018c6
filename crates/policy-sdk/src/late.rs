//! Late work: a table of bands, what each costs, and what happens beyond the last.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::exact::{Exact, marks};

/// In what lateness is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LateUnit {
    /// Hours, to the second.
    Hour,
    /// Calendar days; work that is late on the day it was due counts as one day late.
    CalendarDay,
    /// Working days, counted likewise.
    WorkingDay,
}

/// How late a piece of work is, in each way of counting. All are 0 for work in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Lateness {
    /// Seconds after the deadline.
    pub seconds: u64,
    /// Midnights since the deadline.
    pub calendar_days: u32,
    /// Midnights since the deadline that begin a working day.
    pub working_days: u32,
}

/// What a band costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LateEffect {
    /// So many hundredths of a mark in all.
    Points(u32),
    /// So many hundredths for each period (in units, at least 1) or part of one since the deadline.
    PointsPerPeriod {
        /// Hundredths of a mark.
        points: u32,
        /// In units.
        period: u32,
    },
    /// At most this mark, in hundredths.
    Cap(u32),
}

/// A band of lateness.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LateBand {
    /// Its end, in units from the deadline.
    pub up_to: u32,
    /// What it costs.
    pub effect: LateEffect,
}

/// What happens to work later than the last band.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Beyond {
    /// A mark of zero.
    Zero,
    /// It counts as not handed in, which is not the same as zero.
    NonSubmission,
}

/// A rule for late work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LateRule {
    /// In what lateness is counted.
    pub unit: LateUnit,
    /// Seconds after the deadline that are not counted as late.
    pub grace: u32,
    /// Whether exactly the end of a band or period still belongs to it ("up to and including 24
    /// hours"); else it begins the next one ("24 hours or more").
    pub ends_inclusive: bool,
    /// In ascending order of their ends.
    pub bands: Vec<LateBand>,
    /// What happens after the last.
    pub beyond: Beyond,
    /// Whether a penalty in a band stops at the pass mark for work that earned at least that.
    pub floor_at_pass_mark: bool,
}

/// What the rule makes of a mark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LateResult {
    /// Not late, or late without consequence.
    Unchanged,
    /// The mark after the penalty, and why.
    Changed(Exact, String),
    /// It counts as not handed in, and why.
    NonSubmission(String),
}

impl LateRule {
    /// Applies the rule to a mark. `pass_mark` is in hundredths.
    pub fn apply(&self, value: Exact, lateness: Lateness, pass_mark: u32) -> LateResult {
        if lateness.seconds <= u64::from(self.grace) {
            return LateResult::Unchanged;
        }
        // Hours are measured to the second; days are whole already.
        let (measured, unit_size, shown) = match self.unit {
            LateUnit::Hour => (lateness.seconds, 3600, duration(lateness.seconds)),
            LateUnit::CalendarDay => {
                let days = lateness.calendar_days.max(1);
                (days.into(), 1, count(days, "calendar day"))
            }
            LateUnit::WorkingDay => {
                let days = lateness.working_days.max(1);
                (days.into(), 1, count(days, "working day"))
            }
        };
        // A day that has begun is late by that day, so the ends of days are always inclusive.
        let inclusive = self.ends_inclusive || self.unit != LateUnit::Hour;
        let within = |end: u32| {
            let end = u64::from(end) * unit_size;
            measured < end || (inclusive && measured == end)
        };
        let Some(band) = self.bands.iter().find(|band| within(band.up_to)) else {
            return match self.beyond {
                Beyond::Zero if value == Exact::ZERO => LateResult::Unchanged,
                Beyond::Zero => LateResult::Changed(
                    Exact::ZERO,
                    format!("Handed in {shown} late: a mark of 0."),
                ),
                Beyond::NonSubmission => LateResult::NonSubmission(format!(
                    "Handed in {shown} late: it counts as not handed in."
                )),
            };
        };
        let (penalised, how) = match band.effect {
            LateEffect::Points(points) => (value.less(points), taken(points)),
            LateEffect::PointsPerPeriod { points, period } => {
                let length = u64::from(period.max(1)) * unit_size;
                let periods = if inclusive {
                    measured.div_ceil(length)
                } else {
                    measured / length + 1
                };
                let periods = u32::try_from(periods).unwrap_or(u32::MAX);
                let total = points.saturating_mul(periods);
                (value.less(total), taken(total))
            }
            LateEffect::Cap(at) => {
                let at = Exact::hundredths(at);
                (value.min(at), format!("at most {}", marks(at)))
            }
        };
        let pass_mark = Exact::hundredths(pass_mark);
        let floored = self.floor_at_pass_mark && value >= pass_mark && penalised < pass_mark;
        let after = if floored { pass_mark } else { penalised };
        if after == value {
            return LateResult::Unchanged;
        }
        let floor = if floored {
            ", but not below the pass mark"
        } else {
            ""
        };
        LateResult::Changed(after, format!("Handed in {shown} late: {how}{floor}."))
    }
}

fn taken(points: u32) -> String {
    format!("{} marks taken off", marks(Exact::hundredths(points)))
}

fn count(number: u32, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// "3 h 20 min"; seconds only where there is nothing else.
fn duration(seconds: u64) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min"),
        (_, 0) => format!("{hours} h"),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn rule() -> LateRule {
        LateRule {
            unit: LateUnit::Hour,
            grace: 0,
            ends_inclusive: true,
            bands: vec![
                LateBand {
                    up_to: 1,
                    effect: LateEffect::Points(200),
                },
                LateBand {
                    up_to: 168,
                    effect: LateEffect::PointsPerPeriod {
                        points: 500,
                        period: 24,
                    },
                },
            ],
            beyond: Beyond::Zero,
            floor_at_pass_mark: false,
        }
    }

    fn after(rule: &LateRule, mark: u32, seconds: u64) -> Option<u32> {
        let lateness = Lateness {
            seconds,
            ..Lateness::default()
        };
        match rule.apply(Exact::hundredths(mark), lateness, 5000) {
            LateResult::Unchanged => Some(mark),
            LateResult::Changed(value, _) => value.as_hundredths(),
            LateResult::NonSubmission(_) => None,
        }
    }

    #[test]
    fn ends_belong_to_their_band_or_to_the_next() {
        const HOUR: u64 = 3600;
        let inclusive = rule();
        let exclusive = LateRule {
            ends_inclusive: false,
            ..rule()
        };
        for (seconds, with_end, without_end) in [
            (0, 6000, 6000),
            (1, 5800, 5800),
            (HOUR - 1, 5800, 5800),
            (HOUR, 5800, 5500),
            (HOUR + 1, 5500, 5500),
            (24 * HOUR, 5500, 5000),
            (24 * HOUR + 1, 5000, 5000),
            (168 * HOUR - 1, 2500, 2500),
            (168 * HOUR, 2500, 0),
            (168 * HOUR + 1, 0, 0),
        ] {
            assert_eq!(
                after(&inclusive, 6000, seconds),
                Some(with_end),
                "{seconds} inclusive"
            );
            assert_eq!(
                after(&exclusive, 6000, seconds),
                Some(without_end),
                "{seconds} exclusive"
            );
        }
    }

    #[test]
    fn grace_floor_cap_and_non_submission() {
        let kind = LateRule {
            grace: 600,
            floor_at_pass_mark: true,
            beyond: Beyond::NonSubmission,
            ..rule()
        };
        assert_eq!(after(&kind, 6000, 600), Some(6000));
        assert_eq!(after(&kind, 6000, 601), Some(5800));
        assert_eq!(after(&kind, 5200, 3 * 86_400), Some(5000));
        // Work that fails anyway is not lifted to the pass mark.
        assert_eq!(after(&kind, 4900, 3 * 86_400), Some(3400));
        assert_eq!(after(&kind, 6000, 8 * 86_400), None);
        let capped = LateRule {
            bands: vec![LateBand {
                up_to: 24,
                effect: LateEffect::Cap(5000),
            }],
            ..rule()
        };
        assert_eq!(after(&capped, 6000, 7200), Some(5000));
        assert_eq!(after(&capped, 4000, 7200), Some(4000));
    }

    #[test]
    fn days_are_counted_by_midnights() {
        let daily = LateRule {
            unit: LateUnit::WorkingDay,
            ends_inclusive: false,
            bands: vec![LateBand {
                up_to: 5,
                effect: LateEffect::PointsPerPeriod {
                    points: 500,
                    period: 1,
                },
            }],
            ..rule()
        };
        for (working_days, expected) in [(0, 5500), (1, 5500), (2, 5000), (5, 3500), (6, 0)] {
            let lateness = Lateness {
                seconds: 1,
                calendar_days: 9,
                working_days,
            };
            let result = daily.apply(Exact::hundredths(6000), lateness, 5000);
            assert!(
                matches!(result, LateResult::Changed(value, _) if value == Exact::hundredths(expected)),
                "{working_days}: {result:?}"
            );
        }
    }

    #[test]
    fn says_why() {
        let lateness = Lateness {
            seconds: 26 * 3600 + 300,
            ..Lateness::default()
        };
        let result = rule().apply(Exact::hundredths(6000), lateness, 5000);
        assert_eq!(
            result,
            LateResult::Changed(
                Exact::hundredths(5000),
                "Handed in 26 h 5 min late: 10 marks taken off.".into()
            )
        );
    }
}
