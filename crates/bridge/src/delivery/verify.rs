//! Holds what gradebooks show against what was released, person by person and column by column.

use std::collections::HashMap;
use std::time::Duration;

use mtl_lti::ags::{GradeResult, LineItem, Score};
use mtl_lti_client::{PlatformAccess, ServiceError};
use mtl_programme::{ContextId, InstitutionId, PersonId};
use mtl_store::StoreError;
use mtl_store::outbox::{ColumnKey, DeliveryState, ScoreTarget, SentScore};
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use super::DeliveryError;
use super::listing::column_title;
use crate::Bridge;

/// Scores that are read from the store together.
const PAGE: u32 = 1_000;
/// How often a platform that is busy is asked again, and after what where it does not say.
const TRIES: u32 = 6;
const PATIENCE: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(1);

/// What the gradebook shows of one released mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The mark as it was released.
    Same,
    /// No mark.
    Missing,
    /// Another mark.
    OtherMark,
    /// The mark, with another comment.
    OtherComment,
    /// The column is gone.
    ColumnMissing,
    /// The platform does not show it to us.
    Unreadable,
    /// It was not delivered yet.
    Waiting,
    /// It could not be delivered.
    Dead,
}

/// One released mark and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedScore {
    /// The delivery.
    pub delivery: Uuid,
    /// Whose mark; opaque.
    pub person: PersonId,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// The course's title, where it is known.
    pub course: Option<String>,
    /// The column's title, as far as it is known.
    pub column: String,
    /// What was released, such as `62 of 100`.
    pub released: String,
    /// What was found.
    pub finding: Finding,
    /// The same in words.
    pub words: String,
    #[serde(skip)]
    pub(super) row: SentScore,
    /// The comment that was last sent, which not every score repeats.
    #[serde(skip)]
    pub(super) comment: Option<String>,
}

/// The newest mark of a person in a column.
struct Released {
    row: SentScore,
    score: Score,
    target: ScoreTarget,
    comment: Option<String>,
}

/// What a column shows.
enum Shown {
    Results(Vec<GradeResult>),
    ColumnMissing,
    Unreadable(String),
}

impl Bridge {
    /// The courses that an operator names by id, short name or title.
    pub async fn find_courses(
        &self,
        institution: InstitutionId,
        named: &str,
    ) -> Result<Vec<ContextId>, StoreError> {
        self.store()
            .find_courses(institution, named.to_owned())
            .await
    }

    /// Reads the gradebooks of an institution, or of one course, and compares each released mark.
    pub async fn verify_deliveries(
        &self,
        institution: InstitutionId,
        course: Option<ContextId>,
    ) -> Result<Vec<VerifiedScore>, DeliveryError> {
        let mut shown: HashMap<(Uuid, String), Shown> = HashMap::new();
        let mut verified = Vec::new();
        for released in self.list_released(institution, course).await? {
            if released.row.state != DeliveryState::Delivered {
                verified.push(released.undelivered());
                continue;
            }
            let column = serde_json::to_string(&released.target.place())?;
            let key = (released.row.registration.0, column);
            if !shown.contains_key(&key) {
                let found = self.read_column(institution, &released).await?;
                shown.insert(key.clone(), found);
            }
            verified.push(released.compare(shown.get(&key)));
        }
        verified.sort_by(|one, other| {
            let order = |v: &VerifiedScore| (v.course.clone(), v.column.clone(), v.name.clone());
            order(one).cmp(&order(other))
        });
        Ok(verified)
    }

    /// The newest mark of each person and column.
    async fn list_released(
        &self,
        institution: InstitutionId,
        course: Option<ContextId>,
    ) -> Result<Vec<Released>, DeliveryError> {
        let mut newest: HashMap<String, Released> = HashMap::new();
        let mut after = None;
        loop {
            let rows = self
                .store()
                .list_sent_scores(institution, course, after, PAGE)
                .await?;
            after = rows.last().map(|row| row.id);
            let is_last = rows.len() < PAGE as usize;
            for row in rows {
                let score: Score = serde_json::from_str(&row.payload)?;
                let target = serde_json::from_str(&row.target)?;
                let before = newest.get(&row.order_key);
                let is_older = before.is_some_and(|b| b.row.ordinal > row.ordinal);
                if score.score_given.is_none() || is_older {
                    continue;
                }
                let earlier = before.and_then(|before| before.comment.clone());
                let comment = score.comment.clone().or(earlier);
                let released = Released {
                    row,
                    score,
                    target,
                    comment,
                };
                newest.insert(released.row.order_key.clone(), released);
            }
            if is_last {
                return Ok(newest.into_values().collect());
            }
        }
    }

    async fn read_column(
        &self,
        institution: InstitutionId,
        released: &Released,
    ) -> Result<Shown, DeliveryError> {
        let access = match self.platform_access(released.row.registration).await {
            Ok(access) => access,
            Err(failure) => return Ok(Shown::Unreadable(failure.message)),
        };
        let read = async {
            let Some(url) = self.find_column(institution, released, &access).await? else {
                return Ok(Shown::ColumnMissing);
            };
            match self.list_results(&access, &url).await {
                Ok(results) => Ok(Shown::Results(results)),
                Err(ServiceError::Permanent {
                    status: 404 | 410, ..
                }) => {
                    let row = &released.row;
                    let newer = self
                        .newer_column_of_link(institution, row.deployment, &released.target)
                        .await?;
                    match newer.filter(|newer| *newer != url) {
                        Some(newer) => {
                            Ok(Shown::Results(self.list_results(&access, &newer).await?))
                        }
                        None => Ok(Shown::ColumnMissing),
                    }
                }
                Err(error) => Err(Unread::Service(error)),
            }
        };
        match read.await {
            Ok(shown) => Ok(shown),
            Err(Unread::Store(error)) => Err(error.into()),
            Err(Unread::Service(error)) => Ok(Shown::Unreadable(error.to_string())),
        }
    }

