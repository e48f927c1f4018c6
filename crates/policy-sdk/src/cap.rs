//! Caps: the most that a second attempt, or any other capped piece of work, can get.

use alloc::format;
use alloc::string::String;

use crate::exact::{Exact, marks};

/// The capped value and why, or `None` where the cap changes nothing.
///
/// `what` is what the cap is on, as the sentence has it: "attempt 2", "the module, since a
/// component was taken again".
pub fn cap(value: Exact, at: u32, what: &str) -> Option<(Exact, String)> {
    let at = Exact::hundredths(at);
    (value > at).then(|| {
        (
            at,
            format!(
                "{} capped at {}: the cap on {what}.",
                marks(value),
                marks(at)
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caps_what_is_above_and_leaves_the_rest() {
        assert_eq!(cap(Exact::hundredths(5000), 5000, "attempt 2"), None);
        assert_eq!(cap(Exact::hundredths(4200), 5000, "attempt 2"), None);
        assert_eq!(
            cap(Exact::hundredths(6650), 5000, "attempt 2").unwrap(),
            (
                Exact::hundredths(5000),
                "66.5 capped at 50: the cap on attempt 2.".into()
            )
        );
    }
}
