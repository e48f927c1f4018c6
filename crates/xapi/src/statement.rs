//! A validated statement: the JSON as it came, with accessors that know its types.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::formats::{parse_timestamp, parse_uuid, render_timestamp};
use crate::validate::validate_statement;
use crate::{InvalidStatement, Rule, Version, parse_json, to_canonical_json};

/// The verb that voids the statement to which the object refers (Data 2.3.2).
pub const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";

/// A statement that obeys every rule of its version.
///
/// All that was sent is kept (`exact` must return it), with one difference that the specification
/// demands: single context activities stand in arrays (Data 2.4.6.2).
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(transparent)]
pub struct Statement(Value);

/// What a learning record store adds to a statement that it takes.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The id for a statement that has none.
    pub id: Uuid,
    /// When it is stored; also the timestamp of a statement that has none (Data 2.4.7, 2.4.8).
    pub stored: DateTime<Utc>,
    /// Who vouches for it, from the credential of the request; replaces what was sent (Data 2.4.9).
    pub authority: Value,
    /// The version of the request.
    pub version: Version,
}

/// Reads one statement.
pub fn parse_statement(json: &[u8], version: Version) -> Result<Statement, InvalidStatement> {
    Statement::from_value(parse_json(json)?, version)
}

/// Reads one statement or an array of them, as POST takes them (Communication 2.1.2). The paths of
/// faults begin with the place in the array. The same id twice is a fault.
pub fn parse_statements(json: &[u8], version: Version) -> Result<Vec<Statement>, InvalidStatement> {
    let values = match parse_json(json)? {
        Value::Array(values) => values,
        value => return Ok(vec![Statement::from_value(value, version)?]),
    };
    let mut statements = Vec::with_capacity(values.len());
    let mut ids = std::collections::HashSet::new();
    for (index, value) in values.into_iter().enumerate() {
        let statement = Statement::from_value(value, version).map_err(|mut invalid| {
            for error in &mut invalid.errors {
                error.path.replace_range(..1, &format!("$[{index}]"));
            }
            invalid
        })?;
        if statement.id().is_some_and(|id| !ids.insert(id)) {
            let path = format!("$[{index}].id");
            let message = "the same id twice in one batch";
            return Err(InvalidStatement::one(path, Rule::Uuid, message));
        }
        statements.push(statement);
    }
    Ok(statements)
}

impl Statement {
    /// Validates a value that is JSON already.
    pub fn from_value(value: Value, version: Version) -> Result<Self, InvalidStatement> {
        validate_statement(&value, version)?;
        let mut statement = Self(value);
        statement.put_context_activities_in_arrays();
        Ok(statement)
    }

    /// Takes a statement out of a store that only keeps validated ones.
    pub fn from_stored(value: Value) -> Self {
        Self(value)
    }

    /// The statement as JSON.
    pub fn as_value(&self) -> &Value {
        &self.0
    }

    /// The statement as JSON, by value.
    pub fn into_value(self) -> Value {
        self.0
    }

    /// The statement as text, always in the same spelling for the same content.
    pub fn to_json(&self) -> String {
        to_canonical_json(&self.0)
    }

    /// The id, if it has one.
    pub fn id(&self) -> Option<Uuid> {
        self.text("id").and_then(parse_uuid)
    }

    /// The Agent or Group that acted.
    pub fn actor(&self) -> &Value {
        &self.0["actor"]
    }

    /// The IRI of the verb.
    pub fn verb_id(&self) -> &str {
        self.0["verb"]["id"].as_str().unwrap_or_default()
    }

    /// What was acted on: an Activity, Agent, Group, `SubStatement` or statement reference.
    pub fn object(&self) -> &Value {
        &self.0["object"]
    }

    /// The type of the object; an Activity unless it says otherwise (Data 2.4.4).
    pub fn object_type(&self) -> &str {
        self.object()
            .get("objectType")
            .and_then(Value::as_str)
            .unwrap_or("Activity")
    }

    /// The IRI of the object if that is an Activity.
    pub fn activity_id(&self) -> Option<&str> {
        let id = self.object().get("id").and_then(Value::as_str);
        id.filter(|_| self.object_type() == "Activity")
    }

    /// The id of the statement to which the object refers, if it is a reference.
    pub fn refers_to(&self) -> Option<Uuid> {
        let id = self.object().get("id").and_then(Value::as_str);
        id.filter(|_| self.object_type() == "StatementRef")
            .and_then(parse_uuid)
    }

    /// The id of the statement that this one voids (Data 2.3.2).
    pub fn voids(&self) -> Option<Uuid> {
        if self.verb_id() == VOIDED {
            self.refers_to()
        } else {
            None
        }
    }

