//! Who asks: Basic credentials, looked up in the store (Communication 4.0).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mtl_programme::InstitutionId;
use uuid::Uuid;

use crate::scope::{Reach, Scopes};
use crate::{LrsError, LrsState};

/// The holder of a credential, and with it the institution of the request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) institution: InstitutionId,
    /// The id of the credential, which is no secret.
    pub(crate) credential: Uuid,
    /// What people call it.
    pub(crate) name: String,
    scopes: Scopes,
}

impl Caller {
    pub(crate) fn require_write(&self) -> Result<(), LrsError> {
        let allowed = self.scopes.may_write().then_some(());
        allowed.ok_or(LrsError::Forbidden("statements/write"))
    }

    pub(crate) fn require_read(&self) -> Result<Reach, LrsError> {
        self.scopes
            .reading()
            .ok_or(LrsError::Forbidden("statements/read"))
    }
}

impl FromRequestParts<LrsState> for Caller {
    type Rejection = LrsError;

    async fn from_request_parts(parts: &mut Parts, state: &LrsState) -> Result<Self, LrsError> {
        let (key, secret) = parse_basic(&parts.headers).ok_or(LrsError::Unauthorized)?;
        let found = state.store.find_lrs_credential(key).await?;
        let credential = found.ok_or(LrsError::Unauthorized)?;
        if !state.secrets.is_right(secret, credential.secret_hash).await {
            return Err(LrsError::Unauthorized);
        }
        let scopes = Scopes::parse(&credential.scopes).unwrap_or_else(|error| {
            tracing::warn!(credential = %credential.id, %error, "a credential with an unknown scope");
            Scopes::default()
        });
        Ok(Self {
            institution: credential.institution,
            credential: credential.id,
            name: credential.name,
            scopes,
        })
    }
}

/// Key and secret of `Authorization: Basic` (RFC 7617).
fn parse_basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (key, secret) = decoded.split_once(':')?;
    Some((key.to_owned(), secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials() {
        let parse = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            parse_basic(&headers)
        };
        let expected = Some(("key".to_owned(), "se:cret".to_owned()));
        assert_eq!(parse("Basic a2V5OnNlOmNyZXQ="), expected);
        assert_eq!(parse("basic  a2V5OnNlOmNyZXQ="), expected);
        for value in [
            "Basic",
            "Basic !",
            "Bearer a2V5OnNlOmNyZXQ=",
            "Basic a2V5",
            "",
        ] {
            assert_eq!(parse(value), None, "{value}");
        }
        assert_eq!(parse_basic(&HeaderMap::new()), None);
    }
}
