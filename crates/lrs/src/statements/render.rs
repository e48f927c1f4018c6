//! Statements as an answer shows them: in the format that was asked for, as JSON or multipart.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use mtl_store::StoreError;
use mtl_store::statements::StoredStatement;
use mtl_xapi::format::{OwnDefinitions, render_canonical, render_ids};
use mtl_xapi::{AgentKey, Format, Statement, to_canonical_json};

use super::multipart::multipart;

/// The JSON of a statement in a format; `exact` is what is kept, untouched.
pub(super) fn rendered(
    stored: StoredStatement,
    format: Format,
    headers: &HeaderMap,
) -> Result<String, StoreError> {
    let value = match format {
        Format::Exact => return Ok(stored.body),
        Format::Ids => render_ids(&parsed(&stored)?),
        Format::Canonical => {
            let languages = headers
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|v| v.to_str().ok());
            render_canonical(&parsed(&stored)?, &OwnDefinitions, languages)
        }
    };
    Ok(to_canonical_json(&value))
}

/// Whether the statement came with the credential whose authority has this key.
pub(super) fn is_by(stored: &StoredStatement, authority: &AgentKey) -> Result<bool, StoreError> {
    let found = parsed(stored)?.authority().and_then(AgentKey::of);
    Ok(found.as_ref() == Some(authority))
}

/// JSON as an answer.
pub(super) fn answer(json: String, attachments: bool) -> Response {
    if attachments {
        multipart(&json)
    } else {
        ([(header::CONTENT_TYPE, "application/json")], json).into_response()
    }
}

fn parsed(stored: &StoredStatement) -> Result<Statement, StoreError> {
    let value = serde_json::from_str(&stored.body).map_err(|error| StoreError::Damaged {
        what: "statement",
        reason: error.to_string(),
    })?;
    Ok(Statement::from_stored(value))
}
