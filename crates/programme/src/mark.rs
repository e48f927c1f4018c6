//! A mark out of 100 as an exact number of hundredths: read from what a marker types, never a float.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A mark in hundredths, 0 to 10 000: 5250 is 52.50 out of 100.
///
/// Serialised as that whole number, so a stored mark is exact in every language.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Mark(u32);

impl Mark {
    /// No marks.
    pub const ZERO: Self = Self(0);
    /// Full marks, 100.00.
    pub const FULL: Self = Self(10_000);

    /// A mark from hundredths; more than 10 000 is [`MarkError::AboveFull`].
    pub const fn from_hundredths(hundredths: u32) -> Result<Self, MarkError> {
        if hundredths <= Self::FULL.0 {
            Ok(Self(hundredths))
        } else {
            Err(MarkError::AboveFull)
        }
    }

    /// A mark from whole marks; more than 100 is [`MarkError::AboveFull`].
    pub const fn from_whole(marks: u32) -> Result<Self, MarkError> {
        match marks.checked_mul(100) {
            Some(hundredths) => Self::from_hundredths(hundredths),
            None => Err(MarkError::AboveFull),
        }
    }

    /// The mark in hundredths, 0 to 10 000.
    pub const fn hundredths(self) -> u32 {
        self.0
    }

    /// The mark as a number out of 100, for protocols that want a JSON number (a score's
    /// `scoreGiven`, a statement's `raw`). Never calculate with it.
    pub fn points(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// The mark without needless zeros: "52.5", "52", "52.25".
    pub const fn short(self) -> ShortMark {
        ShortMark(self)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:02}", self.0 / 100, self.0 % 100))
    }
}

/// Shows a mark without needless zeros; made by [`Mark::short`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShortMark(Mark);

impl fmt::Display for ShortMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0.0 / 100, self.0.0 % 100);
        f.pad(&match (rest / 10, rest % 10) {
            (0, 0) => format!("{whole}"),
            (tenths, 0) => format!("{whole}.{tenths}"),
            _ => format!("{whole}.{rest:02}"),
        })
    }
}

impl TryFrom<u32> for Mark {
    type Error = MarkError;

    fn try_from(hundredths: u32) -> Result<Self, MarkError> {
        Self::from_hundredths(hundredths)
    }
}

impl From<Mark> for u32 {
    fn from(mark: Mark) -> Self {
        mark.0
    }
}

impl FromStr for Mark {
    type Err = MarkError;

    /// Reads what a marker types: "62", "62.5", "62.50", with blanks around it and an optional
    /// per cent sign. Letters, decimal commas, fractions and third decimals are refused, each
    /// with its own words, since guessing at a mark is worse than asking.
    fn from_str(typed: &str) -> Result<Self, MarkError> {
        let text = typed.trim();
        let text = text.strip_suffix('%').unwrap_or(text).trim_end();
        if text.is_empty() {
            return Err(MarkError::Empty);
        }
        if text.starts_with(['-', '−']) {
            return Err(MarkError::Negative);
        }
        if text.contains(',') {
            return Err(MarkError::DecimalComma);
        }
        if text.contains('/') {
            return Err(MarkError::Fraction);
        }
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || whole.is_empty() || text.ends_with('.') {
            return Err(MarkError::NotANumber);
        }
        if decimals.len() > 2 {
            return Err(MarkError::TooPrecise);
        }
        // Digits only, so the sole way to fail is a number too large for u32.
        let marks: u32 = whole.parse().map_err(|_| MarkError::AboveFull)?;
        let part: u32 = format!("{decimals:0<2}")
            .parse()
            .map_err(|_| MarkError::NotANumber)?;
        marks
            .checked_mul(100)
            .and_then(|hundredths| hundredths.checked_add(part))
            .ok_or(MarkError::AboveFull)
            .and_then(Self::from_hundredths)
    }
}

