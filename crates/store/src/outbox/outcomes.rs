//! What became of rows that a worker had leased.
//!
//! An answer counts only while the row still carries the worker's lease: one that comes after
//! another worker took the row over changes nothing, and says so by `false` or nought.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Lease;
use crate::column::millis;
use crate::transaction::execute;
use crate::{Store, StoreError};

/// Why a delivery failed: a stable code, and words for an operator without names or tokens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Such as `http_503` or `not_a_student`.
    pub code: String,
    /// The receiver's words, where it had any.
    pub message: String,
}

impl Failure {
    /// A failure with its code and words.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }
}

impl Store {
    /// The receiver has it.
    pub async fn record_delivered(
        &self,
        lease: Lease,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let changed = self
            .write_one_statement(move |tx| {
                Box::pin(async move {
                    execute!(
                        tx,
                        "UPDATE outbox SET state = 'delivered', delivered_at = $4, lease = NULL, \
                         leased_until_at = NULL, last_error = NULL, last_error_code = NULL \
                         WHERE institution = $1 AND lease = $2 AND id = $3 AND state = 'leased'",
                        lease.institution.0,
                        lease.token,
                        id,
                        millis(now),
                    )
                })
            })
            .await?;
        if changed == 1 {
            // The next score of the same key may go now.
            self.wake_outbox();
        }
        Ok(changed == 1)
    }

    /// It is to be tried again, not before a time.
    pub async fn record_retry(
        &self,
        lease: Lease,
        id: Uuid,
        not_before: DateTime<Utc>,
        failure: Failure,
    ) -> Result<bool, StoreError> {
        let changed = self
            .write_one_statement(move |tx| {
                Box::pin(async move {
                    execute!(
                        tx,
                        "UPDATE outbox SET state = 'pending', not_before_at = $4, lease = NULL, \
                         leased_until_at = NULL, last_error_code = $5, last_error = $6 \
                         WHERE institution = $1 AND lease = $2 AND id = $3 AND state = 'leased'",
                        lease.institution.0,
                        lease.token,
                        id,
                        millis(not_before),
                        failure.code,
                        failure.message,
                    )
                })
            })
            .await?;
        Ok(changed == 1)
    }

    /// It was not sent, since the receiver cannot take it now: the attempt does not count.
    pub async fn record_unsent(
        &self,
        lease: Lease,
        id: Uuid,
        not_before: DateTime<Utc>,
        failure: Failure,
    ) -> Result<bool, StoreError> {
        let changed = self
            .write_one_statement(move |tx| {
                Box::pin(async move {
                    execute!(
                        tx,
                        "UPDATE outbox SET state = 'pending', attempts = attempts - 1, \
                         not_before_at = $4, lease = NULL, leased_until_at = NULL, \
                         last_error_code = $5, last_error = $6 \
                         WHERE institution = $1 AND lease = $2 AND id = $3 AND state = 'leased'",
                        lease.institution.0,
                        lease.token,
                        id,
                        millis(not_before),
                        failure.code,
                        failure.message,
                    )
                })
            })
            .await?;
        Ok(changed == 1)
    }

    /// It failed for good. The scores after it go on without it.
    pub async fn record_dead(
        &self,
        lease: Lease,
        id: Uuid,
        failure: Failure,
    ) -> Result<bool, StoreError> {
        let changed = self
            .write_one_statement(move |tx| {
                Box::pin(async move {
                    execute!(
                        tx,
                        "UPDATE outbox SET state = 'dead', lease = NULL, leased_until_at = NULL, \
                         last_error_code = $4, last_error = $5 \
                         WHERE institution = $1 AND lease = $2 AND id = $3 AND state = 'leased'",
                        lease.institution.0,
                        lease.token,
                        id,
                        failure.code,
                        failure.message,
                    )
                })
            })
            .await?;
        if changed == 1 {
            self.wake_outbox();
        }
        Ok(changed == 1)
    }

    /// Everything that is still under the lease is to be tried again, not before a time.
    pub async fn record_all_retry(
        &self,
        lease: Lease,
        not_before: DateTime<Utc>,
        failure: Failure,
    ) -> Result<u64, StoreError> {
        self.write_one_statement(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "UPDATE outbox SET state = 'pending', not_before_at = $3, lease = NULL, \
                     leased_until_at = NULL, last_error_code = $4, last_error = $5 \
                     WHERE institution = $1 AND lease = $2 AND state = 'leased'",
                    lease.institution.0,
                    lease.token,
                    millis(not_before),
                    failure.code,
                    failure.message,
                )
            })
        })
        .await
    }
}
