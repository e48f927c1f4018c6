//! Deliveries as people look at them, and sending a dead one again.

use chrono::{DateTime, Utc};
use mtl_lti::ags::Score;
use mtl_programme::{InstitutionId, PersonId};
use mtl_store::StoreError;
use mtl_store::outbox::{
    Delivery, DeliveryFilter, DeliveryKind, DeliveryState as State, Retry, RetryOutcome,
    ScoreTarget,
};
use serde::Serialize;
use uuid::Uuid;

use crate::Bridge;
use crate::marking::{DeliveryState, DeliveryView};
use crate::visit::Visit;

/// Why a delivery could not be listed or sent again.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// A row cannot be read.
    #[error("a stored delivery cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

/// A delivery as the command line shows it.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryRow {
    /// Its id, which `deliveries retry` takes.
    pub id: Uuid,
    /// `score` or `statement`.
    pub kind: &'static str,
    /// `pending`, `leased`, `delivered`, `dead` or `superseded`.
    pub state: &'static str,
    /// How often it was tried.
    pub attempts: i64,
    /// Whose it is; opaque.
    pub person: Option<PersonId>,
    /// What went wrong the last time.
    pub last_error: Option<String>,
    /// When it was caused.
    pub created_at: DateTime<Utc>,
    /// When it is tried next.
    pub not_before_at: DateTime<Utc>,
    /// When it was delivered.
    pub delivered_at: Option<DateTime<Utc>>,
}

impl From<Delivery> for DeliveryRow {
    fn from(row: Delivery) -> Self {
        Self {
            id: row.id,
            kind: row.kind.as_str(),
            state: row.state.as_str(),
            attempts: row.attempts,
            person: row.person,
            last_error: row.last_error,
            created_at: row.created_at,
            not_before_at: row.not_before_at,
            delivered_at: row.delivered_at,
        }
    }
}

impl Bridge {
    /// The deliveries of an institution.
    pub async fn list_deliveries(
        &self,
        institution: InstitutionId,
        filter: DeliveryFilter,
    ) -> Result<Vec<DeliveryRow>, DeliveryError> {
        let rows = self.store().list_deliveries(institution, filter).await?;
        Ok(rows.into_iter().map(DeliveryRow::from).collect())
    }

    /// Sends a dead delivery again, for an operator.
    pub async fn retry_delivery(
        &self,
        institution: InstitutionId,
        id: Uuid,
    ) -> Result<RetryOutcome, DeliveryError> {
        Ok(self
            .store()
            .retry_delivery(institution, Retry::by_operator(id), self.now())
            .await?)
    }

    /// What became of the marks that some decisions caused, newest first.
    pub(crate) async fn list_deliveries_of(
        &self,
        visit: &Visit,
        person: PersonId,
        causes: &[Uuid],
    ) -> Result<Vec<DeliveryView>, crate::marking::MarkingError> {
        let filter = DeliveryFilter {
            kind: Some(DeliveryKind::Score),
            person: Some(person),
            ..DeliveryFilter::default()
        };
        let causes: Vec<String> = causes.iter().map(Uuid::to_string).collect();
        let rows = self
            .store()
            .list_deliveries(visit.institution, filter)
            .await?;
        let rows: Vec<Delivery> = rows
            .into_iter()
            .filter(|row| row.causes.iter().any(|cause| causes.contains(cause)))
            .collect();
        let unsent = if rows.iter().any(|row| row.state == State::Dead) {
            self.unsent_rows(visit).await?
        } else {
            Vec::new()
        };
        rows.iter()
            .map(|row| {
                let again = unsent.iter().any(|one| one.id == row.id);
                view(row, again.then_some(row.id))
            })
            .collect()
    }
}

/// The score of a delivery, and its column's title as far as it is known: the comment begins with
/// the component's.
pub(crate) fn score_and_column(row: &Delivery) -> Result<(Score, String), serde_json::Error> {
    let score: Score = serde_json::from_str(&row.payload)?;
    let target: Option<ScoreTarget> = row
        .target
        .as_deref()
        .map(serde_json::from_str)
        .transpose()?;
    let column = column_title(target.as_ref(), &score);
    Ok((score, column))
}

/// The title of the column that a score goes to, as far as it is known.
pub(super) fn column_title(target: Option<&ScoreTarget>, score: &Score) -> String {
    match target {
        Some(ScoreTarget::Column { label, .. }) => label.clone(),
        Some(ScoreTarget::LineItem { .. }) | None => score
            .comment
            .as_deref()
            .and_then(|comment| comment.split(':').next())
            .unwrap_or("This activity's column")
            .to_owned(),
    }
}

/// Why a delivery failed for good, in the words that were kept with it.
pub(crate) fn dead_reason(row: &Delivery) -> String {
    row.last_error
        .clone()
        .unwrap_or_else(|| "no reason is known".to_owned())
}

fn view(row: &Delivery, again: Option<Uuid>) -> Result<DeliveryView, crate::marking::MarkingError> {
    let (score, column) = score_and_column(row)?;
    Ok(DeliveryView {
        column,
        given: score.score_given.unwrap_or_default(),
        maximum: score.score_maximum.unwrap_or(100.0),
        state: match row.state {
            State::Delivered => {
                DeliveryState::Delivered(row.delivered_at.unwrap_or(row.created_at))
            }
            State::Superseded => DeliveryState::Superseded,
            State::Dead => DeliveryState::Dead {
                reason: dead_reason(row),
                again,
            },
            State::Pending | State::Leased => DeliveryState::Waiting {
                attempts: row.attempts,
                last_error: row.last_error.clone(),
            },
        },
    })
}
