//! Puts one statement into the embedded store, with what it is found by.

use chrono::{DateTime, Utc};
use mtl_programme::InstitutionId;
use mtl_xapi::IndexEntries;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ordered_ids::ordered_id;
use crate::transaction::execute;
use crate::{StoreError, Tx};

/// A statement that is to be put in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewRow<'s> {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its JSON.
    pub(crate) body: &'s str,
    /// What it is found by.
    pub(crate) entries: &'s IndexEntries,
}

/// Puts a statement in, unless one of its id is there; answers whether it was put in.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    new: NewRow<'_>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let entries = new.entries;
    let position = ordered_id(now);
    // A voiding statement cannot be voided (Data 2.3.2).
    let inserted = execute!(
        tx,
        "INSERT INTO statement \
         (institution, id, position, verb, registration, refers_to, voids, voided, body) \
         SELECT $1, $2, $3, $4, $5, $6, $7, \
         NOT $7 AND EXISTS (SELECT 1 FROM statement other \
             WHERE other.institution = $1 AND other.refers_to = $2 AND other.voids), $8 WHERE TRUE \
         ON CONFLICT (institution, id) DO NOTHING",
        institution.0,
        new.id,
        position,
        &entries.verb,
        entries.registration,
        entries.refers_to,
        entries.voids.is_some(),
        new.body,
    )?;
    if inserted == 0 {
        return Ok(false);
    }
    execute!(
        tx,
        [
            "INSERT INTO statement_key (institution, kind, value, position) \
             SELECT $1, key.value ->> 0, key.value ->> 1, $2 FROM json_each($3) AS key",
            "INSERT INTO statement_key (institution, kind, value, position) \
             SELECT $1, key.value ->> 0, key.value ->> 1, $2 \
             FROM jsonb_array_elements($3::jsonb) AS key (value)",
        ],
        institution.0,
        position,
        keys(entries),
    )?;
    if let Some(target) = entries.voids {
        execute!(
            tx,
            "UPDATE statement SET voided = TRUE \
             WHERE institution = $1 AND id = $2 AND NOT voids AND NOT voided",
            institution.0,
            target,
        )?;
    }
    Ok(true)
}

/// The rows of `statement_key`, as a JSON array of `[kind, value]`. What is found directly is also
/// found with the `related_…` parameters, so it is kept once.
pub(crate) fn keys(entries: &IndexEntries) -> String {
    let key = |kind: &str, value: &str| json!([kind, value]);
    let agents = entries
        .agents
        .iter()
        .map(|agent| key("agent", agent.as_str()));
    let related_agents = entries
        .related_agents
        .difference(&entries.agents)
        .map(|agent| key("related_agent", agent.as_str()));
    let activities = entries.activities.iter().map(|id| key("activity", id));
    let related_activities = entries
        .related_activities
        .difference(&entries.activities)
        .map(|id| key("related_activity", id));
    Value::Array(
        agents
            .chain(related_agents)
            .chain(activities)
            .chain(related_activities)
            .collect(),
    )
    .to_string()
}
