//! Faults that tests switch on, at any time.

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;

use crate::PersonId;

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
///
/// Shares go from 0 to 1 and are taken of token and service requests, before anything happens,
/// spread evenly and without chance: a half is every second one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// Every protocol endpoint answers 503, the key set and the authorisation page too.
    pub down: bool,
    /// The share that is answered 503.
    pub error_share: f64,
    /// The share that is answered 429.
    pub throttled_share: f64,
    /// What those answers say in `Retry-After`; `None` leaves the header out.
    pub retry_after: Option<Duration>,
    /// The share that is never answered.
    pub unanswered_share: f64,
    /// How long every protocol request waits before it is looked at.
    pub delay: Duration,
    /// How many of the next accepted scores are applied, but never answered.
    pub lost_answers: u32,
    /// How those answers go missing.
    pub lost_answer: LostAnswer,
    /// How far the platform's clock is ahead in the tokens it signs and the assertions it checks.
    pub clock_skew: TimeDelta,
    /// Scopes that no token gets, though the tool was granted them.
    pub dropped_scopes: BTreeSet<String>,
    /// Participants whose scores are refused as if they took no part.
    pub ungradable: BTreeSet<PersonId>,
}

/// What happens to one of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Error,
    Throttled,
    Unanswered,
}

/// Spreads shares of failures evenly.
#[derive(Debug, Default)]
pub(crate) struct Spread([f64; 3]);

impl Spread {
    /// What befalls this request, if anything. Where two shares fall due, one waits for the next.
    pub(crate) fn next(&mut self, faults: &Faults) -> Option<Failure> {
        let shares = [
            (Failure::Error, faults.error_share),
            (Failure::Throttled, faults.throttled_share),
            (Failure::Unanswered, faults.unanswered_share),
        ];
        let mut taken = None;
        for (due, (failure, share)) in self.0.iter_mut().zip(shares) {
            *due = (*due + share.clamp(0.0, 1.0)).min(3.0);
            // A tenth added up ten times is a little less than one.
            if taken.is_none() && *due > 1.0 - 1e-9 {
                *due -= 1.0;
                taken = Some(failure);
            }
        }
        taken
    }
}
