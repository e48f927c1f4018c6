//! What a platform answers to our registration, read as far as we need it.

use serde_json::Value;

/// A platform's answer (Dynamic Registration 1.0 §3.6). All but the client id may be missing, and
/// whatever else it holds may be of any shape: nothing of it decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationAnswer {
    /// Our client id.
    pub client_id: String,
    /// The scopes that were granted, where the answer names any.
    pub scopes: Option<Vec<String>>,
    /// The deployment; Canvas makes it later.
    pub deployment_id: Option<String>,
}

/// The answer cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the platform's answer has no client id")]
pub struct NoClientId;

impl NoClientId {
    /// The stable name of the error.
    pub const fn code(self) -> &'static str {
        "registration_without_client_id"
    }
}

impl RegistrationAnswer {
    /// Reads the answer's JSON.
    pub fn parse(json: &[u8]) -> Result<Self, NoClientId> {
        const TOOL: &str = "https://purl.imsglobal.org/spec/lti-tool-configuration";
        let answer: Value = serde_json::from_slice(json).map_err(|_| NoClientId)?;
        let words = |list: String| {
            let words = list.split_ascii_whitespace();
            words.map(ToOwned::to_owned).collect()
        };
        Ok(Self {
            client_id: text(&answer["client_id"])
                .filter(|id| !id.trim().is_empty())
                .ok_or(NoClientId)?,
            scopes: text(&answer["scope"]).map(words),
            deployment_id: text(&answer[TOOL]["deployment_id"]).filter(|id| !id.is_empty()),
        })
    }
}

/// A text, or a number as text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_all_kinds() {
        let read = |json: &str| RegistrationAnswer::parse(json.as_bytes());
        let moodle = read(
            r#"{"client_id":"g8nM","scope":"a  b","https://purl.imsglobal.org/spec/lti-tool-configuration":{"deployment_id":3}}"#,
        )
        .unwrap();
        assert_eq!(moodle.deployment_id.as_deref(), Some("3"));
        assert_eq!(moodle.scopes, Some(vec!["a".to_owned(), "b".to_owned()]));
        // Canvas: ids are numbers, no deployment; an administrator took every scope away.
        let canvas = read(
            r#"{"client_id":10000000000042,"scope":"","https://purl.imsglobal.org/spec/lti-tool-configuration":{"messages":"odd"}}"#,
        )
        .unwrap();
        assert_eq!(canvas.client_id, "10000000000042");
        assert_eq!(canvas.deployment_id, None);
        assert_eq!(canvas.scopes, Some(Vec::new()));
        assert_eq!(read(r#"{"client_id":"x"}"#).unwrap().scopes, None);
        for bad in ["", "[]", "{}", r#"{"client_id":" "}"#, "<html>"] {
            assert_eq!(read(bad), Err(NoClientId), "{bad}");
        }
    }
}
