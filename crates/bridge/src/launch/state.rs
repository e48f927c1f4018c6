//! The `state` of a login: one sealed token that holds all that must be known when the platform
//! answers, so that nothing is written before a launch was verified.
//!
//! OpenID Connect Core 3.1.2.1 (`state`, `nonce`); 1EdTech Security Framework 1.0, section 5.1.1.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_programme::RegistrationId;
use serde::{Deserialize, Serialize};

use crate::secret::{Forged, Sealer, same_secret, token_hash};

/// How long a login may take, from the first request to the platform's answer.
pub const STATE_LIFETIME: TimeDelta = TimeDelta::seconds(600);

/// What the sealed state holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct LoginState {
    /// Names the launch's cookie, so that launches in two tabs do not mix.
    #[serde(rename = "k")]
    pub(crate) key: String,
    /// The registration that the login named.
    #[serde(rename = "r")]
    pub(crate) registration: RegistrationId,
    /// The nonce that the token must carry; one use of it is one use of this state.
    #[serde(rename = "n")]
    pub(crate) nonce: String,
    /// When the login was begun, in Unix seconds.
    #[serde(rename = "t")]
    pub(crate) begun: i64,
    /// SHA-256 of the secret in the launch's cookie.
    #[serde(rename = "c", with = "hash_text")]
    pub(crate) cookie_hash: [u8; 32],
    /// SHA-256 of the secret that is kept in the platform's storage.
    #[serde(rename = "s", with = "hash_text")]
    pub(crate) storage_hash: [u8; 32],
    /// The frame that answers storage messages, where the platform offered one.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub(crate) storage_target: Option<String>,
}

/// Why a state was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum StateError {
    #[error("the state was not made by this bridge")]
    Forged,
    #[error("the login was begun more than ten minutes ago")]
    Expired,
}

impl From<Forged> for StateError {
    fn from(_: Forged) -> Self {
        Self::Forged
    }
}

impl LoginState {
    pub(crate) fn seal(&self, sealer: &Sealer) -> Result<String, Forged> {
        let message = serde_json::to_vec(self).map_err(|_| Forged)?;
        sealer.seal(&message)
    }

    pub(crate) fn open(
        sealer: &Sealer,
        state: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, StateError> {
        let login: Self =
            serde_json::from_slice(&sealer.open(state)?).map_err(|_| StateError::Forged)?;
        let begun = DateTime::from_timestamp(login.begun, 0).ok_or(StateError::Forged)?;
        if now > begun + STATE_LIFETIME {
            return Err(StateError::Expired);
        }
        Ok(login)
    }

    /// Whether the browser (or the platform's storage) that answers is the one that began.
    pub(crate) fn is_proved_by(&self, cookie: Option<&str>, storage: Option<&str>) -> bool {
        cookie.is_some_and(|c| same_secret(&token_hash(c), &self.cookie_hash))
            || storage.is_some_and(|s| same_secret(&token_hash(s), &self.storage_hash))
    }
}

mod hash_text {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(hash: &[u8; 32], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&URL_SAFE_NO_PAD.encode(hash))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(d)?;
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| D::Error::custom("not 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{MasterSecret, Purpose};

    fn state() -> LoginState {
        LoginState {
            key: "abc".into(),
            registration: RegistrationId(uuid::Uuid::nil()),
            nonce: "n".into(),
            begun: 1_000,
            cookie_hash: token_hash("cookie"),
            storage_hash: token_hash("storage"),
            storage_target: None,
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn a_state_lives_ten_minutes() {
        let sealer = Sealer::new(&MasterSecret::new([1; 32]), Purpose::State);
        let token = state().seal(&sealer).unwrap();
        assert_eq!(LoginState::open(&sealer, &token, at(1_600)), Ok(state()));
        assert_eq!(
            LoginState::open(&sealer, &token, at(1_601)),
            Err(StateError::Expired)
        );
        assert_eq!(
            LoginState::open(&sealer, "state-1", at(1_000)),
            Err(StateError::Forged)
        );
    }

    #[test]
    fn only_the_browser_that_began_may_answer() {
        assert!(state().is_proved_by(Some("cookie"), None));
        assert!(state().is_proved_by(None, Some("storage")));
        assert!(state().is_proved_by(Some("another"), Some("storage")));
        assert!(!state().is_proved_by(Some("storage"), Some("cookie")));
        assert!(!state().is_proved_by(None, None));
    }
}
