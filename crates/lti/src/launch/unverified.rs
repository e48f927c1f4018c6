//! An `id_token` before its signature is checked: it tells only what is needed to choose the key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use url::Url;

use super::LaunchRefusal;
use crate::claims::IdTokenClaims;

/// Longer tokens are refused unread, in bytes. Real ones take 3 to 8 KiB.
pub const TOKEN_LIMIT: usize = 64 * 1024;

/// A token that anyone may have written.
///
/// It exposes what is needed to find the registration and the key, and nothing else: **nothing may be
/// decided from it** but whom to ask for keys. Its claims come out of [`verify_launch`](super::verify_launch) alone.
#[derive(Debug)]
pub struct UnverifiedIdToken<'a> {
    pub(super) algorithm: String,
    pub(super) key_id: Option<String>,
    /// Header and payload as they were signed.
    pub(super) signed: &'a str,
    /// Still in base64url.
    pub(super) signature: &'a str,
    pub(super) claims: IdTokenClaims,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Names extensions that must be understood (RFC 7515 §4.1.11). We understand none.
    crit: Option<serde::de::IgnoredAny>,
}

impl<'a> UnverifiedIdToken<'a> {
    /// Reads a token's outer shape: [`LaunchRefusal::TokenTooLarge`], [`LaunchRefusal::TokenTruncated`] or
    /// [`LaunchRefusal::TokenMalformed`] where it has none.
    pub fn parse(token: &'a str) -> Result<Self, LaunchRefusal> {
        if token.len() > TOKEN_LIMIT {
            return Err(LaunchRefusal::TokenTooLarge);
        }
        let mut parts = token.split('.');
        let header = parts.next().unwrap_or_default();
        let payload = parts.next();
        let signature = parts.next();
        if parts.next().is_some() {
            return Err(LaunchRefusal::TokenMalformed);
        }
        let Some(payload) = payload else {
            // A header always begins with `{"`, which is `eyJ` in base64.
            let is_beginning =
                !header.is_empty() && (header.starts_with("eyJ") || "eyJ".starts_with(header));
            return Err(if is_beginning {
                LaunchRefusal::TokenTruncated
            } else {
                LaunchRefusal::TokenMalformed
            });
        };
        let header: Header = decode_json(header)?;
        if header.crit.is_some() {
            return Err(LaunchRefusal::TokenMalformed);
        }
        let Some(signature) = signature else {
            return Err(LaunchRefusal::TokenTruncated);
        };
        let claims = decode_json(payload)?;
        let signed = &token[..token.len() - signature.len() - 1];
        Ok(Self {
            algorithm: header.alg,
            key_id: header.kid,
            signed,
            signature,
            claims,
        })
    }

    /// Who says to have issued it.
    pub fn issuer(&self) -> Option<&str> {
        self.claims.iss.as_str()
    }

    /// Whom it says to be for: client ids.
    pub fn audiences(&self) -> &[String] {
        self.claims.aud.as_ref().map_or(&[], |audience| &audience.0)
    }

    /// Which deployment it says to come from.
    pub fn deployment_id(&self) -> Option<&str> {
        self.claims.deployment_id.as_str()
    }

    /// Which login it says to answer: for telling apart, in the log, why a nonce is wrong.
    pub fn nonce(&self) -> Option<&str> {
        self.claims.nonce.as_filled()
    }

    /// Where it says that the person wants to go back to. Follow it only when the very same token
    /// was refused after its signature, issuer and audience were verified
    /// ([`LaunchRefusal::is_trusted`]), else it is an open redirect.
    pub fn return_url(&self) -> Option<&Url> {
        self.claims.presentation.as_ref()?.return_url.as_ref()
    }

    /// Which key it says to be signed with.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Which algorithm it says to be signed with, as it came: perhaps `none`.
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }
}

fn decode_json<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, LaunchRefusal> {
    let json = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| LaunchRefusal::TokenMalformed)?;
    // Serde would take a list for a structure, field by field.
    if json.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(LaunchRefusal::TokenMalformed);
    }
    serde_json::from_slice(&json).map_err(|_| LaunchRefusal::TokenMalformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(json: &str) -> String {
        URL_SAFE_NO_PAD.encode(json)
    }

    #[test]
    fn a_token_of_another_shape_is_refused_with_its_reason() {
        let header = encode(r#"{"alg":"RS256"}"#);
        let payload = encode(r#"{"iss":"https://lms.example"}"#);
        let table = [
            (String::new(), LaunchRefusal::TokenMalformed),
            ("hello".to_owned(), LaunchRefusal::TokenMalformed),
            ("ey".to_owned(), LaunchRefusal::TokenTruncated),
            (header[..7].to_owned(), LaunchRefusal::TokenTruncated),
            (header.clone(), LaunchRefusal::TokenTruncated),
            (
                format!("{header}.{}", &payload[..9]),
                LaunchRefusal::TokenTruncated,
            ),
            (format!("{header}.{payload}"), LaunchRefusal::TokenTruncated),
            (
                format!("{header}.{payload}.a.b"),
                LaunchRefusal::TokenMalformed,
            ),
            (
                format!("{header}.{}.a", encode("[]7")),
                LaunchRefusal::TokenMalformed,
            ),
            (
                format!("{header}.{}.a", encode("7")),
                LaunchRefusal::TokenMalformed,
            ),
            (format!("{header}.!!!.a"), LaunchRefusal::TokenMalformed),
            (
                format!("{}.{payload}.a", encode("{}")),
                LaunchRefusal::TokenMalformed,
            ),
            (
                format!(
                    "{}.{payload}.a",
                    encode(r#"{"alg":"RS256","crit":["b64"]}"#)
                ),
                LaunchRefusal::TokenMalformed,
            ),
            // Two issuers: which one would be checked, and which one used?
            (
                format!("{header}.{}.a", encode(r#"{"iss":"a","iss":"b"}"#)),
                LaunchRefusal::TokenMalformed,
            ),
            ("a".repeat(TOKEN_LIMIT + 1), LaunchRefusal::TokenTooLarge),
        ];
        for (token, reason) in table {
            assert_eq!(
                UnverifiedIdToken::parse(&token).unwrap_err(),
                reason,
                "{token:.80}"
            );
        }
    }

    #[test]
    fn it_tells_what_is_needed_to_choose_the_key() {
        let token = format!(
            "{}.{}.c2ln",
            encode(r#"{"typ":"JWT","alg":"PS256","kid":"k1"}"#),
            encode(
                r#"{"iss":"https://lms.example","aud":["a","b"],
                    "https://purl.imsglobal.org/spec/lti/claim/deployment_id":4}"#
            )
        );
        let token = UnverifiedIdToken::parse(&token).unwrap();
        assert_eq!(token.issuer(), Some("https://lms.example"));
        assert_eq!(token.audiences(), ["a", "b"]);
        assert_eq!(token.deployment_id(), Some("4"));
        assert_eq!(token.key_id(), Some("k1"));
        assert_eq!(token.algorithm(), "PS256");
    }
}
