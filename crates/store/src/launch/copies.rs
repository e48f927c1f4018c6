//! Copied courses: where a course comes from, and what its links were bound to there.

use chrono::{DateTime, Utc};
use mtl_programme::{ContextId, DeploymentId, InstitutionId, ResourceLinkId};

use crate::column::{millis, texts};
use crate::natural_ids::{context_id, resource_link_id};
use crate::outbox::{AuditEntry, Effects, words};
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// How a link without an activity of its own came to one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BoundBy {
    /// Its column of the gradebook names the activity.
    Column,
    /// The link of the same title in the course that its own was copied from.
    CopiedCourse,
}

words!(BoundBy {
    Column = "column",
    CopiedCourse = "copied_course",
});

/// The activity of the first bound link of a JSON list, whose rows `$each` gives with their places.
macro_rules! nearest_bound {
    ($id:literal, $each:literal) => {
        concat!(
            "SELECT k.activity FROM ",
            $each,
            " JOIN resource_link k ON k.id = ",
            $id,
            " WHERE k.institution = $1 AND k.activity IS NOT NULL ORDER BY h.key LIMIT 1"
        )
    };
}

impl Store {
    /// Notes which courses a course was copied from (the platform's ids, the nearest first).
    pub async fn note_context_origins(
        &self,
        institution: InstitutionId,
        deployment: DeploymentId,
        context: ContextId,
        origins: Vec<String>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut distance = 0_i64;
                for origin in origins {
                    let origin = context_id(deployment, &origin);
                    if origin == context {
                        continue;
                    }
                    execute!(
                        tx,
                        "INSERT INTO context_origin (institution, context, origin, distance) \
                         VALUES ($1, $2, $3, $4) \
                         ON CONFLICT (institution, context, origin) DO NOTHING",
                        institution.0,
                        context.0,
                        origin.0,
                        distance,
                    )?;
                    // Where that one came from is a part of the history, too.
                    execute!(
                        tx,
                        "INSERT INTO context_origin (institution, context, origin, distance) \
                         SELECT institution, $2, origin, distance + $4 FROM context_origin \
                         WHERE institution = $1 AND context = $3 AND origin <> $2 \
                         ON CONFLICT (institution, context, origin) DO NOTHING",
                        institution.0,
                        context.0,
                        origin.0,
                        distance + 1,
                    )?;
                    distance += 1;
                }
                Ok(())
            })
        })
        .await
    }

    /// The activity of the nearest bound link that a link was copied from (the platform's ids, the
    /// nearest first).
    pub async fn find_activity_in_history(
        &self,
        institution: InstitutionId,
        deployment: DeploymentId,
        history: Vec<String>,
    ) -> Result<Option<String>, StoreError> {
        let history: Vec<String> = history
            .iter()
            .map(|link| resource_link_id(deployment, link).0.simple().to_string())
            .collect();
        let found = self
            .read(move |tx| {
                Box::pin(async move {
                    fetch_optional!(
                        tx,
                        (String,),
                        [
                            nearest_bound!("unhex(h.value)", "json_each($2) AS h"),
                            nearest_bound!(
                                "h.value::uuid",
                                "jsonb_array_elements_text($2::jsonb) \
                                 WITH ORDINALITY AS h (value, key)"
                            )
                        ],
                        institution.0,
                        texts(&history),
                    )
                })
            })
            .await?;
        Ok(found.map(|(activity,)| activity))
    }

    /// The activity of the links of the same title in the nearest course that the link's own was
    /// copied from; nothing where they lead to several.
    pub async fn find_activity_in_copied_course(
        &self,
        institution: InstitutionId,
        link: ResourceLinkId,
    ) -> Result<Option<String>, StoreError> {
        let found = self
            .read(move |tx| {
                Box::pin(async move {
                    fetch_all!(
                        tx,
                        (String, i64),
                        "SELECT DISTINCT o.activity, h.distance FROM resource_link k \
                         JOIN context_origin h ON h.institution = k.institution \
                         AND h.context = k.context \
                         JOIN resource_link o ON o.institution = k.institution \
                         AND o.context = h.origin AND o.title = k.title \
                         WHERE k.institution = $1 AND k.id = $2 AND o.activity IS NOT NULL \
                         ORDER BY h.distance, o.activity LIMIT 2",
                        institution.0,
                        link.0,
                    )
                })
            })
            .await?;
        Ok(match &found[..] {
            [(one, near), (_, far)] if near < far => Some(one.clone()),
            [(one, _)] => Some(one.clone()),
            _ => None,
        })
    }

    /// Claims the reading of an unbound link's column: true for one caller, and again only when the
    /// last reading began at or before `last_before`.
    pub async fn begin_column_reading(
        &self,
        institution: InstitutionId,
        link: ResourceLinkId,
        now: DateTime<Utc>,
        last_before: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                Ok(execute!(
                    tx,
                    "UPDATE resource_link SET column_read_at = $3 \
                     WHERE institution = $1 AND id = $2 AND activity IS NULL \
                     AND (column_read_at IS NULL OR column_read_at <= $4)",
                    institution.0,
                    link.0,
                    millis(now),
                    millis(last_before),
                )? == 1)
            })
        })
        .await
    }

    /// Binds a link that leads nowhere yet; one that was bound meanwhile stays as it is.
    pub async fn bind_found_activity(
        &self,
        institution: InstitutionId,
        link: ResourceLinkId,
        activity: String,
        by: BoundBy,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let effects = Effects::audited(AuditEntry {
            actor: None,
            action: "link.bound".to_owned(),
            object_kind: "link".to_owned(),
            object: link.to_string(),
            details: serde_json::json!({ "activity": activity, "by": by.as_str() }),
        });
        self.write(move |tx| {
            Box::pin(async move {
                let bound = execute!(
                    tx,
                    "UPDATE resource_link SET activity = $3 \
                     WHERE institution = $1 AND id = $2 AND activity IS NULL",
                    institution.0,
                    link.0,
                    activity,
                )?;
                if bound == 1 {
                    effects.record(tx, institution, now).await?;
                }
                Ok(())
            })
        })
        .await
    }
}
