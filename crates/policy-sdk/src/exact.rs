//! Exact marks: fractions of hundredths, their weighted means, and how they are written.

use alloc::format;
use alloc::string::String;
use core::cmp::Ordering;

/// An exact mark: `numerator / denominator` hundredths of a mark, in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exact {
    /// Hundredths of a mark, times the denominator.
    pub numerator: u64,
    /// At least 1.
    pub denominator: u64,
}

impl Exact {
    /// No marks.
    pub const ZERO: Self = Self::hundredths(0);

    /// A mark in hundredths.
    pub const fn hundredths(hundredths: u32) -> Self {
        Self {
            numerator: hundredths as u64,
            denominator: 1,
        }
    }

    /// The weighted mean by whole shares; values with share 0 do not count.
    ///
    /// `None` where no value counts, or where the exact mean needs more than 64 bits: weights of
    /// up to four digits at each of three tiers never do.
    pub fn weighted_mean(
        values: impl IntoIterator<Item = (Self, u32), IntoIter: Clone>,
    ) -> Option<Self> {
        let values = values.into_iter();
        // Whole hundredths are the common case, and 128-bit arithmetic is slow in WebAssembly.
        Self::mean_of_whole(values.clone()).or_else(|| Self::mean_of_fractions(values))
    }

    /// The mean of whole hundredths; `None` also where it has to be done the long way.
    fn mean_of_whole(values: impl Iterator<Item = (Self, u32)>) -> Option<Self> {
        let (mut top, mut shares) = (0_u64, 0_u64);
        for (value, share) in values {
            if value.denominator != 1 {
                return None;
            }
            top = top.checked_add(value.numerator.checked_mul(share.into())?)?;
            shares = shares.checked_add(share.into())?;
        }
        let divisor = gcd_64(top, shares);
        Some(Self {
            numerator: top.checked_div(divisor)?,
            denominator: Some(shares / divisor).filter(|below| *below > 0)?,
        })
    }

    fn mean_of_fractions(values: impl Iterator<Item = (Self, u32)>) -> Option<Self> {
        let (mut top, mut below, mut shares) = (0_u128, 1_u128, 0_u128);
        for (value, share) in values {
            if share == 0 {
                continue;
            }
            let denominator = u128::from(value.denominator);
            let scaled = (below / gcd(below, denominator)).checked_mul(denominator)?;
            top = top.checked_mul(scaled / below)?;
            below = scaled;
            let term = u128::from(value.numerator) * u128::from(share);
            top = top.checked_add(term.checked_mul(below / denominator)?)?;
            shares += u128::from(share);
        }
        if shares == 0 {
            return None;
        }
        Self::reduced(top, below.checked_mul(shares)?)
    }

    fn reduced(top: u128, below: u128) -> Option<Self> {
        let divisor = gcd(top, below);
        Some(Self {
            numerator: u64::try_from(top / divisor).ok()?,
            denominator: u64::try_from(below / divisor).ok()?,
        })
    }

    /// The value in hundredths, cut, and whether that is all of it.
    pub const fn cut(self) -> (u64, bool) {
        (
            self.numerator / self.denominator,
            self.numerator.is_multiple_of(self.denominator),
        )
    }

    /// The mark in hundredths, where it is a whole number of them.
    pub fn as_hundredths(self) -> Option<u32> {
        match self.denominator {
            1 => u32::try_from(self.numerator).ok(),
            _ => None,
        }
    }

    /// The value less some hundredths, but not below zero.
    #[must_use]
    pub fn less(self, hundredths: u32) -> Self {
        // Taking whole hundredths leaves a fraction in lowest terms. What does not fit is far more
        // than there is to take from.
        let taken = u64::from(hundredths).checked_mul(self.denominator);
        match taken.and_then(|taken| self.numerator.checked_sub(taken)) {
            None | Some(0) => Self::ZERO,
            Some(numerator) => Self {
                numerator,
                denominator: self.denominator,
            },
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator == other.denominator {
            return self.numerator.cmp(&other.numerator);
        }
        let left = u128::from(self.numerator) * u128::from(other.denominator);
        left.cmp(&(u128::from(other.numerator) * u128::from(self.denominator)))
    }
}

/// A mark as people write it: "52", "52.5", "49.503…" where it is no whole number of hundredths.
pub fn marks(value: Exact) -> String {
    let (hundredths, whole) = value.cut();
    if whole {
        let (units, rest) = (hundredths / 100, hundredths % 100);
        return match (rest / 10, rest % 10) {
            (0, 0) => format!("{units}"),
            (tenths, 0) => format!("{units}.{tenths}"),
            _ => format!("{units}.{rest:02}"),
        };
    }
    let thousandths = u128::from(value.numerator) * 10 / u128::from(value.denominator);
    format!("{}.{:03}…", thousandths / 1000, thousandths % 1000)
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn gcd_64(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(numerator: u64, denominator: u64) -> Exact {
        Exact {
            numerator,
            denominator,
        }
    }

    #[test]
    fn means_are_exact_and_in_lowest_terms() {
        let mark = Exact::hundredths;
        for (values, expected) in [
            (
                &[(mark(5000), 40), (mark(6000), 60)][..],
                Some(exact(5600, 1)),
            ),
            (
                &[(mark(5000), 1), (mark(5000), 1), (mark(4851), 1)],
                Some(exact(14851, 3)),
            ),
            (
                &[(mark(4851), 1), (exact(14851, 3), 1)],
                Some(exact(14702, 3)),
            ),
            (&[(exact(1, 3), 1), (exact(1, 7), 1)], Some(exact(5, 21))),
            (&[(mark(9900), 0), (mark(5000), 2)], Some(mark(5000))),
            (&[(mark(5000), 0)], None),
            (&[], None),
        ] {
            assert_eq!(
                Exact::weighted_mean(values.iter().copied()),
                expected,
                "{values:?}"
            );
        }
    }

    #[test]
    fn three_tiers_of_four_digit_weights_fit() {
        let element = Exact::weighted_mean([
            (Exact::hundredths(9_999), 9_973),
            (Exact::hundredths(1), 26),
        ]);
        let component =
            Exact::weighted_mean([(element.unwrap(), 9_967), (Exact::hundredths(7), 32)]);
        assert!(
            Exact::weighted_mean([(component.unwrap(), 9_949), (Exact::hundredths(3), 50)])
                .is_some()
        );
    }

    #[test]
    fn writes_marks_as_people_do() {
        for (value, text) in [
            (exact(5200, 1), "52"),
            (exact(5250, 1), "52.5"),
            (exact(5205, 1), "52.05"),
            (exact(14851, 3), "49.503…"),
            (exact(0, 1), "0"),
        ] {
            assert_eq!(marks(value), text);
        }
    }

    #[test]
    fn takes_away_but_not_below_zero() {
        assert_eq!(exact(14851, 3).less(500), exact(13351, 3));
        assert_eq!(exact(1000, 3).less(500), Exact::ZERO);
        assert!(exact(14851, 3) > Exact::hundredths(4950));
        assert!(exact(14851, 3) < Exact::hundredths(4951));
    }
}
