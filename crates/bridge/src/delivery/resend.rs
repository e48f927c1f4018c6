//! Sends again what a gradebook does not show as it was released.

use mtl_lti::ags::Score;
use mtl_programme::{ContextId, InstitutionId};
use mtl_store::outbox::{AuditEntry, Effects, NewScore, RetryOutcome};
use uuid::Uuid;

use super::DeliveryError;
use super::verify::{Finding, VerifiedScore};
use crate::Bridge;
use crate::product::Product;

impl Bridge {
    /// Sends a mark again, as a new score of this moment; a dead letter is put back. `false`: there
    /// is nothing that sending again would mend.
    pub async fn resend_score(
        &self,
        institution: InstitutionId,
        verified: &VerifiedScore,
    ) -> Result<bool, DeliveryError> {
        match verified.finding {
            Finding::Same | Finding::Waiting | Finding::Unreadable => return Ok(false),
            Finding::Dead => {
                let outcome = self.retry_delivery(institution, verified.delivery).await?;
                return Ok(outcome == RetryOutcome::Pending);
            }
            Finding::Missing
            | Finding::OtherMark
            | Finding::OtherComment
            | Finding::ColumnMissing => {}
        }
        let row = &verified.row;
        let product = self
            .store()
            .load_registration(row.registration)
            .await?
            .product;
        let score: Score = serde_json::from_str(&row.payload)?;
        let comment_is_missing = matches!(
            verified.finding,
            Finding::OtherComment | Finding::ColumnMissing
        );
        let new = NewScore {
            registration: row.registration,
            deployment: row.deployment,
            context: row.context.unwrap_or(ContextId(Uuid::nil())),
            target: serde_json::from_str(&row.target)?,
            person: row.person,
            score: Score {
                comment: verified.comment.clone(),
                ..score
            },
            repeats_comment: comment_is_missing
                || Product::of(product.as_deref()) != Product::Canvas,
            causes: row.causes.iter().filter_map(|id| id.parse().ok()).collect(),
        };
        let entry = AuditEntry {
            actor: None,
            action: "delivery.resent".to_owned(),
            object_kind: "delivery".to_owned(),
            object: row.id.to_string(),
            details: serde_json::json!({ "finding": verified.finding }),
        };
        let effects = Effects {
            scores: vec![new],
            audit: vec![entry],
            ..Effects::default()
        };
        let now = self.now();
        self.store()
            .write(move |tx| Box::pin(async move { effects.record(tx, institution, now).await }))
            .await?;
        Ok(true)
    }
}
