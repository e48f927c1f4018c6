//! Decisions of a policy, with their receipts, and their release.

use chrono::{DateTime, Utc};
use mtl_programme::{ContextId, DecisionId, InstitutionId, PersonId};
use uuid::Uuid;

use crate::column::{At, MaybeAt, MaybeId, millis};
use crate::outbox::Effects;
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// What a policy decided about one person's module, or why it could not.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DecisionRow {
    /// The decision.
    #[sqlx(try_from = "Uuid")]
    pub id: DecisionId,
    /// About whom.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// In which course.
    #[sqlx(try_from = "Uuid")]
    pub context: ContextId,
    /// The programme's id.
    pub programme: String,
    /// The module's id.
    pub module: String,
    /// The decision, canonical JSON; none where the policy failed.
    pub decision: Option<String>,
    /// Why the policy could not decide, JSON.
    pub failure: Option<String>,
    /// The receipt, JSON: what is needed to decide again.
    pub receipt: Option<String>,
    /// SHA-256 of the policy's component, hexadecimal.
    pub policy_digest: String,
    /// Who asked for it.
    #[sqlx(try_from = "Uuid")]
    pub decided_by: PersonId,
    /// When.
    #[sqlx(try_from = "At")]
    pub decided_at: DateTime<Utc>,
    /// Who released it.
    #[sqlx(try_from = "MaybeId")]
    pub released_by: Option<PersonId>,
    /// When it was released.
    #[sqlx(try_from = "MaybeAt")]
    pub released_at: Option<DateTime<Utc>>,
}

/// A decision that is recorded.
#[derive(Clone, Debug)]
pub struct NewDecision {
    /// Its id.
    pub id: DecisionId,
    /// About whom.
    pub person: PersonId,
    /// In which course.
    pub context: ContextId,
    /// The programme's id.
    pub programme: String,
    /// The module's id.
    pub module: String,
    /// The decision, canonical JSON.
    pub decision: Option<String>,
    /// Why the policy could not decide, JSON.
    pub failure: Option<String>,
    /// The receipt, JSON.
    pub receipt: Option<String>,
    /// SHA-256 of the policy's component, hexadecimal.
    pub policy_digest: String,
    /// Who asked for it.
    pub decided_by: PersonId,
    /// When.
    pub decided_at: DateTime<Utc>,
}

const COLUMNS: &str = "id, person, context, programme, module, decision, failure, receipt, \
     policy_digest, decided_by, decided_at, released_by, released_at";

impl Store {
    /// Records a decision, or that none could be made.
    pub async fn record_decision(
        &self,
        institution: InstitutionId,
        decision: NewDecision,
        effects: Effects,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO decision (institution, id, person, context, programme, module, \
                     decision, failure, receipt, policy_digest, decided_by, decided_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                    institution.0,
                    decision.id.0,
                    decision.person.0,
                    decision.context.0,
                    &decision.programme,
                    &decision.module,
                    decision.decision.as_deref(),
                    decision.failure.as_deref(),
                    decision.receipt.as_deref(),
                    &decision.policy_digest,
                    decision.decided_by.0,
                    millis(decision.decided_at),
                )?;
                effects.record(tx, institution, decision.decided_at).await
            })
        })
        .await
    }

    /// Releases a decision with everything that follows from it. `false`: it was released
    /// already, failed, or a newer one exists; nothing was written.
    pub async fn release_decision(
        &self,
        institution: InstitutionId,
        decision: DecisionId,
        by: PersonId,
        now: DateTime<Utc>,
        effects: Effects,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let released = execute!(
                    tx,
                    "UPDATE decision SET released_by = $3, released_at = $4 \
                     WHERE institution = $1 AND id = $2 AND released_at IS NULL \
                     AND decision IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decision newer \
                     WHERE newer.institution = decision.institution \
                     AND newer.person = decision.person AND newer.programme = decision.programme \
                     AND newer.module = decision.module AND newer.context = decision.context \
                     AND (newer.decided_at > decision.decided_at \
                     OR (newer.decided_at = decision.decided_at AND newer.id > decision.id)))",
                    institution.0,
                    decision.0,
                    by.0,
                    millis(now),
                )? == 1;
                if released {
                    effects.record(tx, institution, now).await?;
                }
                Ok(released)
            })
        })
        .await
    }

    /// The decisions about one person, newest first.
    pub async fn list_decisions(
        &self,
        institution: InstitutionId,
        person: PersonId,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    DecisionRow,
                    sqlx::AssertSqlSafe(format!(
                        "SELECT {COLUMNS} FROM decision WHERE institution = $1 AND person = $2 \
                         ORDER BY decided_at DESC, id DESC"
                    )),
                    institution.0,
                    person.0,
                )
            })
        })
        .await
    }

    /// One decision.
    pub async fn find_decision(
        &self,
        institution: InstitutionId,
        decision: DecisionId,
    ) -> Result<Option<DecisionRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    DecisionRow,
                    sqlx::AssertSqlSafe(format!(
                        "SELECT {COLUMNS} FROM decision WHERE institution = $1 AND id = $2"
                    )),
                    institution.0,
                    decision.0,
                )
            })
        })
        .await
    }

    /// The decisions about everybody in one course, newest first.
    pub async fn list_decisions_of_context(
        &self,
        institution: InstitutionId,
        context: ContextId,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    DecisionRow,
                    sqlx::AssertSqlSafe(format!(
                        "SELECT {COLUMNS} FROM decision WHERE institution = $1 AND context = $2 \
                         ORDER BY decided_at DESC, id DESC"
                    )),
                    institution.0,
                    context.0,
                )
            })
        })
        .await
    }
}
