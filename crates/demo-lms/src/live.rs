//! What the platform holds between requests and forgets at a restart.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    CourseId, Faults, ItemId, ScoreEffect, ToolId,
    canvas::{Buckets, Waiting},
    faults::Spread,
    launch::Purpose,
};

/// The oldest records are dropped beyond this many.
const SCORE_LOG_LENGTH: usize = 50_000;

/// A launch that a page began and that its authorisation request will use up.
#[derive(Clone, Debug)]
pub(crate) struct PendingLaunch {
    pub(crate) session: String,
    pub(crate) tool: ToolId,
    pub(crate) purpose: Purpose,
    pub(crate) begun_at: DateTime<Utc>,
}

/// An access token that was given out.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub(crate) tool: ToolId,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// One score that was posted, accepted or not.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreRecord {
    /// When it came, by the platform's clock.
    pub received_at: DateTime<Utc>,
    /// The course in its URL.
    pub course: CourseId,
    /// The column in its URL.
    pub item: ItemId,
    /// The body as it was sent.
    pub body: String,
    /// The status of the answer, also of one that was lost.
    pub status: u16,
    /// The reason in the status line.
    pub reason: String,
    /// What it did to the gradebook; `None` where it was refused.
    pub effect: Option<ScoreEffect>,
    /// Whether the answer was sent, and not lost by a fault.
    pub answered: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Live {
    launches: HashMap<String, PendingLaunch>,
    tokens: HashMap<String, AccessToken>,
    pub(crate) scores: VecDeque<ScoreRecord>,
    pub(crate) faults: Faults,
    pub(crate) spread: Spread,
    pub(crate) buckets: Buckets,
    /// One-use ids, and when they were used.
    used: HashMap<String, DateTime<Utc>>,
    /// What each session picks, where the return address does not say it.
    pickers: HashMap<String, (CourseId, ToolId)>,
    /// Notices that wait to be sent.
    pub(crate) notices: Vec<Waiting>,
}

impl Live {
    pub(crate) fn begin_launch(&mut self, id: String, launch: PendingLaunch) {
        let oldest = launch.begun_at - TimeDelta::hours(8);
        self.launches.retain(|_, other| other.begun_at >= oldest);
        self.launches.insert(id, launch);
    }

    /// Uses up a launch; another session's stays where it is.
    pub(crate) fn take_launch(&mut self, id: &str, session: &str) -> Option<PendingLaunch> {
        self.launches
            .get(id)
            .is_some_and(|launch| launch.session == session)
            .then(|| self.launches.remove(id))
            .flatten()
    }

    pub(crate) fn add_token(&mut self, token: String, grant: AccessToken, now: DateTime<Utc>) {
        if self.tokens.len() >= 1_000 {
            self.tokens.retain(|_, other| other.expires_at > now);
        }
        self.tokens.insert(token, grant);
    }

    pub(crate) fn find_token(&self, token: &str, now: DateTime<Utc>) -> Option<&AccessToken> {
        self.tokens
            .get(token)
            .filter(|grant| grant.expires_at > now)
    }

    pub(crate) fn remember_picker(&mut self, session: String, course: CourseId, tool: ToolId) {
        self.pickers.insert(session, (course, tool));
    }

    pub(crate) fn find_picker(&self, session: &str) -> Option<(CourseId, ToolId)> {
        self.pickers.get(session).copied()
    }

    /// Uses a one-use id up; false where it was used before.
    pub(crate) fn use_assertion(&mut self, id: String, now: DateTime<Utc>) -> bool {
        let oldest = now - TimeDelta::hours(2);
        self.used.retain(|_, used_at| *used_at >= oldest);
        self.used.insert(id, now).is_none()
    }

    /// Whether a one-use id was used.
    pub(crate) fn was_used(&self, id: &str) -> bool {
        self.used.contains_key(id)
    }

    pub(crate) fn forget_tokens(&mut self) {
        self.tokens.clear();
    }

    pub(crate) fn log_score(&mut self, record: ScoreRecord) {
        if self.scores.len() == SCORE_LOG_LENGTH {
            self.scores.pop_front();
        }
        self.scores.push_back(record);
    }
}
