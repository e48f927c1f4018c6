//! JSON Schema for settings: the subset that docs/POLICIES.md lists, and nothing ignored.
//!
//! A general validator brings regular expressions, format checks and dozens of crates for what
//! settings do not need. A keyword outside the subset is refused when the policy is compiled, so
//! that no rule of a schema is silently not applied.

use std::fmt;

use serde_json::{Map, Value};

/// A schema that can be applied whole.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Schema {
    types: Vec<Type>,
    allowed: Option<Vec<Value>>,
    minimum: Option<i64>,
    maximum: Option<i64>,
    min_length: Option<u64>,
    max_length: Option<u64>,
    min_items: Option<u64>,
    max_items: Option<u64>,
    items: Option<Box<Schema>>,
    properties: Vec<(String, Schema)>,
    required: Vec<String>,
    closed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Type {
    Null,
    Boolean,
    Integer,
    String,
    Array,
    Object,
}

/// Something in a policy's schema that cannot be applied.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("at {at:?}: {what}")]
pub struct SchemaProblem {
    /// JSON pointer into the schema.
    pub at: String,
    /// What is wrong, and what is possible.
    pub what: String,
}

/// A setting that is not as the policy's schema wants it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingsProblem {
    /// JSON pointer of the setting; empty for the settings as a whole.
    pub at: String,
    /// What is wrong, and what is possible.
    pub what: String,
}

/// Settings that a policy cannot be run with; names every field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingsError {
    /// Every problem, in the order of the settings.
    pub problems: Vec<SettingsProblem>,
}

impl SettingsError {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        "policy_settings"
    }
}

impl std::error::Error for SettingsError {}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let join = if index == 0 { "" } else { "; " };
            let at = if problem.at.is_empty() {
                "the settings"
            } else {
                &problem.at
            };
            write!(f, "{join}{at}: {}", problem.what)?;
        }
        Ok(())
    }
}

impl Schema {
    pub(crate) fn parse(schema: &Value) -> Result<Self, SchemaProblem> {
        parse(schema, "", 16)
    }

    /// Every problem of the settings.
    pub(crate) fn check(&self, settings: &Value) -> Vec<SettingsProblem> {
        let mut problems = Vec::new();
        self.check_at(settings, "", &mut problems);
        problems
    }

    fn check_at(&self, value: &Value, at: &str, problems: &mut Vec<SettingsProblem>) {
        let mut wrong = |what: String| {
            problems.push(SettingsProblem {
                at: at.to_owned(),
                what,
            });
        };
        if !self.types.is_empty() && !self.types.iter().any(|kind| kind.fits(value)) {
            let wanted: Vec<_> = self.types.iter().map(|kind| kind.name()).collect();
            wrong(format!("{} is needed, not {value}", wanted.join(" or ")));
            return;
        }
        if let Some(allowed) = &self.allowed
            && !allowed.contains(value)
        {
            let allowed: Vec<_> = allowed.iter().map(Value::to_string).collect();
            wrong(format!("{value} is not one of {}", allowed.join(", ")));
        }
        if let Some(number) = value.as_i64() {
            if let Some(minimum) = self.minimum.filter(|minimum| number < *minimum) {
                wrong(format!("{number} is less than {minimum}"));
            }
            if let Some(maximum) = self.maximum.filter(|maximum| number > *maximum) {
                wrong(format!("{number} is more than {maximum}"));
            }
        }
        if let Some(text) = value.as_str() {
            let length = text.chars().count() as u64;
            if let Some(problem) = outside(length, self.min_length, self.max_length, "characters") {
                wrong(problem);
            }
        }
        if let Some(items) = value.as_array() {
            let length = items.len() as u64;
            if let Some(problem) = outside(length, self.min_items, self.max_items, "items") {
                wrong(problem);
            }
            if let Some(schema) = &self.items {
                for (index, item) in items.iter().enumerate() {
                    schema.check_at(item, &format!("{at}/{index}"), problems);
                }
            }
        }
        if let Some(members) = value.as_object() {
            self.check_members(members, at, problems);
        }
    }

