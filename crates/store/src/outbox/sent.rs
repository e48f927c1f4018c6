//! What scores of a person and column have gone out already, as far as the next one depends on it.

use mtl_lti::ags::Score;
use mtl_programme::InstitutionId;

use super::NewScore;
use crate::transaction::fetch_all;
use crate::{StoreError, Tx};

/// What the platform may have.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Whether a mark was sent, or is to be sent.
    pub(super) has_mark: bool,
    /// The last comment that was sent.
    pub(super) comment: Option<String>,
}

/// Looks through the earlier scores of a key, where the new one depends on them.
pub(super) async fn before(
    tx: &mut Tx<'_>,
    institution: InstitutionId,
    key: &str,
    new: &NewScore,
) -> Result<Sent, StoreError> {
    let mut sent = Sent::default();
    if new.repeats_comment && new.score.score_given.is_some() {
        return Ok(sent);
    }
    let rows = fetch_all!(
        tx,
        (String, i64, String),
        "SELECT state, attempts, payload FROM outbox WHERE institution = $1 AND order_key = $2 \
         AND state <> 'superseded' ORDER BY ordinal DESC",
        institution.0,
        key,
    )?;
    for (state, attempts, payload) in rows {
        let score: Score = serde_json::from_str(&payload).map_err(|error| StoreError::Damaged {
            what: "score",
            reason: error.to_string(),
        })?;
        sent.has_mark |= score.score_given.is_some();
        // One that was never sent gives its place to the new one, and its comment goes with it.
        let may_have_arrived = attempts > 0 && state != "dead";
        if may_have_arrived && sent.comment.is_none() {
            sent.comment = score.comment;
        }
    }
    Ok(sent)
}
