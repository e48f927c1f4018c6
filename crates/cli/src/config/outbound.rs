//! Outgoing calls: what they may reach, and how long they may take.

use std::time::Duration;

use mtl_lti_client::{CallLimits, OutboundRules};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ConfigProblems;

/// What outgoing calls may reach besides public https addresses, and how long calls to platforms
/// may take.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Outbound {
    /// Allows plain http to this machine, for development and the demonstration only.
    pub(crate) allow_loopback_http: bool,
    /// Allows https to private addresses (an LMS inside the university's own network).
    pub(crate) allow_private_networks: bool,
    /// Seconds to find a platform's address and connect to it, from 1 to `call_timeout_seconds`.
    #[schemars(range(min = 1, max = 30))]
    pub(crate) connect_timeout_seconds: u64,
    /// Seconds for a whole call to a platform with its answer, from 2 to 30.
    #[schemars(range(min = 2, max = 30))]
    pub(crate) call_timeout_seconds: u64,
}

impl Default for Outbound {
    fn default() -> Self {
        let limits = CallLimits::default();
        Self {
            allow_loopback_http: false,
            allow_private_networks: false,
            connect_timeout_seconds: limits.connect_timeout.as_secs(),
            call_timeout_seconds: limits.total_timeout.as_secs(),
        }
    }
}

impl Outbound {
    /// Shorter than that, a platform that is only slow is taken for down.
    const LEAST: u64 = 2;
    /// A score takes several calls, and a worker keeps it for six minutes at most: longer calls would
    /// let another worker begin while the first still sends.
    const MOST: u64 = 30;

    /// Which addresses may be called.
    pub(crate) fn rules(&self) -> OutboundRules {
        OutboundRules {
            allow_loopback_http: self.allow_loopback_http,
            allow_private_networks: self.allow_private_networks,
        }
    }

    /// How long calls to platforms may take.
    pub(crate) fn limits(&self) -> CallLimits {
        CallLimits {
            connect_timeout: Duration::from_secs(self.connect_timeout_seconds),
            total_timeout: Duration::from_secs(self.call_timeout_seconds),
            ..CallLimits::default()
        }
    }

    pub(super) fn check(&self, problems: &mut ConfigProblems) {
        let (connect, call) = (self.connect_timeout_seconds, self.call_timeout_seconds);
        if !(Self::LEAST..=Self::MOST).contains(&call) {
            problems.add(
                "outbound.call_timeout_seconds",
                format!("{call} is not from {} to {}", Self::LEAST, Self::MOST),
                "write the seconds that a platform may take for one answer, such as 20",
            );
        } else if !(1..=call).contains(&connect) {
            problems.add(
                "outbound.connect_timeout_seconds",
                format!("{connect} is not from 1 to call_timeout_seconds, which is {call}"),
                "write the seconds that a connection may take, such as 5",
            );
        }
    }
}
