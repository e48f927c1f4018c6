//! When a course's list was read, from where, and who reads it next.

use chrono::{DateTime, Utc};
use mtl_programme::{ContextId, InstitutionId, RegistrationId};
use uuid::Uuid;

use crate::column::{MaybeAt, MaybeId, millis};
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// How far the reading of a course's list is.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct RosterRow {
    /// The registration of the link that offers the list.
    #[sqlx(try_from = "MaybeId")]
    pub registration: Option<RegistrationId>,
    /// Where the list is; absent where no link of the course offers it.
    pub memberships_url: Option<String>,
    /// When somebody last began to read it.
    #[sqlx(try_from = "MaybeAt")]
    pub asked_at: Option<DateTime<Utc>>,
    /// When the newest try ended.
    #[sqlx(try_from = "MaybeAt")]
    pub answered_at: Option<DateTime<Utc>>,
    /// When it was last read.
    #[sqlx(try_from = "MaybeAt")]
    pub read_at: Option<DateTime<Utc>>,
    /// When it was last read in whole.
    #[sqlx(try_from = "MaybeAt")]
    pub whole_at: Option<DateTime<Utc>>,
    /// Where to ask for changes since.
    pub differences_url: Option<String>,
    /// The code of the newest failure.
    pub failure: Option<String>,
    /// Where the groups of the course are.
    pub groups_url: Option<String>,
    /// Where the sets of groups are.
    pub group_sets_url: Option<String>,
    /// The groups, as JSON.
    pub course_groups: Option<String>,
}

/// A course whose list should be read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DueRoster {
    /// The institution.
    #[sqlx(try_from = "Uuid")]
    pub institution: InstitutionId,
    /// The course.
    #[sqlx(try_from = "Uuid")]
    pub context: ContextId,
}

impl Store {
    /// How far the reading of a course's list is; the default where nothing is known.
    pub async fn load_roster(
        &self,
        institution: InstitutionId,
        context: ContextId,
    ) -> Result<RosterRow, StoreError> {
        let row = self
            .read(move |tx| {
                Box::pin(async move {
                    fetch_optional!(
                        tx,
                        RosterRow,
                        "SELECT k.registration, k.memberships_url, r.asked_at, r.answered_at, \
                         r.read_at, r.whole_at, r.differences_url, r.failure, r.groups_url, \
                         r.group_sets_url, r.course_groups \
                         FROM context c \
                         LEFT JOIN roster r ON r.institution = c.institution AND r.context = c.id \
                         LEFT JOIN resource_link k ON k.institution = c.institution AND k.id = \
                         (SELECT l.id FROM resource_link l WHERE l.institution = c.institution \
                         AND l.context = c.id AND l.memberships_url IS NOT NULL \
                         ORDER BY l.created_at DESC, l.id LIMIT 1) \
                         WHERE c.institution = $1 AND c.id = $2",
                        institution.0,
                        context.0,
                    )
                })
            })
            .await?;
        Ok(row.unwrap_or_default())
    }

    /// Takes the reading of a list, unless somebody took it after `not_since`: of replicas that ask
    /// at once, one may go.
    pub async fn claim_roster(
        &self,
        institution: InstitutionId,
        context: ContextId,
        not_since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let claimed = execute!(
                    tx,
                    "INSERT INTO roster (institution, context, asked_at) VALUES ($1, $2, $3) \
                     ON CONFLICT (institution, context) DO UPDATE SET asked_at = excluded.asked_at \
                     WHERE roster.asked_at IS NULL OR roster.asked_at <= $4",
                    institution.0,
                    context.0,
                    millis(now),
                    millis(not_since),
                )?;
                Ok(claimed == 1)
            })
        })
        .await
    }

    /// Keeps why a list could not be read; what was read before stays.
    pub async fn record_roster_failure(
        &self,
        institution: InstitutionId,
        context: ContextId,
        failure: &'static str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "UPDATE roster SET failure = $3, answered_at = $4 \
                     WHERE institution = $1 AND context = $2",
                    institution.0,
                    context.0,
                    failure,
                    millis(now),
                )?;
                Ok(())
            })
        })
        .await
    }

    /// Keeps where a course's groups are (Course Groups 1.0), as its newest launch said.
    pub async fn record_groups_service(
        &self,
        institution: InstitutionId,
        context: ContextId,
        groups_url: String,
        group_sets_url: Option<String>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO roster (institution, context, groups_url, group_sets_url) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (institution, context) DO UPDATE SET \
                     groups_url = excluded.groups_url, group_sets_url = excluded.group_sets_url",
                    institution.0,
                    context.0,
                    groups_url,
                    group_sets_url,
                )?;
                Ok(())
            })
        })
        .await
    }

    /// Courses of all institutions that were launched from since `launched_since` and whose list
    /// nobody asked for since `asked_before`; the longest waiting first.
    pub async fn list_due_rosters(
        &self,
        asked_before: DateTime<Utc>,
        launched_since: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueRoster>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    DueRoster,
                    "SELECT k.institution, k.context FROM resource_link k \
                     LEFT JOIN roster r ON r.institution = k.institution AND r.context = k.context \
                     WHERE k.memberships_url IS NOT NULL \
                     AND (r.asked_at IS NULL OR r.asked_at <= $1) \
                     AND EXISTS (SELECT 1 FROM membership m WHERE m.institution = k.institution \
                     AND m.context = k.context AND m.last_seen_at >= $2) \
                     GROUP BY k.institution, k.context \
                     ORDER BY min(COALESCE(r.asked_at, 0)), k.context LIMIT $3",
                    millis(asked_before),
                    millis(launched_since),
                    i64::from(limit),
                )
            })
        })
        .await
    }
}
