//! Canonical JSON: one value, one sequence of bytes, so that digests can be compared.
//!
//! RFC 8785 with one restriction: numbers are whole, since the contract has no floats. Whole
//! numbers are written in full, also beyond 2^53.

use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Why a value has no canonical form.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CanonicalError {
    /// A number with a fraction or an exponent.
    #[error("{number} at {at:?} is not a whole number")]
    NotWhole {
        /// The number, as it was written.
        number: String,
        /// JSON pointer of the number.
        at: String,
    },
    /// The value cannot be written as JSON at all.
    #[error("not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
}

impl CanonicalError {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotWhole { .. } => "canonical_not_whole",
            Self::NotJson(_) => "canonical_not_json",
        }
    }
}

/// The canonical JSON of anything that can be serialised.
pub fn canonical_json<T: Serialize + ?Sized>(value: &T) -> Result<String, CanonicalError> {
    canonical_value(&serde_json::to_value(value)?)
}

/// The canonical JSON of a JSON value.
pub fn canonical_value(value: &Value) -> Result<String, CanonicalError> {
    let mut out = String::with_capacity(1024);
    write_value(&mut out, value, &mut Vec::new())?;
    Ok(out)
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes.as_ref()) {
        hex.push(char::from(DIGITS[usize::from(byte >> 4)]));
        hex.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    hex
}

/// A step into a value, kept to name the place of an error.
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

fn write_value<'a>(
    out: &mut String,
    value: &'a Value,
    path: &mut Vec<Step<'a>>,
) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            if !(number.is_i64() || number.is_u64()) {
                return Err(CanonicalError::NotWhole {
                    number: number.to_string(),
                    at: pointer(path),
                });
            }
            out.push_str(&number.to_string());
        }
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                path.push(Step::Index(index));
                write_value(out, item, path)?;
                path.pop();
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            // RFC 8785, section 3.2.3: by UTF-16 code units.
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (index, (key, item)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, key);
                out.push(':');
                path.push(Step::Key(key));
                write_value(out, item, path)?;
                path.pop();
            }
            out.push('}');
        }
    }
    Ok(())
}

/// RFC 8785, section 3.2.2.2: the two-character escapes where there is one, else \u00xx for
/// control characters, and nothing else escaped.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            0x09 => "\\t",
            0x0a => "\\n",
            0x0c => "\\f",
            0x0d => "\\r",
            0x00..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[plain..at]);
        if escape.is_empty() {
            // Writing to a string does not fail.
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escape);
        }
        plain = at + 1;
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

fn pointer(path: &[Step<'_>]) -> String {
    path.iter().fold(String::new(), |mut pointer, step| {
        pointer.push('/');
        match step {
            Step::Key(key) => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => pointer.push_str(&index.to_string()),
        }
        pointer
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn orders_keys_and_escapes_as_rfc_8785_does() {
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "1": "One",
            "\u{1f600}": "Smiling", "\u{fb33}": "Hebrew", "a": ["\u{f}\n\"\\/", -7, null, true],
        });
        assert_eq!(
            canonical_value(&value).unwrap(),
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"a\":[\"\\u000f\\n\\\"\\\\/\",-7,null,true],\
             \"\u{20ac}\":\"Euro Sign\",\"\u{1f600}\":\"Smiling\",\"\u{fb33}\":\"Hebrew\"}"
        );
    }

    #[test]
    fn names_the_place_of_a_fraction() {
        let refused = canonical_value(&json!({"late/bands": [{"points": 0.5}]})).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "0.5 at \"/late~1bands/0/points\" is not a whole number"
        );
        assert_eq!(refused.code(), "canonical_not_whole");
    }

    #[test]
    fn digests_are_those_of_the_standard() {
        assert_eq!(
            sha256_hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