/// Why a mark was not accepted, in words for the person who typed it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarkError {
    /// Nothing was typed.
    #[error("Enter a mark from 0 to 100, for example 62 or 62.5.")]
    Empty,
    /// Less than nothing.
    #[error("A mark cannot be less than 0.")]
    Negative,
    /// More than 100.
    #[error("A mark cannot be more than 100.")]
    AboveFull,
    /// "62,5".
    #[error("Use a full stop for decimals: 62.5, not 62,5.")]
    DecimalComma,
    /// "62/100".
    #[error("Enter only the mark out of 100, without a fraction: 62, not 62/100.")]
    Fraction,
    /// More than two decimals.
    #[error("A mark has at most two decimals, for example 62.25.")]
    TooPrecise,
    /// Anything else.
    #[error("This is not a mark. Enter a number from 0 to 100, for example 62 or 62.5.")]
    NotANumber,
}

impl MarkError {
    /// A stable name for logs and answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "mark_empty",
            Self::Negative => "mark_negative",
            Self::AboveFull => "mark_above_full",
            Self::DecimalComma => "mark_decimal_comma",
            Self::Fraction => "mark_fraction",
            Self::TooPrecise => "mark_too_precise",
            Self::NotANumber => "mark_not_a_number",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_marker_types() {
        for (typed, expected) in [
            ("62", Ok(6200)),
            (" 62.5 ", Ok(6250)),
            ("62.50", Ok(6250)),
            ("62.05", Ok(6205)),
            ("7", Ok(700)),
            ("062", Ok(6200)),
            ("0", Ok(0)),
            ("100", Ok(10_000)),
            ("100.00", Ok(10_000)),
            ("62%", Ok(6200)),
            ("62 %", Ok(6200)),
            ("", Err(MarkError::Empty)),
            ("  ", Err(MarkError::Empty)),
            ("%", Err(MarkError::Empty)),
            ("62,5", Err(MarkError::DecimalComma)),
            ("62/100", Err(MarkError::Fraction)),
            ("-1", Err(MarkError::Negative)),
            ("100.01", Err(MarkError::AboveFull)),
            ("101", Err(MarkError::AboveFull)),
            ("99999999999", Err(MarkError::AboveFull)),
            ("62.555", Err(MarkError::TooPrecise)),
            ("62.", Err(MarkError::NotANumber)),
            (".5", Err(MarkError::NotANumber)),
            ("B+", Err(MarkError::NotANumber)),
            ("6 2", Err(MarkError::NotANumber)),
            ("1e2", Err(MarkError::NotANumber)),
            ("+62", Err(MarkError::NotANumber)),
            ("٦٢", Err(MarkError::NotANumber)),
        ] {
            let read = typed.parse::<Mark>().map(Mark::hundredths);
            assert_eq!(read, expected, "{typed:?}");
        }
    }

    #[test]
    fn shows_long_and_short() {
        for (hundredths, long, short) in [
            (0, "0.00", "0"),
            (5, "0.05", "0.05"),
            (5250, "52.50", "52.5"),
            (5200, "52.00", "52"),
            (5205, "52.05", "52.05"),
            (10_000, "100.00", "100"),
        ] {
            let mark = Mark::from_hundredths(hundredths).unwrap();
            assert_eq!(mark.to_string(), long);
            assert_eq!(mark.short().to_string(), short);
            assert_eq!(long.parse::<Mark>().unwrap(), mark);
            assert_eq!(short.parse::<Mark>().unwrap(), mark);
        }
    }

    #[test]
    fn is_a_whole_number_in_json_and_never_above_full() {
        let mark = Mark::from_hundredths(5250).unwrap();
        assert_eq!(serde_json::to_string(&mark).unwrap(), "5250");
        assert_eq!(serde_json::from_str::<Mark>("5250").unwrap(), mark);
        assert!(serde_json::from_str::<Mark>("10001").is_err());
        assert!(serde_json::from_str::<Mark>("52.5").is_err());
        assert_eq!(Mark::from_whole(101), Err(MarkError::AboveFull));
        assert_eq!(Mark::from_whole(u32::MAX), Err(MarkError::AboveFull));
    }
}