    fn check_members(
        &self,
        members: &Map<String, Value>,
        at: &str,
        problems: &mut Vec<SettingsProblem>,
    ) {
        for name in self
            .required
            .iter()
            .filter(|name| !members.contains_key(*name))
        {
            problems.push(SettingsProblem {
                at: at.to_owned(),
                what: format!("{name:?} is missing"),
            });
        }
        for (name, member) in members {
            let at = format!("{at}/{}", escaped(name));
            match self.properties.iter().find(|(known, _)| known == name) {
                Some((_, schema)) => schema.check_at(member, &at, problems),
                None if self.closed => {
                    let known: Vec<_> = self.properties.iter().map(|(name, _)| &**name).collect();
                    problems.push(SettingsProblem {
                        at,
                        what: format!("there is no such setting; there are {}", known.join(", ")),
                    });
                }
                None => {}
            }
        }
    }
}

impl Type {
    const ALL: [Self; 6] = [
        Self::Null,
        Self::Boolean,
        Self::Integer,
        Self::String,
        Self::Array,
        Self::Object,
    ];

    const fn keyword(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::String => "a text",
            Self::Array => "a list",
            Self::Object => "a table",
        }
    }

    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Boolean => value.is_boolean(),
            Self::Integer => value.is_i64(),
            Self::String => value.is_string(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }
}

fn parse(schema: &Value, at: &str, depth: u8) -> Result<Schema, SchemaProblem> {
    let problem = |at: String, what: String| SchemaProblem { at, what };
    let Some(members) = schema.as_object().filter(|_| depth > 0) else {
        let what = "a schema has to be an object, nested at most 16 deep".to_owned();
        return Err(problem(at.to_owned(), what));
    };
    let mut read = Schema {
        types: Vec::new(),
        allowed: None,
        minimum: None,
        maximum: None,
        min_length: None,
        max_length: None,
        min_items: None,
        max_items: None,
        items: None,
        properties: Vec::new(),
        required: Vec::new(),
        closed: false,
    };
    for (keyword, value) in members {
        let here = format!("{at}/{}", escaped(keyword));
        let unusable = || problem(here.clone(), format!("{value} is not possible here"));
        match keyword.as_str() {
            "$schema" | "$id" | "$comment" | "title" | "description" | "default" | "examples" => {}
            "type" => read.types = parse_types(value).ok_or_else(unusable)?,
            "const" => read.allowed = Some(vec![value.clone()]),
            "enum" => read.allowed = Some(value.as_array().ok_or_else(unusable)?.clone()),
            "minimum" => read.minimum = Some(value.as_i64().ok_or_else(unusable)?),
            "maximum" => read.maximum = Some(value.as_i64().ok_or_else(unusable)?),
            "minLength" => read.min_length = Some(value.as_u64().ok_or_else(unusable)?),
            "maxLength" => read.max_length = Some(value.as_u64().ok_or_else(unusable)?),
            "minItems" => read.min_items = Some(value.as_u64().ok_or_else(unusable)?),
            "maxItems" => read.max_items = Some(value.as_u64().ok_or_else(unusable)?),
            "items" => read.items = Some(Box::new(parse(value, &here, depth - 1)?)),
            "additionalProperties" => {
                read.closed = !value.as_bool().ok_or_else(unusable)?;
            }
            "required" => {
                let names = value.as_array().ok_or_else(unusable)?;
                let names: Option<Vec<_>> = names
                    .iter()
                    .map(|name| name.as_str().map(str::to_owned))
                    .collect();
                read.required = names.ok_or_else(unusable)?;
            }
            "properties" => {
                for (name, schema) in value.as_object().ok_or_else(unusable)? {
                    let there = format!("{here}/{}", escaped(name));
                    read.properties
                        .push((name.clone(), parse(schema, &there, depth - 1)?));
                }
            }
            _ => {
                let what = format!(
                    "the keyword {keyword:?} is not one of those that docs/POLICIES.md lists"
                );
                return Err(problem(here, what));
            }
        }
    }
    Ok(read)
}

