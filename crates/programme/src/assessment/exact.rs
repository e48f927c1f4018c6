//! An exact mark between two rounding steps, as a fraction in lowest terms.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::mark::Mark;

/// An exact mark: `numerator / denominator` hundredths of a mark, in lowest terms.
///
/// A mean of marks is often no whole number of hundredths, and regulations differ on whether the
/// rounded or the exact value goes on, so neither may be lost. 14851/3 is 49.50333….
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExactMark {
    /// Hundredths of a mark, times the denominator.
    pub numerator: u64,
    /// At least 1.
    pub denominator: u64,
}

impl ExactMark {
    /// Whether it is a fraction in lowest terms between 0 and 100 marks.
    pub fn is_valid(self) -> bool {
        if self.denominator == 1 {
            return self.numerator <= u64::from(Mark::FULL.hundredths());
        }
        self.denominator >= 1
            && u128::from(self.numerator)
                <= u128::from(self.denominator) * u128::from(Mark::FULL.hundredths())
            && gcd(u128::from(self.numerator), u128::from(self.denominator)) == 1
    }

    /// The mark, where the value is a whole number of hundredths in the mark's range.
    pub fn as_mark(self) -> Option<Mark> {
        if self.denominator != 1 {
            return None;
        }
        u32::try_from(self.numerator)
            .ok()
            .and_then(|hundredths| Mark::from_hundredths(hundredths).ok())
    }

    /// The weighted mean of values by whole shares.
    ///
    /// `None` where the shares add up to nothing, or where the exact result does not fit the
    /// contract's 64-bit fraction.
    pub fn weighted_mean(
        values: impl IntoIterator<Item = (Self, u32), IntoIter: Clone>,
    ) -> Option<Self> {
        let values = values.into_iter();
        // Whole hundredths are the common case and need no 128-bit division.
        Self::mean_of_whole(values.clone()).or_else(|| Self::mean_of_fractions(values))
    }

    /// The mean of whole hundredths; `None` also where it has to be done the long way.
    fn mean_of_whole(values: impl Iterator<Item = (Self, u32)>) -> Option<Self> {
        let (mut numerator, mut shares) = (0_u64, 0_u64);
        for (value, share) in values {
            if value.denominator != 1 {
                return None;
            }
            numerator = numerator.checked_add(value.numerator.checked_mul(share.into())?)?;
            shares = shares.checked_add(share.into())?;
        }
        let (mut divisor, mut rest) = (numerator, shares);
        while rest != 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        Some(Self {
            numerator: numerator.checked_div(divisor)?,
            denominator: Some(shares / divisor).filter(|denominator| *denominator > 0)?,
        })
    }

    fn mean_of_fractions(values: impl Iterator<Item = (Self, u32)>) -> Option<Self> {
        let (mut numerator, mut denominator, mut shares) = (0_u128, 1_u128, 0_u128);
        for (value, share) in values {
            let (share, below) = (u128::from(share), u128::from(value.denominator));
            if below == 0 {
                return None;
            }
            let common = denominator / gcd(denominator, below);
            let scaled = common.checked_mul(below)?;
            numerator = numerator.checked_mul(scaled / denominator)?.checked_add(
                u128::from(value.numerator)
                    .checked_mul(share)?
                    .checked_mul(scaled / below)?,
            )?;
            denominator = scaled;
            shares += share;
        }
        let denominator = denominator.checked_mul(shares)?;
        if denominator == 0 {
            return None;
        }
        let divisor = gcd(numerator, denominator);
        Some(Self {
            numerator: u64::try_from(numerator / divisor).ok()?,
            denominator: u64::try_from(denominator / divisor).ok()?,
        })
    }
}

impl From<Mark> for ExactMark {
    fn from(mark: Mark) -> Self {
        Self {
            numerator: u64::from(mark.hundredths()),
            denominator: 1,
        }
    }
}

impl PartialOrd for ExactMark {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ExactMark {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = u128::from(self.numerator) * u128::from(other.denominator);
        left.cmp(&(u128::from(other.numerator) * u128::from(self.denominator)))
    }
}

/// Shows at most four decimals, cut and not rounded, with "…" where digits are left out: "49.5",
/// "49.5033…".
impl fmt::Display for ExactMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let denominator = u128::from(self.denominator.max(1));
        let scaled = u128::from(self.numerator) * 100;
        let (fine, rest) = (scaled / denominator, scaled % denominator);
        let decimals = format!("{:04}", fine % 10_000);
        let shown = if rest == 0 {
            decimals.trim_end_matches('0')
        } else {
            &decimals
        };
        let point = if shown.is_empty() { "" } else { "." };
        let more = if rest == 0 { "" } else { "…" };
        f.pad(&format!("{}{point}{shown}{more}", fine / 10_000))
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(hundredths: u32) -> ExactMark {
        Mark::from_hundredths(hundredths).unwrap().into()
    }

    fn exact(numerator: u64, denominator: u64) -> ExactMark {
        ExactMark {
            numerator,
            denominator,
        }
    }

    #[test]
    fn means_are_exact() {
        for (values, expected) in [
            (vec![(mark(5000), 1), (mark(6000), 1)], Some(exact(5500, 1))),
            (
                vec![(mark(5000), 1), (mark(5000), 1), (mark(4851), 1)],
                Some(exact(14851, 3)),
            ),
            (
                vec![(mark(0), 1), (exact(14851, 3), 1)],
                Some(exact(14851, 6)),
            ),
            (vec![(mark(5000), 0)], None),
            (vec![], None),
        ] {
            assert_eq!(
                ExactMark::weighted_mean(values.clone()),
                expected,
                "{values:?}"
            );
        }
    }

    #[test]
    fn shows_cut_decimals() {
        for (value, shown) in [
            (exact(14851, 3), "49.5033…"),
            (exact(4950, 1), "49.5"),
            (exact(4900, 1), "49"),
            (exact(9901, 2), "49.505"),
            (exact(0, 1), "0"),
        ] {
            assert_eq!(value.to_string(), shown);
        }
    }

    #[test]
    fn knows_what_is_valid() {
        for (value, valid) in [
            (exact(4950, 1), true),
            (exact(10_000, 1), true),
            (exact(10_001, 1), false),
            (exact(9900, 2), false),
            (exact(1, 0), false),
            (exact(0, 1), true),
            (exact(0, 2), false),
        ] {
            assert_eq!(value.is_valid(), valid, "{value:?}");
        }
    }
}
