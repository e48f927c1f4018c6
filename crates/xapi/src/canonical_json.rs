//! One spelling for one JSON value, so that a statement that is rebuilt has the same bytes.

use serde_json::Value;

/// Writes JSON without blanks and with the properties of every object in the order of their
/// bytes, whatever order the value itself keeps.
pub fn to_canonical_json(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    text
}

fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_string(key, text);
                text.push(':');
                write_value(value, text);
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_value(value, text);
            }
            text.push(']');
        }
        Value::String(string) => write_string(string, text),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Null => text.push_str("null"),
    }
}

fn write_string(string: &str, text: &mut String) {
    text.push_str(&Value::from(string).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn properties_are_sorted() {
        let value = json!({"b": [1.5, {"z": null, "a": "\"ü\n"}], "B": true, "a": -1});
        assert_eq!(
            to_canonical_json(&value),
            r#"{"B":true,"a":-1,"b":[1.5,{"a":"\"ü\n","z":null}]}"#
        );
    }
}
