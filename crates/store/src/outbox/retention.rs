//! Takes away deliveries that nobody asks about any more.

use chrono::{DateTime, Utc};

use crate::ordered_ids::first_after;
use crate::transaction::execute;
use crate::{Store, StoreError};

impl Store {
    /// Takes away what was delivered or superseded and was enqueued up to a time; answers how many
    /// rows that was. The latest score of each column and person stays, since an older dead letter
    /// must not be sent after it, and so does everything that is unfinished or dead.
    pub async fn purge_deliveries(&self, enqueued_until: DateTime<Utc>) -> Result<u64, StoreError> {
        let bound = first_after(enqueued_until);
        self.write_one_statement(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "DELETE FROM outbox WHERE id < $1 AND state IN ('delivered', 'superseded') \
                     AND (order_key IS NULL OR EXISTS (SELECT 1 FROM outbox newer \
                         WHERE newer.institution = outbox.institution \
                         AND newer.order_key = outbox.order_key \
                         AND newer.state = 'delivered' \
                         AND newer.ordinal > outbox.ordinal))",
                    bound,
                )
            })
        })
        .await
    }
}
