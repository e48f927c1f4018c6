//! Days counted as whole numbers, so that calendar and working days can be told apart.

/// A day, counted from 1 January 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day(pub i64);

impl Day {
    /// The day of a Gregorian date; month and day count from 1.
    ///
    /// The count runs over years that begin in March, so that the leap day is the last of them.
    pub fn from_date(year: u16, month: u8, day: u8) -> Self {
        let (month, day) = (i64::from(month), i64::from(day));
        let year = i64::from(year) - i64::from(month <= 2);
        let months_from_march = (month + 9) % 12;
        let day_of_year = (153 * months_from_march + 2) / 5 + day - 1;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        // 719 468 days lie between 1 March of the year 0 and 1 January 1970.
        Self(year * 365 + leap_days + day_of_year - 719_468)
    }

    /// The day of the week: 0 is Monday, 6 is Sunday.
    pub fn weekday(self) -> u8 {
        // 1 January 1970 was a Thursday.
        u8::try_from((self.0 + 3).rem_euclid(7)).unwrap_or(0)
    }
}

/// The working days after `from`, up to and including `to`.
///
/// `weekend` has a bit for each day of the week that is not worked (bit 0 is Monday); `closed`
/// tells the other closed days. At most ten years are counted.
pub fn working_days_between(from: Day, to: Day, weekend: u8, closed: impl Fn(Day) -> bool) -> u32 {
    let mut count = 0;
    for number in from.0 + 1..=to.0.min(from.0 + 3660) {
        let day = Day(number);
        if weekend & (1 << day.weekday()) == 0 && !closed(day) {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_days_over_leap_years() {
        for (date, number, weekday) in [
            ((1970, 1, 1), 0, 3),
            ((1970, 3, 1), 59, 6),
            ((2000, 2, 29), 11_016, 1),
            ((2000, 3, 1), 11_017, 2),
            ((2100, 3, 1), 47_541, 0),
            ((2026, 11, 23), 20_780, 0),
        ] {
            let day = Day::from_date(date.0, date.1, date.2);
            assert_eq!((day.0, day.weekday()), (number, weekday), "{date:?}");
        }
    }

    #[test]
    fn leaves_out_weekends_and_closed_days() {
        let (friday, next_tuesday) = (Day::from_date(2026, 11, 20), Day::from_date(2026, 11, 24));
        let weekend = 0b110_0000;
        assert_eq!(
            working_days_between(friday, next_tuesday, weekend, |_| false),
            2
        );
        let monday = Day::from_date(2026, 11, 23);
        assert_eq!(
            working_days_between(friday, next_tuesday, weekend, |day| day == monday),
            1
        );
        assert_eq!(working_days_between(friday, friday, weekend, |_| false), 0);
    }
}
