//! Walks a value with the path to where it is, collects faults, and knows what holds everywhere:
//! no unknown properties, no missing ones, no nulls.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::{InvalidStatement, Rule, StatementError, Version};

/// Checks one value at the checker's present path.
pub(super) type Check = fn(&mut Checker, &Value);

/// A row of an object's table of properties.
pub(super) struct Property {
    name: &'static str,
    required: bool,
    check: Check,
}

pub(super) const fn required(name: &'static str, check: Check) -> Property {
    Property {
        name,
        required: true,
        check,
    }
}

pub(super) const fn optional(name: &'static str, check: Check) -> Property {
    Property {
        name,
        required: false,
        check,
    }
}

pub(super) struct Checker {
    pub(super) version: Version,
    path: String,
    errors: Vec<StatementError>,
}

impl Checker {
    pub(super) fn new(version: Version) -> Self {
        Self {
            version,
            path: String::from("$"),
            errors: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Result<(), InvalidStatement> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(InvalidStatement {
                errors: self.errors,
            })
        }
    }

    pub(super) fn fail(&mut self, rule: Rule, message: impl Into<String>) {
        if self.errors.len() < InvalidStatement::MOST {
            let error = StatementError {
                path: self.path.clone(),
                rule,
                message: message.into(),
            };
            self.errors.push(error);
        }
    }

    /// Runs `check` one step further down, at a property.
    pub(super) fn at_property(&mut self, name: &str, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if plain && !name.is_empty() {
            self.path.push('.');
            self.path.push_str(name);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(self.path, "[{}]", Value::from(name));
        }
        check(self);
        self.path.truncate(length);
    }

    fn at_index(&mut self, index: usize, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        let _ = write!(self.path, "[{index}]");
        check(self);
        self.path.truncate(length);
    }

    /// An object with the properties of one or more tables and no others.
    pub(super) fn object<'v>(
        &mut self,
        value: &'v Value,
        tables: &[&[Property]],
    ) -> Option<&'v Map<String, Value>> {
        let map = self.map(value)?;
        for (name, value) in map {
            let row = tables
                .iter()
                .flat_map(|rows| rows.iter())
                .find(|row| row.name == name);
            self.at_property(name, |checker| match row {
                None => checker.fail(Rule::UnknownProperty, "this object has no such property"),
                Some(_) if value.is_null() => checker.fail(Rule::Null, "null is not allowed here"),
                Some(row) => (row.check)(checker, value),
            });
        }
        for row in tables.iter().flat_map(|rows| rows.iter()) {
            if row.required && !map.contains_key(row.name) {
                self.at_property(row.name, |checker| {
                    checker.fail(Rule::MissingProperty, "this property is required");
                });
            }
        }
        Some(map)
    }

    /// An object with any properties; `check` sees each.
    pub(super) fn entries(&mut self, value: &Value, check: impl Fn(&mut Self, &str, &Value)) {
        let Some(map) = self.map(value) else { return };
        for (name, value) in map {
            self.at_property(name, |checker| check(checker, name, value));
        }
    }

    /// An array; `check` sees each item.
    pub(super) fn array<'v>(
        &mut self,
        value: &'v Value,
        check: impl Fn(&mut Self, &Value),
    ) -> Option<&'v [Value]> {
        let Value::Array(items) = value else {
            self.fail(Rule::WrongType, "an array is expected");
            return None;
        };
        for (index, item) in items.iter().enumerate() {
            self.at_index(index, |checker| {
                if item.is_null() {
                    checker.fail(Rule::Null, "null is not allowed here");
                } else {
                    check(checker, item);
                }
            });
        }
        Some(items)
    }

    /// A string of which `fits` must approve.
    pub(super) fn text(
        &mut self,
        value: &Value,
        rule: Rule,
        wanted: &str,
        fits: impl FnOnce(&str) -> bool,
    ) {
        match value {
            Value::String(text) if fits(text) => {}
            Value::String(_) => self.fail(rule, format!("{wanted} is expected")),
            _ => self.fail(Rule::WrongType, format!("a string ({wanted}) is expected")),
        }
    }

    fn map<'v>(&mut self, value: &'v Value) -> Option<&'v Map<String, Value>> {
        let map = value.as_object();
        if map.is_none() {
            self.fail(Rule::WrongType, "an object is expected");
        }
        map
    }
}