    /// The address of a column, without making one.
    async fn find_column(
        &self,
        institution: InstitutionId,
        released: &Released,
        access: &PlatformAccess,
    ) -> Result<Option<Url>, Unread> {
        let parse = |url: &str| {
            Url::parse(url).map_err(|_| ServiceError::unreadable("the address of a column"))
        };
        let row = &released.row;
        let key = ColumnKey::of(
            institution,
            row.registration,
            row.deployment,
            &released.target,
        );
        match (&released.target, key) {
            (ScoreTarget::LineItem { url, .. }, _) => Ok(Some(parse(url)?)),
            (
                ScoreTarget::Column {
                    lineitems_url,
                    resource_id,
                    tag,
                    label,
                    link,
                    ..
                },
                Some(key),
            ) => {
                if let Some(url) = self.store().find_column_url(key).await? {
                    return Ok(Some(parse(&url)?));
                }
                let wanted = LineItem {
                    resource_id: Some(resource_id.clone()),
                    tag: Some(tag.clone()),
                    resource_link_id: link.clone(),
                    ..LineItem::new(label, 100.0)
                };
                let container = parse(lineitems_url)?;
                let found = self
                    .platforms()
                    .ags()
                    .find_line_item(access, &container, &wanted)
                    .await?;
                Ok(found.and_then(|item| item.id))
            }
            (ScoreTarget::Column { .. }, None) => Ok(None),
        }
    }

    /// What everybody has in a column; a platform that is busy is asked again.
    async fn list_results(
        &self,
        access: &PlatformAccess,
        column: &Url,
    ) -> Result<Vec<GradeResult>, ServiceError> {
        let mut tries = 1;
        loop {
            let error = match self.platforms().ags().list_results(access, column).await {
                Ok(results) => return Ok(results),
                Err(error) => error,
            };
            let may_pass = matches!(
                error,
                ServiceError::Transient { .. } | ServiceError::HeldBack { .. }
            );
            if !may_pass || tries == TRIES {
                return Err(error);
            }
            tries += 1;
            tokio::time::sleep(error.retry_after().unwrap_or(PATIENCE).min(LONGEST)).await;
        }
    }
}

/// Why a column could not be read.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("{0}")]
    Service(#[from] ServiceError),
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl Released {
    fn undelivered(self) -> VerifiedScore {
        let reason = self.row.last_error.clone();
        let (finding, words) = match (self.row.state, reason) {
            (DeliveryState::Dead, reason) => (
                Finding::Dead,
                format!(
                    "it could not be delivered: {}",
                    reason.as_deref().unwrap_or("no reason is known")
                ),
            ),
            (_, Some(reason)) => (
                Finding::Waiting,
                format!("it is on its way; last time: {reason}"),
            ),
            (_, None) => (Finding::Waiting, "it is on its way".to_owned()),
        };
        self.found(finding, words)
    }

    fn compare(self, shown: Option<&Shown>) -> VerifiedScore {
        let results = match shown {
            Some(Shown::Results(results)) => results,
            Some(Shown::ColumnMissing) => {
                let words = "the column is gone from the gradebook".to_owned();
                return self.found(Finding::ColumnMissing, words);
            }
            Some(Shown::Unreadable(reason)) => {
                let words = format!("the gradebook cannot be read: {reason}");
                return self.found(Finding::Unreadable, words);
            }
            None => return self.found(Finding::Unreadable, String::new()),
        };
        let mut own = results
            .iter()
            .filter(|result| result.user_id == self.score.user_id)
            .collect::<Vec<_>>();
        own.sort_by_key(|result| !result.shows(&self.score));
        let Some(result) = own.first() else {
            let words = "the gradebook shows no mark".to_owned();
            return self.found(Finding::Missing, words);
        };
        let Some(held) = result.result_score else {
            let words = "the gradebook shows no mark".to_owned();
            return self.found(Finding::Missing, words);
        };
        let maximum = result.result_maximum.unwrap_or(1.0);
        if !result.has_mark_of(&self.score) {
            let words = format!("the gradebook shows {held} of {maximum}");
            return self.found(Finding::OtherMark, words);
        }
        if !result.has_comment_of(&self.score) {
            let words = "the mark agrees, the comment is another one".to_owned();
            return self.found(Finding::OtherComment, words);
        }
        self.found(Finding::Same, "as released".to_owned())
    }

    fn found(self, finding: Finding, words: String) -> VerifiedScore {
        VerifiedScore {
            delivery: self.row.id,
            person: self.row.person,
            name: self.row.name.clone(),
            course: self.row.course.clone(),
            column: column_title(Some(&self.target), &self.score),
            released: format!(
                "{} of {}",
                self.score.score_given.unwrap_or_default(),
                self.score.score_maximum.unwrap_or(100.0)
            ),
            finding,
            words,
            row: self.row,
            comment: self.comment,
        }
    }
}