    /// The registration of the context.
    pub fn registration(&self) -> Option<Uuid> {
        self.0
            .get("context")?
            .get("registration")?
            .as_str()
            .and_then(parse_uuid)
    }

    /// When it happened.
    pub fn timestamp(&self) -> Option<DateTime<Utc>> {
        parse_timestamp(self.text("timestamp")?, Version::V1_0_3)
    }

    /// When a store took it.
    pub fn stored(&self) -> Option<DateTime<Utc>> {
        parse_timestamp(self.text("stored")?, Version::V1_0_3)
    }

    /// Who vouches for it.
    pub fn authority(&self) -> Option<&Value> {
        self.0.get("authority")
    }

    /// The headers of its attachments, those of a contained `SubStatement` included.
    pub fn attachments(&self) -> impl Iterator<Item = &Value> {
        [self.0.get("attachments"), self.object().get("attachments")]
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten()
    }

    /// Adds what the store that takes the statement must add (Data 2.4), overwriting `stored` and
    /// `authority`.
    pub fn receive(&mut self, receipt: &Receipt) {
        let Value::Object(map) = &mut self.0 else {
            return;
        };
        let stored = Value::from(render_timestamp(receipt.stored));
        set_if_absent(map, "id", || Value::from(receipt.id.to_string()));
        set_if_absent(map, "timestamp", || stored.clone());
        set_if_absent(map, "version", || {
            Value::from(receipt.version.statement_version())
        });
        map.insert("stored".to_owned(), stored);
        map.insert("authority".to_owned(), receipt.authority.clone());
    }

    /// Gives the statement an id, if it has none (the parameter of PUT; Communication 2.1.1).
    pub fn set_id_if_absent(&mut self, id: Uuid) {
        if let Value::Object(map) = &mut self.0 {
            set_if_absent(map, "id", || Value::from(id.to_string()));
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn put_context_activities_in_arrays(&mut self) {
        for pointer in [
            "/context/contextActivities",
            "/object/context/contextActivities",
        ] {
            if let Some(Value::Object(lists)) = self.0.pointer_mut(pointer) {
                for (_, list) in lists.iter_mut().filter(|(_, list)| list.is_object()) {
                    *list = Value::Array(vec![list.take()]);
                }
            }
        }
    }
}

fn set_if_absent(map: &mut Map<String, Value>, name: &str, value: impl FnOnce() -> Value) {
    if !map.contains_key(name) {
        map.insert(name.to_owned(), value());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn minimal() -> Value {
        json!({
            "actor": {"mbox": "mailto:a@example.org"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
            "object": {"id": "http://example.org/activity"},
        })
    }

    #[test]
    fn context_activities_become_arrays() {
        let mut value = minimal();
        value["context"] = json!({"contextActivities": {
            "parent": {"id": "http://example.org/parent"},
            "other": [{"id": "http://example.org/other"}],
        }});
        let statement = Statement::from_value(value, Version::V1_0_3).unwrap();
        assert_eq!(
            statement.as_value()["context"]["contextActivities"],
            json!({
                "parent": [{"id": "http://example.org/parent"}],
                "other": [{"id": "http://example.org/other"}],
            })
        );
    }

    #[test]
    fn a_store_completes_a_statement() {
        let mut statement = Statement::from_value(minimal(), Version::V1_0_3).unwrap();
        let receipt = Receipt {
            id: Uuid::nil(),
            stored: DateTime::from_timestamp(1_780_000_000, 0).unwrap(),
            authority: json!({"mbox": "mailto:lrs@example.org"}),
            version: Version::V1_0_3,
        };
        statement.receive(&receipt);
        assert_eq!(statement.id(), Some(Uuid::nil()));
        assert_eq!(statement.stored(), Some(receipt.stored));
        assert_eq!(statement.timestamp(), Some(receipt.stored));
        assert_eq!(statement.as_value()["version"], "1.0.0");
        assert_eq!(statement.authority(), Some(&receipt.authority));
        assert!(Statement::from_value(statement.into_value(), Version::V1_0_3).is_ok());
    }

    #[test]
    fn a_batch_names_the_place_of_a_fault() {
        let mut second = minimal();
        second["verb"] = json!({});
        let json = json!([minimal(), second]).to_string();
        let error = parse_statements(json.as_bytes(), Version::V1_0_3).unwrap_err();
        assert_eq!(
            error.to_string(),
            "$[1].verb.id: this property is required (Data 2.4)"
        );

        let mut same = minimal();
        same["id"] = json!(Uuid::nil());
        let json = json!([same, same]).to_string();
        let error = parse_statements(json.as_bytes(), Version::V1_0_3).unwrap_err();
        assert_eq!(error.errors[0].path, "$[1].id");
    }
}
