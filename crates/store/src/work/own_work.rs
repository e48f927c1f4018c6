//! One person's work on one activity with all that its page shows, in one query.

use mtl_programme::{ActivityKey, InstitutionId, PersonId};

use super::attempts::{AttemptRow, COLUMNS};
use crate::transaction::fetch_all;
use crate::{Store, StoreError};

/// An attempt with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnWorkRow {
    /// The attempt.
    #[sqlx(flatten)]
    pub attempt: AttemptRow,
    /// Its evidence in the order in which it was added, as a JSON array of the items.
    pub evidence: String,
    /// How many earlier drafts are kept.
    pub versions: i64,
    /// Whether any decision of its course about the activity's module was released to the person.
    pub has_release: bool,
}

impl Store {
    /// A person's attempts at one activity in all courses, oldest first.
    pub async fn list_own_work(
        &self,
        institution: InstitutionId,
        person: PersonId,
        activity: ActivityKey,
    ) -> Result<Vec<OwnWorkRow>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    OwnWorkRow,
                    sqlx::AssertSqlSafe(format!(
                        "SELECT {COLUMNS}, \
                         '[' || COALESCE((SELECT string_agg(e.item, ',' ORDER BY e.added_at, e.id) \
                         FROM evidence e WHERE e.institution = attempt.institution \
                         AND e.attempt = attempt.id AND e.removed_at IS NULL), '') || ']' \
                         AS evidence, \
                         (SELECT count(*) FROM draft_version v \
                         WHERE v.institution = attempt.institution AND v.attempt = attempt.id) \
                         AS versions, \
                         EXISTS (SELECT 1 FROM decision d \
                         WHERE d.institution = attempt.institution AND d.person = attempt.person \
                         AND d.context = attempt.context \
                         AND d.programme = attempt.programme AND d.module = attempt.module \
                         AND d.released_at IS NOT NULL) AS has_release \
                         FROM attempt WHERE institution = $1 AND person = $2 \
                         AND programme = $3 AND activity = $4 ORDER BY number, opened_at, id"
                    )),
                    institution.0,
                    person.0,
                    &activity.programme,
                    &activity.activity,
                )
            })
        })
        .await
    }
}
