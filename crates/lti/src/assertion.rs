//! The assertion that we show at a platform's token endpoint (Security Framework 1.0 §4.1.1, RFC 7523).

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::signing_key::{SigningError, SigningKey};

/// `client_assertion_type` of the token request.
pub const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far `iat` lies back. Moodle refuses one that is 5 s ahead of its clock, Canvas one that is 5 minutes old.
const BACKDATED: TimeDelta = TimeDelta::seconds(60);
/// How long the assertion lives from now.
const LIFE: TimeDelta = TimeDelta::seconds(180);

/// What an assertion says.
#[derive(Debug, Clone, Copy)]
pub struct ClientAssertion<'a> {
    /// Our client id at the platform.
    pub client_id: &'a str,
    /// Whom it is for: the registration's audience, else its token endpoint.
    pub audience: &'a str,
    /// A random id, used once.
    pub jti: &'a str,
    /// The time.
    pub now: DateTime<Utc>,
}

impl ClientAssertion<'_> {
    /// Signs the assertion.
    pub fn sign(&self, key: &SigningKey) -> Result<String, SigningError> {
        #[derive(Serialize)]
        struct Claims<'a> {
            iss: &'a str,
            sub: &'a str,
            aud: &'a str,
            iat: i64,
            exp: i64,
            jti: &'a str,
        }

        key.sign(&Claims {
            iss: self.client_id,
            sub: self.client_id,
            aud: self.audience,
            iat: (self.now - BACKDATED).timestamp(),
            exp: (self.now + LIFE).timestamp(),
            jti: self.jti,
        })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn it_says_all_that_canvas_asks_for_and_is_backdated_for_moodle() {
        let key = SigningKey::generate().unwrap();
        let now = DateTime::from_timestamp(1_795_447_926, 0).unwrap();
        let assertion = ClientAssertion {
            client_id: "c1",
            audience: "https://lms.example/token",
            jti: "j1",
            now,
        };
        let token = assertion.sign(&key).unwrap();
        let payload = token.split('.').nth(1).unwrap();
        let claims: serde_json::Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        assert_eq!(
            claims,
            serde_json::json!({
                "iss": "c1", "sub": "c1", "aud": "https://lms.example/token", "jti": "j1",
                "iat": 1_795_447_866, "exp": 1_795_448_106,
            })
        );
    }
}
