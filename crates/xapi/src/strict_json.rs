//! JSON as xAPI wants it: an object that names a property twice is refused, not half ignored.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::{InvalidStatement, Rule};

const DUPLICATE: &str = "the same property twice: ";

/// Reads one JSON document; properties must be distinct (Data 2.2) and nesting stays below 128.
pub fn parse_json(bytes: &[u8]) -> Result<Value, InvalidStatement> {
    serde_json::from_slice::<Strict>(bytes)
        .map(|strict| strict.0)
        .map_err(|error| {
            let text = error.to_string();
            let rule = if text.starts_with(DUPLICATE) {
                Rule::DuplicateProperty
            } else {
                Rule::MalformedJson
            };
            InvalidStatement::one("$", rule, text)
        })
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = items.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(de::Error::custom(format_args!("{DUPLICATE}{key:?}")));
            }
            let Strict(value) = entries.next_value()?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicates_are_refused_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"\u0061":2}}]"#] {
            let error = parse_json(text.as_bytes()).unwrap_err();
            assert_eq!(error.errors[0].rule, Rule::DuplicateProperty, "{text}");
        }
    }

    #[test]
    fn malformed_documents_are_refused() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for text in [
            "",
            "{",
            "{'a':1}",
            "[1,]",
            "nul",
            "1 2",
            "NaN",
            "1e400",
            deep.as_str(),
        ] {
            let error = parse_json(text.as_bytes()).unwrap_err();
            assert_eq!(error.errors[0].rule, Rule::MalformedJson, "{text}");
        }
        assert!(parse_json(&[b'"', 0xff, b'"']).is_err());
    }

    #[test]
    fn values_are_kept() {
        let text = r#"{"a":[1,-2,0.525,true,null,"ü",{}],"b":18446744073709551615}"#;
        assert_eq!(parse_json(text.as_bytes()).unwrap().to_string(), text);
    }
}
