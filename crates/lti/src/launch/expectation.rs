//! What a launch must be like to be ours: the registration, the login that it answers, and the time.

use chrono::{DateTime, TimeDelta, Utc};

use super::SigningAlgorithm;
use crate::url_rules::ToolUrl;

/// Which deployments of a registration may launch.
#[derive(Debug, Clone, Copy)]
pub enum KnownDeployments<'a> {
    /// Any: the caller decides what to do about a new one.
    Any,
    /// Only these.
    Listed(&'a [String]),
}

impl KnownDeployments<'_> {
    pub(super) fn knows(self, deployment: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(known) => known.iter().any(|known| known == deployment),
        }
    }
}

/// What the token of one login must hold.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The registration's issuer, to the letter.
    pub issuer: &'a str,
    /// The registration's client id.
    pub client_id: &'a str,
    /// The nonce that went out with this login.
    pub nonce: &'a str,
    /// Which deployments may launch.
    pub deployments: KnownDeployments<'a>,
    /// Where we are: `target_link_uri` must lie within.
    pub tool_url: &'a ToolUrl,
    /// Algorithms that the registration accepts; [`SigningAlgorithm::DEFAULT`] unless it says more.
    pub algorithms: &'a [SigningAlgorithm],
    /// The time.
    pub now: DateTime<Utc>,
    /// How far clocks may differ, each way; [`Expectation::LEEWAY`].
    pub leeway: TimeDelta,
    /// How long ago a token may have been issued; [`Expectation::LONGEST_LAUNCH`].
    pub longest_launch: TimeDelta,
}

impl Expectation<'_> {
    /// How far clocks may differ. Users of strict libraries were stopped by 0.15 s.
    pub const LEEWAY: TimeDelta = TimeDelta::seconds(60);
    /// A browser posts its token at once; an hour leaves room for a slow sign-in page between.
    pub const LONGEST_LAUNCH: TimeDelta = TimeDelta::hours(1);
}