fn parse_types(value: &Value) -> Option<Vec<Type>> {
    let one = |value: &Value| {
        let name = value.as_str()?;
        Type::ALL.into_iter().find(|kind| kind.keyword() == name)
    };
    match value {
        Value::Array(types) => types.iter().map(one).collect(),
        _ => Some(vec![one(value)?]),
    }
}

fn outside(length: u64, least: Option<u64>, most: Option<u64>, what: &str) -> Option<String> {
    if let Some(least) = least.filter(|least| length < *least) {
        return Some(format!("at least {least} {what} are needed, not {length}"));
    }
    let most = most.filter(|most| length > *most)?;
    Some(format!("at most {most} {what} are possible, not {length}"))
}

/// A name as a step of a JSON pointer (RFC 6901).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Schema {
        Schema::parse(&json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["pass-mark"],
            "additionalProperties": false,
            "properties": {
                "pass-mark": {"type": "integer", "minimum": 0, "maximum": 10000},
                "tie": {"enum": ["up", "down"]},
                "name": {"type": ["string", "null"], "minLength": 1, "maxLength": 3},
                "bands": {"type": "array", "minItems": 1, "maxItems": 2, "items": {
                    "type": "object", "properties": {"a/b": {"type": "boolean"}}
                }},
            },
        }))
        .unwrap()
    }

    #[test]
    fn accepts_what_fits() {
        for settings in [
            json!({"pass-mark": 5000}),
            json!({"pass-mark": 0, "tie": "up", "name": null}),
            json!({"pass-mark": 0, "name": "äöü", "bands": [{"a/b": true, "more": 1}]}),
        ] {
            assert_eq!(schema().check(&settings), [], "{settings}");
        }
    }

    #[test]
    fn names_each_field_that_does_not_fit() {
        for (settings, message) in [
            (json!([]), "the settings: a table is needed, not []"),
            (json!({}), "the settings: \"pass-mark\" is missing"),
            (
                json!({"pass-mark": 10001}),
                "/pass-mark: 10001 is more than 10000",
            ),
            (json!({"pass-mark": -1}), "/pass-mark: -1 is less than 0"),
            (
                json!({"pass-mark": 49.5}),
                "/pass-mark: a whole number is needed, not 49.5",
            ),
            (
                json!({"pass-mark": 1, "tie": "even"}),
                "/tie: \"even\" is not one of \"up\", \"down\"",
            ),
            (
                json!({"pass-mark": 1, "name": "four"}),
                "/name: at most 3 characters are possible, not 4",
            ),
            (
                json!({"pass-mark": 1, "name": 4}),
                "/name: a text or null is needed, not 4",
            ),
            (
                json!({"pass-mark": 1, "bands": []}),
                "/bands: at least 1 items are needed, not 0",
            ),
            (
                json!({"pass-mark": 1, "bands": [{}, {"a/b": 1}]}),
                "/bands/1/a~1b: true or false is needed, not 1",
            ),
        ] {
            let problems = schema().check(&settings);
            assert_eq!(SettingsError { problems }.to_string(), message);
        }
        let problems = schema().check(&json!({"pass-mark": 1, "passmark": 1}));
        assert!(
            problems[0]
                .what
                .starts_with("there is no such setting; there are")
        );
    }

    #[test]
    fn refuses_a_schema_that_it_could_not_apply_whole() {
        for (schema, at) in [
            (json!({"oneOf": []}), "/oneOf"),
            (
                json!({"properties": {"a": {"pattern": "^x"}}}),
                "/properties/a/pattern",
            ),
            (json!({"type": "number"}), "/type"),
            (json!({"additionalProperties": {}}), "/additionalProperties"),
            (json!(true), ""),
        ] {
            assert_eq!(Schema::parse(&schema).unwrap_err().at, at, "{schema}");
        }
    }
}
