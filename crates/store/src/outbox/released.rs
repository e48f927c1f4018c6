//! Scores with the course and the person that they are about, for holding gradebooks against them.

use chrono::{DateTime, Utc};
use mtl_programme::{ContextId, DeploymentId, InstitutionId, PersonId, RegistrationId};
use uuid::Uuid;

use super::DeliveryState;
use crate::column::{MaybeAt, MaybeId, Texts};
use crate::transaction::fetch_all;
use crate::{Store, StoreError};

/// A score that was sent, or is to be.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct SentScore {
    /// The row; sorts by time.
    pub id: Uuid,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: DeliveryState,
    /// The same for all scores of one person in one column.
    pub order_key: String,
    /// The second that it carries.
    pub ordinal: i64,
    /// The platform.
    #[sqlx(try_from = "Uuid")]
    pub registration: RegistrationId,
    /// The deployment.
    #[sqlx(try_from = "Uuid")]
    pub deployment: DeploymentId,
    /// The course; absent in rows of older versions.
    #[sqlx(try_from = "MaybeId")]
    pub context: Option<ContextId>,
    /// The course's title.
    pub course: Option<String>,
    /// Whose score.
    #[sqlx(try_from = "Uuid")]
    pub person: PersonId,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// The column, as JSON of [`super::ScoreTarget`].
    pub target: String,
    /// What is sent, as JSON.
    pub payload: String,
    /// What caused it.
    #[sqlx(try_from = "Texts")]
    pub causes: Vec<String>,
    /// The receiver's words at the last failure.
    pub last_error: Option<String>,
    /// When it was delivered.
    #[sqlx(try_from = "MaybeAt")]
    pub delivered_at: Option<DateTime<Utc>>,
}

impl Store {
    /// The scores of an institution, or of one of its courses, oldest first, without those that gave
    /// their place to a newer one; at most `limit` of them, from after the row `after`.
    pub async fn list_sent_scores(
        &self,
        institution: InstitutionId,
        course: Option<ContextId>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<SentScore>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    SentScore,
                    "SELECT o.id, o.state, o.order_key, o.ordinal, o.registration, o.deployment, \
                     o.context, c.title AS course, o.person, p.name, o.target, o.payload, o.causes, \
                     o.last_error, o.delivered_at FROM outbox o \
                     LEFT JOIN person p ON p.id = o.person AND p.institution = o.institution \
                     LEFT JOIN context c ON c.id = o.context AND c.institution = o.institution \
                     WHERE o.institution = $1 AND o.kind = 'score' AND o.state <> 'superseded' \
                     AND ($2 IS NULL OR o.context = $2) AND ($3 IS NULL OR o.id > $3) \
                     ORDER BY o.id LIMIT $4",
                    institution.0,
                    course.map(|course| course.0),
                    after,
                    i64::from(limit),
                )
            })
        })
        .await
    }

    /// The courses of an institution that have this id at the platform, short name or title.
    pub async fn find_courses(
        &self,
        institution: InstitutionId,
        named: String,
    ) -> Result<Vec<ContextId>, StoreError> {
        let rows = self
            .read(move |tx| {
                Box::pin(async move {
                    fetch_all!(
                        tx,
                        (Uuid,),
                        "SELECT id FROM context WHERE institution = $1 \
                         AND (lms_context = $2 OR label = $2 OR title = $2) ORDER BY id",
                        institution.0,
                        named,
                    )
                })
            })
            .await?;
        Ok(rows.into_iter().map(|(id,)| ContextId(id)).collect())
    }
}
