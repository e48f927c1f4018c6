//! Our access tokens for the services of platforms (Security Framework 1.0 section 4, RFC 7523).

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use moka::future::Cache;
use mtl_lti::assertion::{CLIENT_ASSERTION_TYPE, ClientAssertion};
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::freshness::{ByLife, Perishable};
use crate::http::{Effect, Http, explain};
use crate::limiter::Limiter;
use crate::{PlatformAccess, ServiceError, status, words};

const MOST: u64 = 10_000;
/// How long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_mins(1);
/// Where the platform does not say how long a token lives.
const USUAL_LIFE: Duration = Duration::from_mins(5);
const LONGEST_LIFE: Duration = Duration::from_hours(24);

/// What assertions are dated by.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The tokens of all registrations.
#[derive(Clone)]
pub struct Tokens {
    http: Http,
    limiter: Limiter,
    clock: Clock,
    kept: Cache<TokenKey, AccessToken>,
    /// When each registration last got a token, by [`PlatformAccess::cache_key`].
    fetched: Arc<Mutex<HashMap<String, DateTime<Utc>>>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct TokenKey {
    registration: String,
    client_id: String,
    token_url: Url,
    /// In alphabetical order.
    scopes: String,
}

impl TokenKey {
    fn of(access: &PlatformAccess, scopes: &[&str]) -> Self {
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        Self {
            registration: access.cache_key.clone(),
            client_id: access.client_id.clone(),
            token_url: access.token_url.clone(),
            scopes: scopes.join(" "),
        }
    }
}

/// A platform's token for us. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken {
    text: Arc<str>,
    life: Duration,
}

impl AccessToken {
    /// The token itself, for the header.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

impl Perishable for AccessToken {
    fn life(&self) -> Duration {
        self.life
    }
}

impl Tokens {
    pub(crate) fn new(http: Http, limiter: Limiter, clock: Clock) -> Self {
        Self {
            http,
            limiter,
            clock,
            kept: Cache::builder()
                .max_capacity(MOST)
                .expire_after(ByLife)
                .build(),
            fetched: Arc::default(),
        }
    }

    /// A token for these scopes, from memory if there is one. Many who ask at once cause one call.
    pub async fn access_token(
        &self,
        access: &PlatformAccess,
        scopes: &[&str],
    ) -> Result<AccessToken, ServiceError> {
        let key = TokenKey::of(access, scopes);
        let asked = key.scopes.clone();
        let kept = self
            .kept
            .try_get_with(key, self.fetch(access, &asked))
            .await;
        kept.map_err(Arc::unwrap_or_clone)
    }

    /// A new token whatever is in memory, to see whether the platform gives one.
    pub async fn try_access(
        &self,
        access: &PlatformAccess,
        scopes: &[&str],
    ) -> Result<AccessToken, ServiceError> {
        let key = TokenKey::of(access, scopes);
        let token = self.fetch(access, &key.scopes).await?;
        self.kept.insert(key, token.clone()).await;
        Ok(token)
    }

    /// When the registration of this [`PlatformAccess::cache_key`] last got a token, as far as this
    /// process knows.
    pub fn last_fetched(&self, cache_key: &str) -> Option<DateTime<Utc>> {
        let fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.get(cache_key).copied()
    }

    /// Another token in place of one that the platform does not accept.
    pub(crate) async fn renew(
        &self,
        access: &PlatformAccess,
        scopes: &[&str],
        refused: &AccessToken,
    ) -> Result<AccessToken, ServiceError> {
        let key = TokenKey::of(access, scopes);
        // Another call may have renewed it already.
        if self
            .kept
            .get(&key)
            .await
            .is_some_and(|kept| kept.text == refused.text)
        {
            self.kept.invalidate(&key).await;
        }
        self.access_token(access, scopes).await
    }

