//! Rounding, as one step of a pipeline: how many decimals, what happens to a tie.

use alloc::format;
use alloc::string::String;

use crate::exact::{Exact, marks};

/// What happens to what lies beyond the last decimal kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tie {
    /// To the nearest; a tie goes up: 49.5 becomes 50.
    HalfUp,
    /// To the nearest; a tie goes to the even neighbour: 49.5 becomes 50, 50.5 becomes 50.
    HalfEven,
    /// Cut off: 49.99 becomes 49. For regulations that never round up.
    Down,
}

/// A rounding rule: at most two decimals, since that is what a mark has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rounding {
    /// Decimals kept: 0, 1 or 2; more count as 2.
    pub decimals: u8,
    /// What happens to the rest.
    pub tie: Tie,
}

impl Rounding {
    /// The rounded mark.
    pub fn round(self, value: Exact) -> Exact {
        let unit: u64 = match self.decimals {
            0 => 100,
            1 => 10,
            _ => 1,
        };
        // A unit, and how many of them fit; both times the denominator. Denominators beyond 2^56,
        // where this would not fit, do not come out of marks and weights.
        let step = value.denominator.saturating_mul(unit);
        let (units, rest) = (value.numerator / step, value.numerator % step);
        let up = match self.tie {
            Tie::Down => false,
            Tie::HalfUp => rest >= step - rest,
            Tie::HalfEven => rest > step - rest || (rest == step - rest && units % 2 == 1),
        };
        Exact {
            numerator: (units + u64::from(up)) * unit,
            denominator: 1,
        }
    }

    /// The rounded mark and what was done, or `None` where it changes nothing.
    pub fn apply(self, value: Exact) -> Option<(Exact, String)> {
        let rounded = self.round(value);
        if rounded == value {
            return None;
        }
        let how = match self.tie {
            Tie::HalfUp => "rounded to the nearest, halves up",
            Tie::HalfEven => "rounded to the nearest, halves to the even neighbour",
            Tie::Down => "cut, never rounded up",
        };
        let to = match self.decimals {
            0 => "a whole mark",
            1 => "one decimal",
            _ => "two decimals",
        };
        Some((
            rounded,
            format!("{} {how}, to {to}: {}.", marks(value), marks(rounded)),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_each_tie_its_own_way() {
        for (numerator, denominator, decimals, up, even, down) in [
            (4950, 1, 0, 5000, 5000, 4900),
            (5050, 1, 0, 5100, 5000, 5000),
            (4949, 1, 0, 4900, 4900, 4900),
            (14849, 3, 0, 4900, 4900, 4900),
            (14850, 3, 0, 5000, 5000, 4900),
            (14851, 3, 0, 5000, 5000, 4900),
            (4945, 1, 1, 4950, 4940, 4940),
            (4955, 1, 1, 4960, 4960, 4950),
            (9901, 2, 2, 4951, 4950, 4950),
            (9903, 2, 2, 4952, 4952, 4951),
            (5000, 1, 0, 5000, 5000, 5000),
            (10_000, 1, 0, 10_000, 10_000, 10_000),
            (0, 1, 0, 0, 0, 0),
        ] {
            let value = Exact {
                numerator,
                denominator,
            };
            for (tie, expected) in [(Tie::HalfUp, up), (Tie::HalfEven, even), (Tie::Down, down)] {
                assert_eq!(
                    Rounding { decimals, tie }.round(value),
                    Exact::hundredths(expected),
                    "{numerator}/{denominator} to {decimals}, {tie:?}"
                );
            }
        }
    }

    #[test]
    fn says_what_it_did_and_nothing_where_it_did_nothing() {
        let rule = Rounding {
            decimals: 0,
            tie: Tie::HalfUp,
        };
        assert_eq!(rule.apply(Exact::hundredths(5000)), None);
        assert_eq!(
            rule.apply(Exact::hundredths(4950)).unwrap().1,
            "49.5 rounded to the nearest, halves up, to a whole mark: 50."
        );
    }
}
