//! Who vouches for the statements that come with a credential (Data 2.4.9).

use mtl_xapi::AgentKey;
use serde_json::{Value, json};

use crate::credential::Caller;
use crate::state::LrsSettings;

/// The credential as an Agent: an account of this store. Its name says nothing of the secret or
/// of the key, which may stand in other places, too.
pub(crate) fn authority(caller: &Caller, settings: &LrsSettings) -> Value {
    json!({
        "objectType": "Agent",
        "name": caller.name,
        "account": { "homePage": settings.public_url, "name": caller.credential.to_string() },
    })
}

/// The key under which that Agent is indexed.
pub(crate) fn authority_key(caller: &Caller, settings: &LrsSettings) -> AgentKey {
    AgentKey::account(&settings.public_url, &caller.credential.to_string())
}
