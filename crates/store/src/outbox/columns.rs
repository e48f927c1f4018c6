//! Who may make a column of a gradebook, so that nobody makes it twice.
//!
//! Whoever takes the row of a column looks for it on the platform and makes it where it is not
//! there. The others come back later. No lock spans the calls: a claim ends by itself, so that a
//! worker that died is taken over.

use chrono::{DateTime, Utc};
use mtl_programme::{ContextId, DeploymentId, InstitutionId, RegistrationId, ResourceLinkId};
use uuid::Uuid;

use super::ScoreTarget;
use crate::column::millis;
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// A column that is found by its ids, as the store knows it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ColumnKey {
    /// The institution.
    pub institution: InstitutionId,
    /// The platform, and what the column is known by there.
    pub key: String,
    /// The link that it belongs to.
    pub link: Option<ResourceLinkId>,
}

/// What became of taking a column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ColumnClaim {
    /// It is there, at this address.
    Known(String),
    /// It is the caller's to look for and to make, under this claim.
    Ours(Uuid),
    /// Somebody else looks for it.
    Taken,
}

/// A link for which the platform names no column.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct LinkWithoutColumn {
    /// The institution.
    #[sqlx(try_from = "Uuid")]
    pub institution: InstitutionId,
    /// The platform.
    #[sqlx(try_from = "Uuid")]
    pub registration: RegistrationId,
    /// The deployment.
    #[sqlx(try_from = "Uuid")]
    pub deployment: DeploymentId,
    /// The course.
    #[sqlx(try_from = "Uuid")]
    pub context: ContextId,
    /// The platform's id of the link.
    pub lms_resource_link: String,
    /// Its title.
    pub title: Option<String>,
    /// The activity that it leads to.
    pub activity: String,
    /// The course's columns.
    pub lineitems_url: String,
}

impl ColumnKey {
    /// The key of a target that is found by its ids; none for one whose address is known.
    pub fn of(
        institution: InstitutionId,
        registration: RegistrationId,
        deployment: DeploymentId,
        target: &ScoreTarget,
    ) -> Option<Self> {
        let ScoreTarget::Column {
            lineitems_url,
            resource_id,
            tag,
            link,
            ..
        } = target
        else {
            return None;
        };
        let key = match link {
            Some(link) => serde_json::json!([registration, "link", deployment, link]),
            None => serde_json::json!([registration, "column", lineitems_url, resource_id, tag]),
        };
        let link = link.as_deref();
        Some(Self {
            institution,
            key: key.to_string(),
            link: link.map(|link| crate::natural_ids::resource_link_id(deployment, link)),
        })
    }
}

/// The links that want a column. The two databases differ in how they read a list.
macro_rules! links_without_column {
    ($list:literal) => {
        concat!(
            "SELECT k.institution, k.registration, k.deployment, k.context, \
             k.lms_resource_link, k.title, k.activity, k.lineitems_url FROM resource_link k \
             WHERE k.line_item_url IS NULL AND k.lineitems_url IS NOT NULL \
             AND k.activity IN (",
            $list,
            ") AND k.scopes LIKE $3 \
             AND NOT EXISTS (SELECT 1 FROM gradebook_column c \
                 WHERE c.institution = k.institution AND c.resource_link = k.id \
                 AND (c.url IS NOT NULL OR c.claimed_until_at > $1)) \
             ORDER BY k.created_at, k.id LIMIT $4"
        )
    };
}

