//! Strict validation of statements: one table of properties for each object of the model.

mod activity;
mod actor;
mod attachment;
mod checker;
mod context;
mod result;
mod statement;
mod values;

use serde_json::Value;

use crate::{AgentKey, InvalidStatement, Version};
use checker::Checker;

/// Every fault of a statement as it arrives in a request of `version`; `Ok` when there is none.
pub(crate) fn validate_statement(value: &Value, version: Version) -> Result<(), InvalidStatement> {
    let mut checker = Checker::new(version);
    statement::statement(&mut checker, value);
    checker.finish()
}

/// Reads an Agent or identified Group by itself, as the parameter `agent` has it
/// (Communication 2.1.3), and gives the key under which it is indexed.
pub fn parse_agent(json: &str, version: Version) -> Result<AgentKey, InvalidStatement> {
    let value = crate::parse_json(json.as_bytes())?;
    let mut checker = Checker::new(version);
    actor::identified_actor(&mut checker, &value);
    checker.finish()?;
    AgentKey::of(&value).ok_or_else(|| {
        InvalidStatement::one("$", crate::Rule::Identifier, "an identifier is missing")
    })
}
