//! Faults that tests switch on.

use std::time::Duration;

use chrono::TimeDelta;

/// How the answer to an accepted score goes missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LostAnswer {
    /// The connection is cut without a byte.
    #[default]
    Cut,
    /// A proxy in front answers 504.
    GatewayTimeout,
    /// Nothing ever comes.
    Hang,
}

/// Faults that tests switch on. The default is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// Every protocol endpoint answers 503, the key set and the authorisation page too.
    pub down: bool,
    /// The share of token and service requests that are answered 503 before anything happens,
    /// from 0 to 1. Spread evenly, without chance: a half is every second one.
    pub error_share: f64,
    /// How long every protocol request waits before it is looked at.
    pub delay: Duration,
    /// How many of the next accepted scores are applied, but never answered.
    pub lost_answers: u32,
    /// How those answers go missing.
    pub lost_answer: LostAnswer,
    /// How far the platform's clock is ahead in the tokens it signs and the assertions it checks.
    pub clock_skew: TimeDelta,
}

/// Spreads a share of failures evenly.
#[derive(Debug, Default)]
pub(crate) struct Spread(f64);

impl Spread {
    /// Whether this request is one of the failing share.
    pub(crate) fn takes(&mut self, share: f64) -> bool {
        self.0 += share.clamp(0.0, 1.0);
        let takes = self.0 >= 1.0;
        if takes {
            self.0 -= 1.0;
        }
        takes
    }
}
