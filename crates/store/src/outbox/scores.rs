//! Putting a score into the outbox, with the second that it will carry.
//!
//! A platform refuses a score that is not later than the last one of the same person and column, at
//! the grain of a second, and one that is ahead of its clock blocks all that follow (AGS 2.0 §3.4.6,
//! and LTI.md on Moodle). So each score gets its second here, once, one later than the last; it is
//! not sent before that second, and its bytes never change. Of two scores in one second, only the
//! later one is sent, in that second.

use chrono::{DateTime, Utc};
use mtl_lti::ags::Score;
use mtl_programme::{ContextId, DeploymentId, InstitutionId, PersonId, RegistrationId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sent::{self, Sent};
use crate::column::millis;
use crate::ordered_ids::ordered_id;
use crate::transaction::{execute, fetch_all, fetch_one};
use crate::{StoreError, Tx};

/// The column of a gradebook that takes a score.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ScoreTarget {
    /// A line item whose address is known.
    LineItem {
        /// Its address.
        url: String,
        /// The platform's id of the link that it belongs to, where it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    },
    /// A column that is found by its ids when it is needed, else made.
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
        /// The platform's id of the link that it belongs to; none for one that stands alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    },
}

/// A score that is to be sent.
#[derive(Clone, PartialEq, Debug)]
pub struct NewScore {
    /// The platform.
    pub registration: RegistrationId,
    /// The deployment.
    pub deployment: DeploymentId,
    /// The course.
    pub context: ContextId,
    /// The column.
    pub target: ScoreTarget,
    /// Whose score it is.
    pub person: PersonId,
    /// The score; its `timestamp` is overwritten with the second that it gets here.
    pub score: Score,
    /// Whether the comment goes along although the last score brought the same one: a platform
    /// that forgets what is not repeated needs it, one that adds it to a list must not get it.
    pub repeats_comment: bool,
    /// What caused it (a decision, a judgement), for those who look into a delivery.
    pub causes: Vec<Uuid>,
}

impl ScoreTarget {
    /// What tells the column from others of the same platform.
    pub fn place(&self) -> [&str; 3] {
        match self {
            Self::LineItem { url, .. } => [url, "", ""],
            Self::Column {
                lineitems_url,
                resource_id,
                tag,
                link,
                ..
            } => match link {
                Some(link) => [lineitems_url, link, ""],
                None => [lineitems_url, resource_id, tag],
            },
        }
    }

    /// What the order of scores is kept by: the column and the person. The column of a link stays
    /// the same one for its scores when its address becomes known, or changes.
    pub(super) fn order_key(
        &self,
        registration: RegistrationId,
        deployment: DeploymentId,
        person: PersonId,
    ) -> String {
        match self {
            Self::LineItem {
                link: Some(link), ..
            }
            | Self::Column {
                link: Some(link), ..
            } => serde_json::json!([registration, "link", deployment, link, "", person]),
            Self::LineItem { url, link: None } => {
                serde_json::json!([registration, "line_item", url, "", "", person])
            }
            Self::Column {
                lineitems_url,
                resource_id,
                tag,
                link: None,
                ..
            } => serde_json::json!([
                registration,
                "column",
                lineitems_url,
                resource_id,
                tag,
                person
            ]),
        }
        .to_string()
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
            let target = &score.target;
            (
                target.order_key(score.registration, score.deployment, score.person),
                score,
            )
        })
        .collect();
    // Clocks are locked in one order everywhere, so that two changes cannot wait for each other.
    keyed.sort_by(|one, other| one.0.cmp(&other.0));
    for (key, new) in &keyed {
        let last = lock_clock(tx, institution, key).await?;
        let sent = sent::before(tx, institution, key, new).await?;
        if new.score.score_given.is_none() && sent.has_mark {
            // It would put the mark out of sight, or erase it.
            continue;
        }
        let second = next_second(tx, institution, key, last, now.timestamp()).await?;
        enqueue_one(tx, institution, key, new, &sent, second, now).await?;
    }
    if !keyed.is_empty() {
        tx.mark_outbox_filled();
    }
    Ok(())
}

/// The last second of a key. Locks its clock, so that everything that follows happens in one order
/// for each key.
async fn lock_clock(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    key: &str,
) -> Result<i64, StoreError> {
    let (last,) = fetch_one!(
        tx,
        (i64,),
        "INSERT INTO score_clock (institution, order_key, last_second) VALUES ($1, $2, 0) \
         ON CONFLICT (institution, order_key) DO UPDATE SET last_second = score_clock.last_second \
         RETURNING last_second",
        institution.0,
        key,
    )?;
    Ok(last)
}

/// The second that the next score of a key carries.
async fn next_second(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    key: &str,
    last: i64,
    now: i64,
) -> Result<i64, StoreError> {
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
    sent: &Sent,
    second: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut score = new.score.clone();
    score.timestamp = DateTime::from_timestamp(second, 0).unwrap_or(now);
    if !new.repeats_comment && score.comment == sent.comment {
        score.comment = None;
    }
    execute!(
        tx,
        "INSERT INTO outbox (id, institution, kind, state, order_key, ordinal, registration, \
         deployment, context, person, target, payload, causes, attempts, not_before_at, \
         created_at) \
         VALUES ($1, $2, 'score', 'pending', $3, $4, $5, $6, $13, $7, $8, $9, $10, 0, $11, $12)",
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
        new.context.0,
    )?;
    Ok(())
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged {
        what: "score",
        reason: error.to_string(),
    })
}
