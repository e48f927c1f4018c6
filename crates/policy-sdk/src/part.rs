//! When a component or an element is passed.

use crate::exact::Exact;

/// Where a part stands against its threshold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Threshold {
    /// At or above what it needs.
    Reached,
    /// Below, and the tier above is failed with it.
    Missed,
    /// Below, but other marks may make it good.
    Shortfall,
}

/// Holds a part's value against what it needs: its own `minimum` if it has one, else the pass
/// mark. A part with a minimum of its own has to reach it, must-pass or not.
pub fn threshold(value: Exact, pass_mark: u32, must_pass: bool, minimum: Option<u32>) -> Threshold {
    let needed = match minimum {
        Some(minimum) if must_pass => minimum.max(pass_mark),
        Some(minimum) => minimum,
        None => pass_mark,
    };
    if value >= Exact::hundredths(needed) {
        if value >= Exact::hundredths(pass_mark) || must_pass {
            Threshold::Reached
        } else {
            // It has its minimum, but is below the pass mark.
            Threshold::Shortfall
        }
    } else if must_pass || minimum.is_some() {
        Threshold::Missed
    } else {
        Threshold::Shortfall
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_a_part_against_what_it_needs() {
        for (value, must_pass, minimum, expected) in [
            (5000, false, None, Threshold::Reached),
            (4999, false, None, Threshold::Shortfall),
            (4999, true, None, Threshold::Missed),
            (5000, true, None, Threshold::Reached),
            (4000, false, Some(4000), Threshold::Shortfall),
            (3999, false, Some(4000), Threshold::Missed),
            (5000, false, Some(4000), Threshold::Reached),
            (4500, true, Some(4000), Threshold::Missed),
            (5500, true, Some(6000), Threshold::Missed),
            (6000, true, Some(6000), Threshold::Reached),
        ] {
            let found = threshold(Exact::hundredths(value), 5000, must_pass, minimum);
            assert_eq!(found, expected, "{value} {must_pass} {minimum:?}");
        }
    }
}
