//! Looking through the embedded statement store, for those who run the programme.

use chrono::{DateTime, Utc};
use mtl_store::StoreError;
use mtl_xapi::AgentKey;
use mtl_xapi::query::StatementQuery;
use serde_json::Value;

use crate::Bridge;
use crate::visit::Visit;

/// What is looked for; what is left out does not matter.
#[derive(Clone, Debug, Default)]
pub struct StatementFilter {
    /// The account name of a person in statements.
    pub actor: Option<String>,
    /// The verb's IRI.
    pub verb: Option<String>,
    /// The activity's IRI.
    pub activity: Option<String>,
    /// Stored after this time.
    pub since: Option<DateTime<Utc>>,
    /// Where an earlier page ended.
    pub after: Option<uuid::Uuid>,
}

/// One page of statements, newest first.
#[derive(Clone, Debug)]
pub struct StatementPage {
    /// The statements as they are stored.
    pub statements: Vec<Value>,
    /// Where the next page begins, if there is one.
    pub next: Option<uuid::Uuid>,
}

/// Why statements cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum StatementListError {
    /// Only programme leads and tutors look through statements.
    #[error("only a programme lead or tutor may look through the statements")]
    NotAllowed,
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
}

impl Bridge {
    /// One page of the institution's embedded statements.
    pub async fn list_statements(
        &self,
        visit: &Visit,
        filter: &StatementFilter,
    ) -> Result<StatementPage, StatementListError> {
        const PAGE: u32 = 25;
        if !visit.standing.lead && !visit.standing.tutor {
            return Err(StatementListError::NotAllowed);
        }
        let query = StatementQuery {
            agent: filter
                .actor
                .as_deref()
                .map(|name| AgentKey::account(&visit.home_page, name)),
            verb: filter.verb.clone(),
            activity: filter.activity.clone(),
            related_activities: true,
            since: filter.since,
            ..StatementQuery::default()
        };
        let page = self
            .store()
            .query_statements(visit.institution, query, filter.after, PAGE)
            .await?;
        Ok(StatementPage {
            statements: page
                .statements
                .iter()
                .filter_map(|row| serde_json::from_str(&row.body).ok())
                .collect(),
            next: page.more,
        })
    }
}
