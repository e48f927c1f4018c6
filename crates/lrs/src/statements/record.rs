//! POST and PUT: takes statements, all of a request or none (Communication 2.1.1, 2.1.2).

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use mtl_store::statements::{NewStoredStatement, StatementOutcome};
use mtl_xapi::formats::parse_uuid;
use mtl_xapi::{Receipt, Statement, Version, parse_statement, parse_statements};
use uuid::Uuid;

use super::parameters;
use crate::authority::authority;
use crate::content_type::require_json;
use crate::credential::Caller;
use crate::version::RequestVersion;
use crate::{LrsError, LrsState};

/// Stores one statement or an array of them; answers with their ids in the same order.
pub(crate) async fn post(
    State(state): State<LrsState>,
    RequestVersion(version): RequestVersion,
    caller: Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Vec<Uuid>>, LrsError> {
    caller.require_write()?;
    refuse_parameters(query.as_deref())?;
    require_json(&headers)?;
    let body = read(body, &state)?;
    let statements = parse_statements(&body, version)?;
    record(&state, &caller, version, statements).await.map(Json)
}

/// Stores one statement under the id of the parameter.
pub(crate) async fn put(
    State(state): State<LrsState>,
    RequestVersion(version): RequestVersion,
    caller: Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, LrsError> {
    caller.require_write()?;
    let id = statement_id(query.as_deref())?;
    require_json(&headers)?;
    let body = read(body, &state)?;
    let mut statement = parse_statement(&body, version)?;
    statement.set_id_if_absent(id);
    if statement.id() != Some(id) {
        return Err(LrsError::IdDiffers);
    }
    record(&state, &caller, version, vec![statement]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// POST takes no parameters; `method` would make it another request in the alternate syntax.
fn refuse_parameters(query: Option<&str>) -> Result<(), LrsError> {
    let parameters = parameters(query)?;
    if parameters.iter().any(|(name, _)| name == "method") {
        return Err(LrsError::NotImplemented("the alternate request syntax is"));
    }
    if parameters.is_empty() {
        Ok(())
    } else {
        Err(LrsError::Parameters(
            "POST of statements takes no parameters",
        ))
    }
}

fn statement_id(query: Option<&str>) -> Result<Uuid, LrsError> {
    let parameters = parameters(query)?;
    let [(name, value)] = parameters.as_slice() else {
        return Err(LrsError::Parameters(
            "PUT takes the parameter statementId and no other",
        ));
    };
    let id = parse_uuid(value).filter(|_| name == "statementId");
    id.ok_or(LrsError::Parameters(
        "PUT takes the parameter statementId, a UUID",
    ))
}

fn read(body: Result<Bytes, BytesRejection>, state: &LrsState) -> Result<Bytes, LrsError> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => LrsError::TooLarge(state.settings.body_bytes),
        _ => LrsError::Body,
    })
}

async fn record(
    state: &LrsState,
    caller: &Caller,
    version: Version,
    mut statements: Vec<Statement>,
) -> Result<Vec<Uuid>, LrsError> {
    let data_missing = |attachment: &serde_json::Value| attachment.get("fileUrl").is_none();
    if statements
        .iter()
        .any(|statement| statement.attachments().any(data_missing))
    {
        return Err(LrsError::AttachmentData);
    }
    let authority = authority(caller, &state.settings);
    let stored = state.now();
    let mut ids = Vec::with_capacity(statements.len());
    for statement in &mut statements {
        let id = statement.id().unwrap_or_else(Uuid::new_v4);
        statement.receive(&Receipt {
            id,
            stored,
            authority: authority.clone(),
            version,
        });
        ids.push(id);
    }
    let new = statements.iter().map(NewStoredStatement::new).collect();
    let outcomes = state
        .store
        .record_statements(caller.institution, new, stored)
        .await?;
    let conflict = outcomes
        .iter()
        .position(|outcome| *outcome == StatementOutcome::Conflict);
    match conflict.and_then(|at| ids.get(at)) {
        Some(id) => Err(LrsError::Conflict(*id)),
        None => Ok(ids),
    }
}
