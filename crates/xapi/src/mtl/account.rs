//! A person as statements name them: an account, never a name or an address.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::AgentKey;

/// An account of an institution.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Account {
    /// The institution's IRI.
    pub home_page: String,
    /// The pseudonym that the store keeps with the person, or the platform's user id where the
    /// institution has chosen that.
    pub name: String,
}

impl Account {
    /// The account as an Agent of xAPI (Data 2.4.2.1).
    pub fn to_agent(&self) -> Value {
        json!({
            "objectType": "Agent",
            "account": { "homePage": self.home_page, "name": self.name },
        })
    }

    /// The key under which the Agent is indexed.
    pub fn key(&self) -> AgentKey {
        AgentKey::account(&self.home_page, &self.name)
    }
}
