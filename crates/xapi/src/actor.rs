//! Who an Agent or identified Group is: the key under which it is indexed and compared.

use std::fmt;

use serde_json::Value;

/// The properties of which exactly one identifies an Agent (Data 2.4.2.3).
pub(crate) const IDENTIFIERS: [&str; 4] = ["mbox", "mbox_sha1sum", "openid", "account"];

/// The identity of an Agent or identified Group as one string, equal for equal identities:
/// `mbox|mailto:a@b.org`, `mbox_sha1sum|…`, `openid|…`, `account|<homePage>|<name>`.
///
/// The domain of an address and the digits of a digest are in lower case (Data 2.3.1).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct AgentKey(String);

impl AgentKey {
    /// The key of an Agent or Group; `None` when it is anonymous.
    pub fn of(actor: &Value) -> Option<Self> {
        let text = |name: &str| actor.get(name).and_then(Value::as_str);
        if let Some(mbox) = text("mbox") {
            return Some(Self(format!("mbox|{}", with_lower_domain(mbox))));
        }
        if let Some(digest) = text("mbox_sha1sum") {
            return Some(Self(format!(
                "mbox_sha1sum|{}",
                digest.to_ascii_lowercase()
            )));
        }
        if let Some(openid) = text("openid") {
            return Some(Self(format!("openid|{openid}")));
        }
        let account = actor.get("account")?;
        let (home, name) = (
            account.get("homePage")?.as_str()?,
            account.get("name")?.as_str()?,
        );
        Some(Self::account(home, name))
    }

    /// The key of an account. An IRI cannot hold `|`, so the first one ends the home page.
    pub fn account(home_page: &str, name: &str) -> Self {
        Self(format!("account|{home_page}|{name}"))
    }

    /// The key as it is kept in an index.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<AgentKey> for String {
    fn from(key: AgentKey) -> Self {
        key.0
    }
}

pub(crate) fn is_group(actor: &Value) -> bool {
    actor.get("objectType").and_then(Value::as_str) == Some("Group")
}

/// An address with its domain in lower case: that part alone ignores case (RFC 5321, 2.3.11).
pub(crate) fn with_lower_domain(mbox: &str) -> String {
    match mbox.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
        None => mbox.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys() {
        let table = [
            (
                json!({"mbox": "mailto:Ann@Example.ORG", "name": "Ann"}),
                "mbox|mailto:Ann@example.org",
            ),
            (json!({"mbox_sha1sum": "CD9B"}), "mbox_sha1sum|cd9b"),
            (
                json!({"openid": "https://o.example/Ann"}),
                "openid|https://o.example/Ann",
            ),
            (
                json!({"account": {"homePage": "https://u.example", "name": "a|b"}}),
                "account|https://u.example|a|b",
            ),
        ];
        for (actor, key) in table {
            assert_eq!(AgentKey::of(&actor).unwrap().as_str(), key);
        }
        assert!(AgentKey::of(&json!({"objectType": "Group", "member": []})).is_none());
    }
}
