//! Takes away what has run out: nonces, sessions, launches that no session can use any more, and
//! private keys that sign nothing any more.

use chrono::{DateTime, TimeDelta, Utc};

use crate::column::millis;
use crate::transaction::execute;
use crate::{Store, StoreError};

/// A launch is kept longer than any session lasts, so that a person who comes back can be told.
const LAUNCHES_KEPT: TimeDelta = TimeDelta::days(30);

/// How many rows were taken away.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Purged {
    /// Nonces of tokens that would be refused as expired.
    pub nonces: u64,
    /// Sessions that have ended, of visitors and of administrators.
    pub sessions: u64,
    /// Launches of long ago.
    pub launches: u64,
    /// Signing keys that left the published key set; the audit trail keeps their names.
    pub signing_keys: u64,
}

impl Store {
    /// Takes away what has run out by now.
    pub async fn purge_expired(&self, now: DateTime<Utc>) -> Result<Purged, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                Ok(Purged {
                    nonces: execute!(tx, "DELETE FROM nonce WHERE expires_at <= $1", millis(now))?,
                    sessions: execute!(
                        tx,
                        "DELETE FROM session WHERE expires_at <= $1",
                        millis(now)
                    )? + execute!(
                        tx,
                        "DELETE FROM admin_grant WHERE expires_at <= $1",
                        millis(now)
                    )?,
                    launches: execute!(
                        tx,
                        "DELETE FROM launch WHERE created_at <= $1",
                        millis(now - LAUNCHES_KEPT)
                    )?,
                    signing_keys: execute!(
                        tx,
                        "DELETE FROM signing_key WHERE retired_at <= $1",
                        millis(now)
                    )?,
                })
            })
        })
        .await
    }
}