    async fn fetch(
        &self,
        access: &PlatformAccess,
        scopes: &str,
    ) -> Result<AccessToken, ServiceError> {
        let pass = self
            .limiter
            .enter(&access.cache_key, Instant::now())
            .map_err(|after| ServiceError::HeldBack { after })?;
        let assertion = ClientAssertion {
            client_id: &access.client_id,
            audience: &access.audience,
            jti: &Uuid::new_v4().to_string(),
            now: (self.clock)(),
        }
        .sign(&access.signing)?;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", CLIENT_ASSERTION_TYPE),
            ("client_assertion", assertion.as_str()),
            ("scope", scopes),
        ];
        // A token that is lost on its way does no harm: the next one is as good.
        let effect = Effect::Reads;
        let filled = |request: reqwest::RequestBuilder| {
            request.header(ACCEPT, "application/json").form(&form)
        };
        let response = self
            .http
            .send(Method::POST, &access.token_url, effect, filled)
            .await?;
        let code = response.status();
        pass.answered(response.headers(), code.is_success(), Instant::now());
        if !code.is_success() {
            let mut refused = explain(response, Some(&assertion)).await;
            if refused.is_busy() {
                refused.retry_after = Some(pass.refused(refused.retry_after, Instant::now()));
            }
            return Err(if status::may_pass(code) || refused.throttled {
                status::judge_open(refused)
            } else {
                let error = refused.error.unwrap_or_else(|| code.as_u16().to_string());
                ServiceError::NoToken {
                    error,
                    reason: refused.reason,
                }
            });
        }
        let body = Http::read(response, self.http.limits.answer_bytes, effect).await?;
        let token = parse_token(&body, scopes)?;
        self.fetched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(access.cache_key.clone(), (self.clock)());
        Ok(token)
    }
}

/// The answer of a token endpoint (RFC 6749 section 5.1). Its content type is not looked at: Moodle says
/// `text/html`. A platform may grant less than was asked for, and then says what (section 3.3); a token
/// without any of it is none.
fn parse_token(body: &[u8], asked: &str) -> Result<AccessToken, ServiceError> {
    #[derive(Deserialize)]
    struct Answer {
        access_token: Option<String>,
        token_type: Option<String>,
        expires_in: Option<Value>,
        error: Option<String>,
        scope: Option<Value>,
    }

    let answer: Answer = serde_json::from_slice(body)
        .map_err(|_| ServiceError::unreadable("the token endpoint's answer"))?;
    if let Some(error) = answer.error {
        let error = words::tidy(&error, None);
        return Err(ServiceError::NoToken {
            reason: error.clone(),
            error,
        });
    }
    let granted = answer.scope.as_ref().and_then(Value::as_str);
    let lacks_all = granted.is_some_and(|granted| {
        let granted: Vec<&str> = granted.split_whitespace().collect();
        !granted.is_empty() && !asked.split(' ').any(|scope| granted.contains(&scope))
    });
    if lacks_all {
        return Err(ServiceError::NoToken {
            error: "invalid_scope".to_owned(),
            reason: "the platform left out what was asked for".to_owned(),
        });
    }
    if answer
        .token_type
        .is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer"))
    {
        return Err(ServiceError::unreadable(
            "a token of another kind than Bearer",
        ));
    }
    let text = answer
        .access_token
        .filter(|token| !token.is_empty())
        .ok_or(ServiceError::unreadable(
            "the token endpoint's answer has no token",
        ))?;
    let life = match &answer.expires_in {
        Some(Value::Number(seconds)) => seconds.as_f64(),
        Some(Value::String(seconds)) => seconds.trim().parse().ok(),
        _ => None,
    };
    let life = life
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .unwrap_or(USUAL_LIFE)
        .min(LONGEST_LIFE);
    Ok(AccessToken {
        text: text.into(),
        life: life.saturating_sub(MARGIN),
    })
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_token_endpoints() {
        let life = |json: &str| parse_token(json.as_bytes(), "s").unwrap().life.as_secs();
        assert_eq!(
            life(r#"{"access_token":"a","token_type":"Bearer","expires_in":3600}"#),
            3540
        );
        assert_eq!(
            life(r#"{"access_token":"a","token_type":"bearer","expires_in":"600"}"#),
            540
        );
        assert_eq!(life(r#"{"access_token":"a"}"#), 240);
        assert_eq!(life(r#"{"access_token":"a","expires_in":-5}"#), 240);
        assert_eq!(life(r#"{"access_token":"a","expires_in":30}"#), 0);
        assert_eq!(life(r#"{"access_token":"a","expires_in":1e99}"#), 240);
        assert_eq!(life(r#"{"access_token":"a","expires_in":9999999}"#), 86_340);
        let code = |json: &str| parse_token(json.as_bytes(), "s r").unwrap_err().code();
        assert_eq!(
            code(r#"{"access_token":"a","token_type":"mac"}"#),
            "answer_unreadable"
        );
        assert_eq!(code(r#"{"access_token":""}"#), "answer_unreadable");
        assert_eq!(code("<html>"), "answer_unreadable");
        assert_eq!(code(r#"{"error":"invalid_scope"}"#), "token_invalid_scope");
        assert_eq!(
            code(r#"{"access_token":"a","scope":"t u"}"#),
            "token_invalid_scope"
        );
        for granted in ["s", "t s", "", "  "] {
            let json = format!(r#"{{"access_token":"a","expires_in":600,"scope":"{granted}"}}"#);
            assert_eq!(life(&json), 540, "{granted}");
        }
    }
}
