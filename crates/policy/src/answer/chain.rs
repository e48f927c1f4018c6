//! The chain of adjustments: from the weighted mean to the result without a gap.

use mtl_programme::Mark;
use mtl_programme::assessment::{Adjustment, ExactMark, Track};

use super::{AnswerFault, named};

/// Where a chain begins and where it says that it ends.
pub(super) struct Ends {
    pub(super) judged: Option<ExactMark>,
    pub(super) mark: Option<Mark>,
    pub(super) carried: Option<ExactMark>,
}

/// Follows the adjustments of one scope, both for the record and for what is carried.
pub(super) fn check_chain<'a>(
    at: impl Fn() -> String,
    adjustments: impl Iterator<Item = &'a Adjustment>,
    ends: &Ends,
) -> Result<(), AnswerFault> {
    let (mut record, mut carried) = (ends.judged, ends.judged);
    for adjustment in adjustments {
        let expected = match adjustment.track {
            Track::Both if record == carried => record,
            // The two have parted, so one value before cannot be right for both.
            Track::Both => {
                return Err(gap(at(), adjustment, carried));
            }
            Track::ForRecord => record,
            Track::Carried => carried,
        };
        if adjustment.before != expected {
            return Err(gap(at(), adjustment, expected));
        }
        if expected.is_none() && adjustment.after.is_some_and(|after| after.numerator > 0) {
            return Err(AnswerFault::MarkFromNothing {
                at: at(),
                rule: named(&adjustment.rule),
            });
        }
        if adjustment.track != Track::Carried {
            record = adjustment.after;
        }
        if adjustment.track != Track::ForRecord {
            carried = adjustment.after;
        }
    }
    for (found, expected) in [
        (ends.mark.map(ExactMark::from), record),
        (ends.carried, carried),
    ] {
        if found != expected {
            return Err(AnswerFault::WrongEnd {
                at: at(),
                found,
                expected,
            });
        }
    }
    Ok(())
}

fn gap(at: String, adjustment: &Adjustment, expected: Option<ExactMark>) -> AnswerFault {
    AnswerFault::Gap {
        at,
        rule: named(&adjustment.rule),
        found: adjustment.before,
        expected,
    }
}

/// The mean of the tier above: none where a value that counts is missing.
pub(super) fn mean(
    values: impl Iterator<Item = (Option<ExactMark>, u32)> + Clone,
) -> Option<ExactMark> {
    let counted = values.filter(|(_, share)| *share > 0);
    if counted.clone().any(|(value, _)| value.is_none()) {
        return None;
    }
    ExactMark::weighted_mean(counted.filter_map(|(value, share)| Some((value?, share))))
}