impl Store {
    /// Takes a column until a time, unless it is known or taken.
    pub async fn claim_column(
        &self,
        column: ColumnKey,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<ColumnClaim, StoreError> {
        let claim = Uuid::new_v4();
        self.write(move |tx| {
            Box::pin(async move {
                let taken = fetch_optional!(
                    tx,
                    (Uuid,),
                    "INSERT INTO gradebook_column \
                     (institution, column_key, resource_link, claim, claimed_until_at) \
                     VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (institution, column_key) DO UPDATE \
                     SET claim = excluded.claim, claimed_until_at = excluded.claimed_until_at \
                     WHERE gradebook_column.url IS NULL \
                     AND (gradebook_column.claimed_until_at IS NULL \
                         OR gradebook_column.claimed_until_at <= $6) \
                     RETURNING claim",
                    column.institution.0,
                    &column.key,
                    column.link.map(|link| link.0),
                    claim,
                    millis(until),
                    millis(now),
                )?;
                if taken.is_some() {
                    return Ok(ColumnClaim::Ours(claim));
                }
                let known = fetch_optional!(
                    tx,
                    (Option<String>,),
                    "SELECT url FROM gradebook_column WHERE institution = $1 AND column_key = $2",
                    column.institution.0,
                    &column.key,
                )?;
                Ok(match known {
                    Some((Some(url),)) => ColumnClaim::Known(url),
                    _ => ColumnClaim::Taken,
                })
            })
        })
        .await
    }

    /// The address of a column, where it is known.
    pub async fn find_column_url(&self, column: ColumnKey) -> Result<Option<String>, StoreError> {
        let found = self
            .read(move |tx| {
                Box::pin(async move {
                    fetch_optional!(
                        tx,
                        (Option<String>,),
                        "SELECT url FROM gradebook_column \
                         WHERE institution = $1 AND column_key = $2",
                        column.institution.0,
                        &column.key,
                    )
                })
            })
            .await?;
        Ok(found.and_then(|(url,)| url))
    }

    /// Moves the end of a claim; `false` when somebody else has taken the column since.
    pub async fn move_column_claim(
        &self,
        column: ColumnKey,
        claim: Uuid,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let changed = self
            .write_one_statement(move |tx| {
                Box::pin(async move {
                    execute!(
                        tx,
                        "UPDATE gradebook_column SET claimed_until_at = $4 \
                         WHERE institution = $1 AND column_key = $2 AND claim = $3",
                        column.institution.0,
                        &column.key,
                        claim,
                        millis(until),
                    )
                })
            })
            .await?;
        Ok(changed == 1)
    }

    /// The column is there, at this address; `false` when somebody else has taken it since, who
    /// finds it in turn.
    pub async fn settle_column(
        &self,
        column: ColumnKey,
        claim: Uuid,
        url: String,
    ) -> Result<bool, StoreError> {
        let changed = self
            .write_one_statement(move |tx| {
                Box::pin(async move {
                    execute!(
                        tx,
                        "UPDATE gradebook_column SET url = $4, claim = NULL, \
                         claimed_until_at = NULL \
                         WHERE institution = $1 AND column_key = $2 AND claim = $3",
                        column.institution.0,
                        &column.key,
                        claim,
                        url,
                    )
                })
            })
            .await?;
        Ok(changed == 1)
    }

    /// The column is not at this address any more.
    pub async fn forget_column(&self, column: ColumnKey, url: String) -> Result<(), StoreError> {
        self.write_one_statement(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "UPDATE gradebook_column SET url = NULL \
                     WHERE institution = $1 AND column_key = $2 AND url = $3",
                    column.institution.0,
                    &column.key,
                    url,
                )
            })
        })
        .await?;
        Ok(())
    }

    /// Links to these activities (`programme/activity`) for which the platform names no column,
    /// grants `scope`, and nobody has found or is making one; oldest first.
    pub async fn list_links_without_column(
        &self,
        activities: &[String],
        scope: &str,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<LinkWithoutColumn>, StoreError> {
        let activities = crate::column::texts(activities);
        // Scopes are a JSON list of texts: with its quotation marks, none is the start of another.
        let scope = format!("%\"{scope}\"%");
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    LinkWithoutColumn,
                    [
                        links_without_column!("SELECT value FROM json_each($2)"),
                        links_without_column!("SELECT jsonb_array_elements_text($2::jsonb)")
                    ],
                    millis(now),
                    activities,
                    scope,
                    i64::from(limit),
                )
            })
        })
        .await
    }
}
