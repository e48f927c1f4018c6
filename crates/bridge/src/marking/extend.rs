//! More time for a draft, granted by a tutor.

use chrono::{DateTime, Utc};
use mtl_programme::AttemptId;

use super::MarkingError;
use crate::Bridge;
use crate::visit::Visit;

impl Bridge {
    /// Extends an attempt's due time. With `mitigation`, accepted circumstances are recorded, which
    /// the institution's policy may take into account.
    pub async fn extend(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        until: DateTime<Utc>,
        mitigation: bool,
        reason: &str,
    ) -> Result<(), MarkingError> {
        let row = self.load_readable_attempt(visit, attempt).await?;
        if !self.role_towards(visit, row.person).await?.may_reopen() {
            return Err(MarkingError::NotAllowed);
        }
        let reason = super::verify_reason(reason)?;
        if row.due_at.is_some_and(|due| until <= due) {
            return Err(MarkingError::Date);
        }
        let effects = self
            .effects(visit)
            .audited_with(
                "attempt.extended",
                attempt.0,
                serde_json::json!({ "until": until, "mitigation": mitigation, "reason": reason }),
            )
            .done();
        self.store()
            .extend_attempt(
                visit.institution,
                attempt,
                until,
                mitigation,
                effects,
                self.now(),
            )
            .await?;
        Ok(())
    }
}
