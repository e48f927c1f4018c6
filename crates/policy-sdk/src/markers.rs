//! Two markers: whose mark decides, and when a third person has to look.

use alloc::format;
use alloc::string::String;

/// How the marks of several assessors become one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Markers {
    /// The coach's share in per cent, 0–100; 0 makes the coach's judgement formative.
    pub coach_share: u32,
    /// Hundredths of a mark; a larger difference between marks that count goes to a moderator.
    pub tolerance: u32,
    /// Whether marks on two sides of the pass mark go to a moderator, however close they are.
    pub across_pass_mark: bool,
}

/// The marks given for one attempt, in hundredths, the latest of each assessor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Given {
    /// The coach's.
    pub coach: Option<u32>,
    /// The tutor's.
    pub tutor: Option<u32>,
    /// The second marker's.
    pub second: Option<u32>,
    /// The moderator's.
    pub moderator: Option<u32>,
}

/// Which marks count, and for how much.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Resolved {
    /// Shares of the coach's, the tutor's, the second marker's and the moderator's mark.
    Shares([u32; 4]),
    /// A mark that counts is missing: whose.
    Awaiting(&'static str),
    /// The difference needs a moderator: why.
    Moderate(String),
}

/// Decides which marks count: a moderator's alone; else the tutor's and a second marker's in equal
/// parts, with the coach's by its share.
pub fn resolve(rule: Markers, given: Given, pass_mark: u32) -> Resolved {
    if given.moderator.is_some() {
        return Resolved::Shares([0, 0, 0, 1]);
    }
    let Some(tutor) = given.tutor else {
        return Resolved::Awaiting("the tutor");
    };
    let coach = match (rule.coach_share.min(100), given.coach) {
        (0, _) => None,
        (_, None) => return Resolved::Awaiting("the coach"),
        (share, Some(mark)) => Some((share, mark)),
    };
    let counted = [Some(tutor), given.second, coach.map(|(_, mark)| mark)];
    let lowest = counted.iter().flatten().copied().min().unwrap_or(tutor);
    let highest = counted.iter().flatten().copied().max().unwrap_or(tutor);
    if highest - lowest > rule.tolerance {
        return Resolved::Moderate(format!(
            "The markers differ by {} marks, more than the {} that are allowed.",
            hundredths(highest - lowest),
            hundredths(rule.tolerance)
        ));
    }
    if rule.across_pass_mark && lowest < pass_mark && highest >= pass_mark {
        return Resolved::Moderate(format!(
            "One marker passes the work and another fails it (the pass mark is {}).",
            hundredths(pass_mark)
        ));
    }
    let (coach_share, others) = coach.map_or((0, 100), |(share, _)| (share, 100 - share));
    // Doubled, so that the tutor's and the second marker's halves stay whole.
    Resolved::Shares(if given.second.is_some() {
        [coach_share * 2, others, others, 0]
    } else {
        [coach_share * 2, others * 2, 0, 0]
    })
}

fn hundredths(value: u32) -> String {
    crate::exact::marks(crate::exact::Exact::hundredths(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMATIVE: Markers = Markers {
        coach_share: 0,
        tolerance: 1000,
        across_pass_mark: false,
    };

    fn given(coach: u32, tutor: u32, second: u32, moderator: u32) -> Given {
        let some = |mark: u32| (mark > 0).then_some(mark);
        Given {
            coach: some(coach),
            tutor: some(tutor),
            second: some(second),
            moderator: some(moderator),
        }
    }

    #[test]
    fn the_tutor_decides_unless_the_settings_say_otherwise() {
        let shared = Markers {
            coach_share: 30,
            ..FORMATIVE
        };
        for (rule, marks, expected) in [
            (
                FORMATIVE,
                given(9000, 5000, 0, 0),
                Resolved::Shares([0, 200, 0, 0]),
            ),
            (
                FORMATIVE,
                given(9000, 0, 0, 0),
                Resolved::Awaiting("the tutor"),
            ),
            (
                FORMATIVE,
                given(0, 5000, 6000, 0),
                Resolved::Shares([0, 100, 100, 0]),
            ),
            (
                FORMATIVE,
                given(0, 5000, 7000, 6200),
                Resolved::Shares([0, 0, 0, 1]),
            ),
            (
                shared,
                given(6000, 5000, 0, 0),
                Resolved::Shares([60, 140, 0, 0]),
            ),
            (
                shared,
                given(6000, 5000, 5500, 0),
                Resolved::Shares([60, 70, 70, 0]),
            ),
            (
                shared,
                given(0, 5000, 0, 0),
                Resolved::Awaiting("the coach"),
            ),
        ] {
            assert_eq!(resolve(rule, marks, 5000), expected, "{marks:?}");
        }
    }

    #[test]
    fn a_difference_goes_to_a_moderator() {
        let strict = Markers {
            across_pass_mark: true,
            ..FORMATIVE
        };
        for (rule, marks, moderate) in [
            (FORMATIVE, given(0, 5000, 6000, 0), false),
            (FORMATIVE, given(0, 5000, 6001, 0), true),
            (FORMATIVE, given(0, 4900, 5000, 0), false),
            (strict, given(0, 4900, 5000, 0), true),
            (strict, given(0, 5000, 5000, 0), false),
        ] {
            let resolved = resolve(rule, marks, 5000);
            assert_eq!(
                matches!(resolved, Resolved::Moderate(_)),
                moderate,
                "{marks:?}"
            );
        }
    }
}
