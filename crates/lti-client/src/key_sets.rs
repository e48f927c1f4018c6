//! The public keys of platforms, kept in memory (RFC 7517, Security Framework 1.0 section 6.3).
//!
//! A set is used until it expires. Where a new one cannot be fetched then, the last one is used for a
//! while longer, never beyond [`CallLimits::key_set_stale`]: a platform whose key set is out of reach
//! for an hour does not lock its people out.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::future::Cache;
use mtl_lti::KeySet;
use reqwest::Method;
use reqwest::header::ACCEPT;
use tokio::sync::Mutex;
use url::Url;

use crate::freshness::{self, ByLife, Perishable};
use crate::http::{Effect, Http, explain};
use crate::{CallLimits, ServiceError, status};

const MOST: u64 = 10_000;

/// The key sets of all platforms.
pub struct KeySets {
    http: Http,
    kept: Cache<Url, Kept>,
    /// What each platform gave last, for the time when it gives nothing.
    last: Cache<Url, Kept>,
    /// When a key set was last fetched because of an unknown key; whoever refreshes holds the lock.
    refreshed: Cache<Url, Arc<Mutex<Option<Instant>>>>,
}

#[derive(Clone)]
struct Kept {
    keys: Arc<KeySet>,
    life: Duration,
}

impl Perishable for Kept {
    fn life(&self) -> Duration {
        self.life
    }
}

impl KeySets {
    pub(crate) fn new(http: Http) -> Self {
        Self {
            http,
            kept: by_life(),
            last: by_life(),
            refreshed: Cache::builder().max_capacity(MOST).build(),
        }
    }

    /// The key set at an address, from memory if it is there and fresh. Many who ask at once cause one
    /// call.
    pub async fn find(&self, jwks_url: &Url) -> Result<Arc<KeySet>, ServiceError> {
        let kept = self
            .kept
            .try_get_with_by_ref(jwks_url, self.fetch_or_last(jwks_url))
            .await;
        kept.map(|kept| kept.keys).map_err(Arc::unwrap_or_clone)
    }

    /// After a token named a key that is not in the set: the set is fetched anew, but not again and again,
    /// since anyone can invent names of keys; in between the set in memory is given.
    pub async fn refresh(&self, jwks_url: &Url) -> Result<Arc<KeySet>, ServiceError> {
        let last = self
            .refreshed
            .get_with_by_ref(jwks_url, async { Arc::default() })
            .await;
        let mut last = last.lock().await;
        if last.is_some_and(|last| last.elapsed() < self.http.limits.key_set_refresh) {
            drop(last);
            return self.find(jwks_url).await;
        }
        *last = Some(Instant::now());
        let fetched = self.fetch(jwks_url).await?;
        self.kept.insert(jwks_url.clone(), fetched.clone()).await;
        Ok(fetched.keys)
    }

    /// A new set, else the last one for a moment; then the platform is asked again.
    async fn fetch_or_last(&self, jwks_url: &Url) -> Result<Kept, ServiceError> {
        let error = match self.fetch(jwks_url).await {
            Ok(fetched) => return Ok(fetched),
            Err(error) => error,
        };
        // A refusal by the guard is our own word, which holds at once.
        let last = match &error {
            ServiceError::AddressRefused(_) => None,
            _ => self.last.get(jwks_url).await,
        };
        let Some(last) = last else {
            return Err(error);
        };
        let host = jwks_url.host_str().unwrap_or_default();
        tracing::warn!(
            host,
            code = error.code(),
            "a platform gives no key set; its last one is used"
        );
        Ok(Kept {
            keys: last.keys,
            life: self.http.limits.key_set_refresh,
        })
    }

    async fn fetch(&self, jwks_url: &Url) -> Result<Kept, ServiceError> {
        let effect = Effect::Reads;
        let accepting =
            |request: reqwest::RequestBuilder| request.header(ACCEPT, "application/json");
        let response = self
            .http
            .send(Method::GET, jwks_url, effect, accepting)
            .await?;
        if !response.status().is_success() {
            return Err(status::judge_open(explain(response, None).await));
        }
        let limits: CallLimits = self.http.limits;
        let life = freshness::of_key_set(response.headers(), limits.key_set_least);
        let body = Http::read(response, limits.key_set_bytes, effect).await?;
        let keys = KeySet::parse(&body)
            .map_err(|_| ServiceError::unreadable("a document that is no key set"))?;
        let fetched = Kept {
            keys: Arc::new(keys),
            life,
        };
        let last = Kept {
            life: life + limits.key_set_stale,
            ..fetched.clone()
        };
        self.last.insert(jwks_url.clone(), last).await;
        Ok(fetched)
    }
}

fn by_life() -> Cache<Url, Kept> {
    Cache::builder()
        .max_capacity(MOST)
        .expire_after(ByLife)
        .build()
}

impl fmt::Debug for KeySets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySets").finish_non_exhaustive()
    }
}
