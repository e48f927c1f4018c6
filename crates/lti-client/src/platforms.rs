//! All calls to platforms behind one handle.

use std::sync::Arc;

use chrono::Utc;

use crate::calls::Calls;
use crate::http::Http;
use crate::limiter::Limiter;
use crate::tokens::Clock;
use crate::{
    Ags, CallLimits, Groups, KeySets, NoticeHandlers, Nrps, OutboundRules, Registrations, Tokens,
};

/// Calls to platforms. Clones share their memory of keys and tokens.
#[derive(Clone, Debug)]
pub struct Platforms(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    http: Http,
    key_sets: KeySets,
    tokens: Tokens,
    ags: Ags,
    nrps: Nrps,
    groups: Groups,
    registrations: Registrations,
    notice_handlers: NoticeHandlers,
}

/// The HTTP client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for platforms could not be made: {0}")]
pub struct PlatformsError(#[from] reqwest::Error);

impl PlatformsError {
    /// A stable name of the reason.
    pub const fn code(&self) -> &'static str {
        "platform_http_client"
    }
}

impl Platforms {
    /// With the usual limits.
    pub fn new(rules: OutboundRules) -> Result<Self, PlatformsError> {
        Self::with_limits(rules, CallLimits::default())
    }

    /// With other limits.
    pub fn with_limits(rules: OutboundRules, limits: CallLimits) -> Result<Self, PlatformsError> {
        Self::with_clock(rules, limits, Arc::new(Utc::now))
    }

    /// With other limits and a clock that our assertions are dated by, for platforms whose own clock
    /// is moved.
    pub fn with_clock(
        rules: OutboundRules,
        limits: CallLimits,
        clock: Clock,
    ) -> Result<Self, PlatformsError> {
        let http = Http::new(rules, limits)?;
        let limiter = Limiter::new(limits.throttle_pause);
        let tokens = Tokens::new(http.clone(), limiter.clone(), clock);
        let calls = Calls::new(http.clone(), tokens.clone(), limiter);
        Ok(Self(Arc::new(Parts {
            http: http.clone(),
            registrations: Registrations::new(http.clone()),
            key_sets: KeySets::new(http),
            tokens,
            ags: Ags::new(calls.clone()),
            nrps: Nrps::new(calls.clone()),
            groups: Groups::new(calls.clone()),
            notice_handlers: NoticeHandlers::new(calls),
        })))
    }

    pub(crate) fn http(&self) -> &Http {
        &self.0.http
    }

    /// The platforms' public keys.
    pub fn key_sets(&self) -> &KeySets {
        &self.0.key_sets
    }

    /// Our tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// Gradebooks.
    pub fn ags(&self) -> &Ags {
        &self.0.ags
    }

    /// Dynamic Registration.
    pub fn registrations(&self) -> &Registrations {
        &self.0.registrations
    }

    /// Subscriptions to notices.
    pub fn notice_handlers(&self) -> &NoticeHandlers {
        &self.0.notice_handlers
    }

    /// Rosters.
    pub fn nrps(&self) -> &Nrps {
        &self.0.nrps
    }

    /// Groups of courses.
    pub fn groups(&self) -> &Groups {
        &self.0.groups
    }
}
