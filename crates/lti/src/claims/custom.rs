//! Custom parameters of a launch (LTI Core 1.3 §5.4.6).

use std::collections::BTreeMap;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::deserialize_optional_text;

/// Custom parameters by name, as text. A parameter that is a list or an object is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CustomParameters(BTreeMap<String, String>);

impl CustomParameters {
    /// The parameter's value as it came, also when it is an unreplaced `$Variable`.
    ///
    /// Moodle sends a lower-cased copy of each key besides the key itself, so ours are all in lower case.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The parameter's value, unless it is empty or a variable that the platform did not know:
    /// Moodle leaves those as `$ResourceLink.submission.endDateTime`.
    pub fn find_filled(&self, name: &str) -> Option<&str> {
        self.find(name)
            .filter(|value| !value.is_empty() && !is_unreplaced(value))
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn is_unreplaced(value: &str) -> bool {
    value.strip_prefix('$').is_some_and(|rest| {
        rest.contains('.')
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
    })
}

impl FromIterator<(String, String)> for CustomParameters {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for CustomParameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parameters;

        #[derive(Deserialize)]
        struct Value(#[serde(deserialize_with = "deserialize_optional_text")] Option<String>);

        impl<'de> Visitor<'de> for Parameters {
            type Value = CustomParameters;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("custom parameters")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut parameters = BTreeMap::new();
                while let Some((name, Value(value))) = map.next_entry::<String, Value>()? {
                    if let Some(value) = value {
                        parameters.insert(name, value);
                    }
                }
                Ok(CustomParameters(parameters))
            }

            /// PHP writes an empty map as an empty list.
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut list: A,
            ) -> Result<Self::Value, A::Error> {
                while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                Ok(CustomParameters::default())
            }
        }

        deserializer.deserialize_any(Parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_truth_values_are_text_and_the_rest_is_left_out() {
        let custom: CustomParameters = serde_json::from_str(
            r#"{"a":"x","b":7,"c":true,"d":null,"e":[1],"f":{"g":1},"h":1.5}"#,
        )
        .unwrap();
        let pairs: Vec<_> = custom.iter().collect();
        assert_eq!(pairs, [("a", "x"), ("b", "7"), ("c", "true"), ("h", "1.5")]);
        assert!(
            serde_json::from_str::<CustomParameters>("[]")
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn unknown_variables_and_empty_values_are_not_filled() {
        let custom: CustomParameters = serde_json::from_str(
            r#"{"due":"$ResourceLink.submission.endDateTime","history":"","price":"$5","id":"mtl/inquiry"}"#,
        )
        .unwrap();
        assert_eq!(
            custom.find("due"),
            Some("$ResourceLink.submission.endDateTime")
        );
        assert_eq!(custom.find_filled("due"), None);
        assert_eq!(custom.find_filled("history"), None);
        assert_eq!(custom.find_filled("price"), Some("$5"));
        assert_eq!(custom.find_filled("id"), Some("mtl/inquiry"));
    }
}
