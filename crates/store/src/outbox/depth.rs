//! How full the outbox is.

use chrono::{DateTime, Utc};

use super::DeliveryKind;
use crate::column::MaybeAt;
use crate::transaction::fetch_one;
use crate::{Store, StoreError};

/// How many rows of a kind wait, over all institutions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutboxDepth {
    /// The kind.
    pub kind: DeliveryKind,
    /// Those that are to be sent, or are being sent.
    pub pending: u64,
    /// Those that a person must look at.
    pub dead: u64,
    /// When the oldest pending one was enqueued.
    pub oldest: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct Counts {
    pending: i64,
    dead: i64,
    #[sqlx(try_from = "MaybeAt")]
    oldest: Option<DateTime<Utc>>,
}

/// The kind is written out, so that the partial indexes serve the counts.
macro_rules! counts {
    ($kind:literal) => {
        concat!(
            "SELECT count(*) AS pending, min(created_at) AS oldest, \
             (SELECT count(*) FROM outbox WHERE kind = '",
            $kind,
            "' AND state = 'dead') AS dead \
             FROM outbox WHERE kind = '",
            $kind,
            "' AND state IN ('pending', 'leased')"
        )
    };
}

impl Store {
    /// The depth of each kind, scores first.
    pub async fn outbox_depth(&self) -> Result<[OutboxDepth; 2], StoreError> {
        let (scores, statements) = self
            .read(|tx| {
                Box::pin(async move {
                    Ok((
                        fetch_one!(tx, Counts, counts!("score"))?,
                        fetch_one!(tx, Counts, counts!("statement"))?,
                    ))
                })
            })
            .await?;
        Ok([
            scores.depth(DeliveryKind::Score),
            statements.depth(DeliveryKind::Statement),
        ])
    }
}

impl Counts {
    fn depth(&self, kind: DeliveryKind) -> OutboxDepth {
        OutboxDepth {
            kind,
            pending: u64::try_from(self.pending).unwrap_or_default(),
            dead: u64::try_from(self.dead).unwrap_or_default(),
            oldest: self.oldest,
        }
    }
}
