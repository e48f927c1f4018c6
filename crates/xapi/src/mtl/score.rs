//! Marks as scores: exact decimals, never what is left of a binary fraction.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A mark from 0 to 100 in hundredths, as marks are kept everywhere in the bridge.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Score(u32);

/// More than a hundred marks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a mark is at most 10000 hundredths, not {0}")]
pub struct ScoreOutOfRange(pub u32);

impl Score {
    /// A hundred marks.
    pub const FULL: Self = Self(10_000);

    /// A mark in hundredths, 0 to 10000.
    pub const fn from_hundredths(hundredths: u32) -> Result<Self, ScoreOutOfRange> {
        if hundredths <= 10_000 {
            Ok(Self(hundredths))
        } else {
            Err(ScoreOutOfRange(hundredths))
        }
    }

    /// The mark in hundredths.
    pub const fn hundredths(self) -> u32 {
        self.0
    }

    /// The score of a result (Data 2.4.5.1): 52.5 of 100 is `raw` 52.5 and `scaled` 0.525.
    pub(super) fn to_json(self) -> Value {
        json!({
            "scaled": decimal(self.0, 10_000),
            "raw": decimal(self.0, 100),
            "min": 0,
            "max": 100,
        })
    }
}

/// `numerator / denominator`, a whole number where it is one. The division of two whole numbers
/// is rounded once, so the shortest decimal that reads back as the same double, which is what JSON
/// gets, is the exact one.
fn decimal(numerator: u32, denominator: u32) -> Value {
    if numerator.is_multiple_of(denominator) {
        Value::from(numerator / denominator)
    } else {
        Value::from(f64::from(numerator) / f64::from(denominator))
    }
}

impl TryFrom<u32> for Score {
    type Error = ScoreOutOfRange;

    fn try_from(hundredths: u32) -> Result<Self, Self::Error> {
        Self::from_hundredths(hundredths)
    }
}

impl From<Score> for u32 {
    fn from(score: Score) -> Self {
        score.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_an_exact_decimal() {
        for hundredths in 0..=10_000 {
            let score = Score::from_hundredths(hundredths).unwrap().to_json();
            let text = format!("{hundredths:05}");
            let (whole, fraction) = text.split_at(1);
            assert_eq!(score["scaled"].to_string(), shortest(whole, fraction));
            let (whole, fraction) = text.split_at(3);
            assert_eq!(score["raw"].to_string(), shortest(whole, fraction));
            let again: Value = serde_json::from_str(&score.to_string()).unwrap();
            assert_eq!(again, score);
        }
        assert_eq!(Score::from_hundredths(10_001), Err(ScoreOutOfRange(10_001)));
    }

    fn shortest(whole: &str, fraction: &str) -> String {
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        match fraction.trim_end_matches('0') {
            "" => whole.to_owned(),
            fraction => format!("{whole}.{fraction}"),
        }
    }
}
