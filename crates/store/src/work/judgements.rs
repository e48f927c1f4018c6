//! Judgements: what a coach or a tutor says of a submission. A new one of the same assessor
//! replaces the earlier one, which is kept.

use chrono::{DateTime, Utc};
use mtl_programme::{AttemptId, ContextId, InstitutionId, JudgementId, PersonId};
use uuid::Uuid;

use crate::column::{At, millis};
use crate::outbox::Effects;
use crate::transaction::{execute, fetch_all};
use crate::{Store, StoreError};

/// One judgement.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct JudgementRow {
    /// The judgement.
    #[sqlx(try_from = "Uuid")]
    pub id: JudgementId,
    /// The attempt that is judged.
    #[sqlx(try_from = "Uuid")]
    pub attempt: AttemptId,
    /// Who judges.
    #[sqlx(try_from = "Uuid")]
    pub assessor: PersonId,
    /// As what: the name of a `ProgrammeRole`.
    pub role: String,
    /// Hundredths of a mark.
    pub mark: Option<i64>,
    /// For work that is judged without a mark.
    pub satisfied: Option<bool>,
    /// Judgements of single criteria, JSON.
    pub criteria: String,
    /// What the participant reads.
    pub comment: String,
    /// When.
    #[sqlx(try_from = "At")]
    pub judged_at: DateTime<Utc>,
}

/// A judgement that is given.
#[derive(Clone, Debug)]
pub struct NewJudgement {
    /// Its id.
    pub id: JudgementId,
    /// The attempt.
    pub attempt: AttemptId,
    /// Who judges.
    pub assessor: PersonId,
    /// As what.
    pub role: String,
    /// Hundredths of a mark.
    pub mark: Option<i64>,
    /// For work that is judged without a mark.
    pub satisfied: Option<bool>,
    /// Judgements of single criteria, JSON.
    pub criteria: String,
    /// What the participant reads.
    pub comment: String,
    /// When.
    pub judged_at: DateTime<Utc>,
}

impl Store {
    /// Records a judgement of submitted work. `false`: the work is not submitted.
    pub async fn record_judgement(
        &self,
        institution: InstitutionId,
        judgement: NewJudgement,
        effects: Effects,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                // Holds the submission until the commit, so that of two judgements of one
                // assessor at once the second replaces the first.
                let is_submitted = execute!(
                    tx,
                    "UPDATE attempt SET submitted_at = submitted_at \
                     WHERE institution = $1 AND id = $2 AND submitted_at IS NOT NULL",
                    institution.0,
                    judgement.attempt.0,
                )? == 1;
                if !is_submitted {
                    return Ok(false);
                }
                execute!(
                    tx,
                    "UPDATE judgement SET replaced_at = $5 WHERE institution = $1 AND attempt = $2 \
                     AND assessor = $3 AND role = $4 AND replaced_at IS NULL",
                    institution.0,
                    judgement.attempt.0,
                    judgement.assessor.0,
                    &judgement.role,
                    millis(judgement.judged_at),
                )?;
                execute!(
                    tx,
                    "INSERT INTO judgement (institution, id, attempt, assessor, role, mark, \
                     satisfied, criteria, comment, judged_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                    institution.0,
                    judgement.id.0,
                    judgement.attempt.0,
                    judgement.assessor.0,
                    &judgement.role,
                    judgement.mark,
                    judgement.satisfied,
                    &judgement.criteria,
                    &judgement.comment,
                    millis(judgement.judged_at),
                )?;
                effects.record(tx, institution, judgement.judged_at).await?;
                Ok(true)
            })
        })
        .await
    }

    /// The judgements in force of all attempts of one person, oldest first.
    pub async fn list_judgements(
        &self,
        institution: InstitutionId,
        person: PersonId,
    ) -> Result<Vec<JudgementRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    JudgementRow,
                    "SELECT j.id, j.attempt, j.assessor, j.role, j.mark, j.satisfied, j.criteria, \
                     j.comment, j.judged_at FROM judgement j JOIN attempt a \
                     ON a.institution = j.institution AND a.id = j.attempt \
                     WHERE j.institution = $1 AND a.person = $2 AND j.replaced_at IS NULL \
                     ORDER BY j.judged_at, j.id",
                    institution.0,
                    person.0,
                )
            })
        })
        .await
    }

    /// The judgements in force of all attempts that were begun in one course, oldest first.
    pub async fn list_judgements_of_context(
        &self,
        institution: InstitutionId,
        context: ContextId,
    ) -> Result<Vec<JudgementRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    JudgementRow,
                    "SELECT j.id, j.attempt, j.assessor, j.role, j.mark, j.satisfied, j.criteria, \
                     j.comment, j.judged_at FROM judgement j JOIN attempt a \
                     ON a.institution = j.institution AND a.id = j.attempt \
                     WHERE j.institution = $1 AND a.context = $2 AND j.replaced_at IS NULL \
                     ORDER BY j.judged_at, j.id",
                    institution.0,
                    context.0,
                )
            })
        })
        .await
    }
}
