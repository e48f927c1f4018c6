//! One signing key after the other: by command, on schedule, in an emergency.
//!
//! A new key is published for a day before it signs, and the one before it stays published for a day
//! after that. Our replicas know new keys within a minute, the published set may be cached for five
//! minutes, platforms have been seen to keep it for hours; what we sign lives for a few minutes.

use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mtl_store::launch::{KeyRotation, Resealed};
use mtl_store::sealing::Sealer;

use super::{KeyError, new_key, signing_key};
use crate::Bridge;
use crate::secret::{MasterSecret, Purpose};

/// How long a key is published before it signs.
const AHEAD: TimeDelta = TimeDelta::hours(24);
/// How long a key stays published after another one signs.
const AFTER: TimeDelta = TimeDelta::hours(24);
/// How often the schedule is looked at.
const LOOK: Duration = Duration::from_mins(1);

/// When a new key signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rotation {
    /// After platforms have had a day to fetch it; nothing that is under way is disturbed.
    Planned,
    /// At once, and all older keys leave at once: for a private key that others may know.
    Now,
}

/// What a published key does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyState {
    /// Published, and signs later.
    Waiting,
    /// Signs.
    Signing,
    /// Signed until another key took its place; published until nothing that it signed is live.
    Leaving,
}

impl KeyState {
    /// The state in a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Signing => "signing",
            Self::Leaving => "leaving",
        }
    }
}

/// A published key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyRow {
    /// Its name.
    pub kid: String,
    /// What it does now.
    pub state: KeyState,
    /// Since when it is published.
    pub published_at: DateTime<Utc>,
    /// From when it signs.
    pub signs_from: DateTime<Utc>,
    /// When it leaves the published key set; absent for the newest.
    pub leaves_at: Option<DateTime<Utc>>,
}

impl Bridge {
    /// The published keys, in the order in which they sign.
    pub async fn list_keys(&self) -> Result<Vec<KeyRow>, KeyError> {
        let now = self.now();
        let stored = self.stored_keys(now).await?;
        let signing = signing_key(&stored, now).map(|key| key.kid.clone());
        let mut reached = false;
        Ok(stored
            .into_iter()
            .map(|key| {
                let state = if signing.as_deref() == Some(key.kid.as_str()) {
                    reached = true;
                    KeyState::Signing
                } else if reached {
                    KeyState::Waiting
                } else {
                    KeyState::Leaving
                };
                KeyRow {
                    kid: key.kid,
                    state,
                    published_at: key.created_at,
                    signs_from: key.active_at,
                    leaves_at: key.retired_at,
                }
            })
            .collect())
    }

    /// Adds a key that takes the place of the one that signs.
    pub async fn rotate_keys(&self, rotation: Rotation) -> Result<(), KeyError> {
        let rows = self.list_keys().await?;
        let now = self.now();
        let newest = rows.last().ok_or(KeyError::ChangedMeanwhile)?;
        let (signs_from, others_leave_at) = match rotation {
            Rotation::Planned if newest.state == KeyState::Waiting => {
                return Err(KeyError::UnderWay(newest.signs_from));
            }
            Rotation::Planned => (now + AHEAD, now + AHEAD + AFTER),
            Rotation::Now => (now, now),
        };
        let rotated = self
            .store()
            .rotate_signing_keys(
                KeyRotation {
                    new: new_key(signs_from)?,
                    replaces: newest.kid.clone(),
                    others_leave_at,
                },
                &self.key_sealer()?,
                now,
            )
            .await?;
        self.key_cache().0.invalidate(&()).await;
        if !rotated {
            return Err(KeyError::ChangedMeanwhile);
        }
        tracing::info!(%signs_from, "a new signing key is published");
        Ok(())
    }

    /// Takes a key that signs no more out of the published set, before its time.
    pub async fn retire_key(&self, kid: &str) -> Result<(), KeyError> {
        let retired = self
            .store()
            .withdraw_signing_key(kid.to_owned(), self.now())
            .await?;
        self.key_cache().0.invalidate(&()).await;
        retired
            .then_some(())
            .ok_or_else(|| KeyError::NotLeaving(kid.to_owned()))
    }

    /// Rotates where the newest key is as old as `every`; answers whether it did.
    pub async fn rotate_keys_if_due(&self, every: TimeDelta) -> Result<bool, KeyError> {
        let rows = self.list_keys().await?;
        let due = rows
            .last()
            .is_some_and(|newest| newest.published_at + every <= self.now());
        if !due {
            return Ok(false);
        }
        match self.rotate_keys(Rotation::Planned).await {
            Ok(()) => Ok(true),
            // Another replica did it.
            Err(KeyError::ChangedMeanwhile | KeyError::UnderWay(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Rotates on schedule until `stop` completes. Any number of replicas may do it.
    pub async fn run_key_rotation(&self, every: TimeDelta, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = &mut stop => return,
                _ = look.tick() => {
                    if let Err(error) = self.rotate_keys_if_due(every).await {
                        tracing::warn!(code = error.code(), "keys could not be rotated");
                    }
                }
            }
        }
    }

    /// Encrypts everything in the store with this bridge's secret that was encrypted with the old one.
    pub async fn reseal_secrets(&self, old: &MasterSecret) -> Result<Resealed, KeyError> {
        let old = Sealer::new(&old.derive(Purpose::PrivateKeys))?;
        let resealed = self
            .store()
            .reseal(old, self.key_sealer()?, self.now())
            .await
            .map_err(|error| match KeyError::from(error) {
                KeyError::OtherSecret => KeyError::NotTheOldSecret,
                other => other,
            })?;
        self.key_cache().0.invalidate(&()).await;
        Ok(resealed)
    }
}
