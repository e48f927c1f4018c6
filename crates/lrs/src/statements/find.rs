//! GET: one statement by its id, or a list (Communication 2.1.3).

use axum::extract::{OriginalUri, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use mtl_store::statements::StoredStatement;
use mtl_xapi::{AgentKey, SingleStatement, StatementsRequest};

use super::list;
use super::parameters;
use super::render::{answer, is_by, rendered};
use crate::authority::authority_key;
use crate::credential::Caller;
use crate::scope::Reach;
use crate::version::RequestVersion;
use crate::{LrsError, LrsState};

/// Statements, as the parameters say.
pub(crate) async fn get(
    State(state): State<LrsState>,
    RequestVersion(version): RequestVersion,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, LrsError> {
    let reading = Reading {
        mine: match caller.require_read()? {
            Reach::All => None,
            Reach::Mine => Some(authority_key(&caller, &state.settings)),
        },
        state,
        caller,
        headers,
    };
    let mut parameters = parameters(query.as_deref())?;
    let cursor = list::take_cursor(&mut parameters)?;
    match StatementsRequest::parse(parameters.iter().map(|(n, v)| (n, v)), version)? {
        StatementsRequest::One(_) if cursor.is_some() => {
            Err(LrsError::Parameters("cursor continues a list only"))
        }
        StatementsRequest::One(single) => reading.find(single).await,
        StatementsRequest::Many(query) => {
            let continued = list::Continued {
                path: uri.path(),
                parameters: &parameters,
            };
            reading.list(query, cursor, &continued).await
        }
    }
}

/// A request to read, and what it may see.
pub(super) struct Reading {
    pub(super) state: LrsState,
    pub(super) caller: Caller,
    pub(super) headers: HeaderMap,
    /// The authority of the only statements that may be seen; `None` for all of the institution.
    mine: Option<AgentKey>,
}

impl Reading {
    async fn find(&self, single: SingleStatement) -> Result<Response, LrsError> {
        let (store, institution) = (&self.state.store, self.caller.institution);
        let found = if single.voided {
            store.find_voided_statement(institution, single.id).await?
        } else {
            store.find_statement(institution, single.id).await?
        };
        let stored = found.ok_or(LrsError::NotFound)?;
        if !self.may_see(&stored)? {
            return Err(LrsError::NotFound);
        }
        let modified = stored
            .stored_at()
            .format("%a, %d %b %Y %H:%M:%S GMT")
            .to_string();
        let json = rendered(stored, single.format, &self.headers)?;
        let mut response = answer(json, single.attachments);
        if let Ok(modified) = HeaderValue::from_str(&modified) {
            response
                .headers_mut()
                .insert(header::LAST_MODIFIED, modified);
        }
        Ok(response)
    }

    pub(super) fn may_see(&self, stored: &StoredStatement) -> Result<bool, LrsError> {
        match &self.mine {
            None => Ok(true),
            Some(authority) => Ok(is_by(stored, authority)?),
        }
    }
}
