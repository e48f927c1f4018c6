//! Putting a score into the outbox, with the second that it will carry.
//!
//! A platform refuses a score that is not later than the last one of the same person and column, at
//! the grain of a second, and one that is ahead of its clock blocks all that follow (AGS 2.0 §3.4.6,
//! and LTI.md on Moodle). So each score gets its second here, once, one later than the last; it is
//! not sent before that second, and its bytes never change. Of two scores in one second, only the
//! later one is sent, in that second.

use chrono::{DateTime, Utc};
use mtl_lti::ags::Score;
use mtl_programme::{DeploymentId, InstitutionId, PersonId, RegistrationId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::column::millis;
use crate::ordered_ids::ordered_id;
use crate::transaction::{execute, fetch_all, fetch_one, fetch_optional};
use crate::{Store, StoreError, Tx};

/// The column of a gradebook that takes a score.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ScoreTarget {
    /// A line item whose address is known.
    LineItem {
        /// Its address.
        url: String,
    },
    /// A column that is found by its resource id and tag when it is needed, else made.
    Column {
        /// The collection of line items.
        lineitems_url: String,
        /// The tool's own name of what is marked.
        resource_id: String,
        /// What sort of thing it is, such as `mtl-module`.
        tag: String,
        /// The column's title, if it must be made.
        label: String,
        /// What marks are out of, if it must be made, in hundredths.
        score_maximum: u32,
    },
}

/// A score that is to be sent.
#[derive(Clone, PartialEq, Debug)]
pub struct NewScore {
    /// The platform.
    pub registration: RegistrationId,
    /// The deployment.
    pub deployment: DeploymentId,
    /// The column.
    pub target: ScoreTarget,
    /// Whose score it is.
    pub person: PersonId,
    /// The score; its `timestamp` is overwritten with the second that it gets here.
    pub score: Score,
    /// What caused it (a decision, a judgement), for those who look into a delivery.
    pub causes: Vec<Uuid>,
}

impl ScoreTarget {
    /// What the order of scores is kept by: the column and the person.
    fn order_key(&self, registration: RegistrationId, person: PersonId) -> String {
        let (kind, address, resource, tag) = match self {
            Self::LineItem { url } => ("line_item", url, "", ""),
            Self::Column {
                lineitems_url,
                resource_id,
                tag,
                ..
            } => ("column", lineitems_url, resource_id.as_str(), tag.as_str()),
        };
        serde_json::json!([registration, kind, address, resource, tag, person]).to_string()
    }
}

/// Writes the scores into the outbox.
pub(super) async fn enqueue(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    scores: &[NewScore],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut keyed: Vec<(String, &NewScore)> = scores
        .iter()
        .map(|score| {
            (
                score.target.order_key(score.registration, score.person),
                score,
            )
        })
        .collect();
    // Clocks are locked in one order everywhere, so that two changes cannot wait for each other.
    keyed.sort_by(|one, other| one.0.cmp(&other.0));
    for (key, score) in &keyed {
        let second = next_second(tx, institution, key, now.timestamp()).await?;
        enqueue_one(tx, institution, key, score, second, now).await?;
    }
    if !keyed.is_empty() {
        tx.mark_outbox_filled();
    }
    Ok(())
}

/// The second that the next score of a key carries.
async fn next_second(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    key: &str,
    now: i64,
) -> Result<i64, StoreError> {
    // Locks the clock, so that everything below happens in one order for each key.
    let (last,) = fetch_one!(
        tx,
        (i64,),
        "INSERT INTO score_clock (institution, order_key, last_second) VALUES ($1, $2, 0) \
         ON CONFLICT (institution, order_key) DO UPDATE SET last_second = score_clock.last_second \
         RETURNING last_second",
        institution.0,
        key,
    )?;
    // A score that was never sent gives its place to the newer one.
    let replaced = fetch_all!(
        tx,
        (i64,),
        "UPDATE outbox SET state = 'superseded' \
         WHERE institution = $1 AND order_key = $2 AND state = 'pending' AND attempts = 0 \
         RETURNING ordinal",
        institution.0,
        key,
    )?;
    let earliest = replaced
        .iter()
        .map(|(second,)| *second)
        .max()
        .filter(|second| *second == last)
        .unwrap_or(last + 1);
    let second = now.max(earliest);
    execute!(
        tx,
        "UPDATE score_clock SET last_second = $3 WHERE institution = $1 AND order_key = $2",
        institution.0,
        key,
        second,
    )?;
    Ok(second)
}

async fn enqueue_one(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    key: &str,
    new: &NewScore,
    second: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut score = new.score.clone();
    score.timestamp = DateTime::from_timestamp(second, 0).unwrap_or(now);
    execute!(
        tx,
        "INSERT INTO outbox (id, institution, kind, state, order_key, ordinal, registration, \
         deployment, person, target, payload, causes, attempts, not_before_at, created_at) \
         VALUES ($1, $2, 'score', 'pending', $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)",
        ordered_id(now),
        institution.0,
        key,
        second,
        new.registration.0,
        new.deployment.0,
        new.person.0,
        to_json(&new.target)?,
        to_json(&score)?,
        to_json(&new.causes)?,
        second * 1000,
        millis(now),
    )?;
    Ok(())
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged {
        what: "score",
        reason: error.to_string(),
    })
}

impl Store {
    /// The latest score of a person in a column that was, or is still to be, delivered. Canvas
    /// appends a comment each time it is sent, so it only goes along when it has changed.
    pub async fn find_last_score(
        &self,
        institution: InstitutionId,
        registration: RegistrationId,
        target: ScoreTarget,
        person: PersonId,
    ) -> Result<Option<Score>, StoreError> {
        let key = target.order_key(registration, person);
        let found = self
            .read(move |tx| {
                Box::pin(async move {
                    fetch_optional!(
                        tx,
                        (String,),
                        "SELECT payload FROM outbox WHERE institution = $1 AND order_key = $2 \
                         AND state IN ('pending', 'leased', 'delivered') \
                         ORDER BY ordinal DESC LIMIT 1",
                        institution.0,
                        key,
                    )
                })
            })
            .await?;
        found
            .map(|(payload,)| {
                serde_json::from_str(&payload).map_err(|error| StoreError::Damaged {
                    what: "score",
                    reason: error.to_string(),
                })
            })
            .transpose()
    }
}
