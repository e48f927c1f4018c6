//! Calling tools: their key sets, fetched once and again when a key is unknown, and notices.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use serde_json::Value;
use url::Url;

use crate::{ToolKeys, assertion::find_key};

const TIME_LIMIT: Duration = Duration::from_secs(3);
const SIZE_LIMIT: usize = 256 * 1024;

/// Key sets by the URL they came from.
#[derive(Debug, Default)]
pub(crate) struct ToolKeyCache {
    client: OnceLock<Option<reqwest::Client>>,
    fetched: Mutex<HashMap<Url, Value>>,
}

impl ToolKeyCache {
    /// A key set that holds this key, if the tool has it; an old or empty one if it has not.
    pub(crate) async fn find_keys(&self, keys: &ToolKeys, key_id: &str) -> Value {
        let url = match keys {
            ToolKeys::Inline(key_set) => return key_set.clone(),
            ToolKeys::Url(url) => url,
        };
        let known = self.known(url);
        if known
            .as_ref()
            .is_some_and(|set| find_key(set, key_id).is_some())
        {
            return known.unwrap_or_default();
        }
        match self.fetch(url).await {
            Ok(key_set) => {
                self.fetched
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(url.clone(), key_set.clone());
                key_set
            }
            Err(reason) => {
                tracing::warn!(%url, %reason, "a tool's key set could not be fetched");
                known.unwrap_or_default()
            }
        }
    }

    /// The key set as the tool publishes it now; an empty one if it does not.
    pub(crate) async fn fetch_keys(&self, keys: &ToolKeys) -> Value {
        match keys {
            ToolKeys::Inline(key_set) => key_set.clone(),
            ToolKeys::Url(url) => self.fetch(url).await.unwrap_or_else(|reason| {
                tracing::warn!(%url, %reason, "a tool's key set could not be fetched");
                Value::Null
            }),
        }
    }

    fn known(&self, url: &Url) -> Option<Value> {
        self.fetched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(url)
            .cloned()
    }

    /// Posts a document to a tool; whether it was taken.
    pub(crate) async fn post(&self, url: &Url, body: &Value) -> bool {
        let Some(client) = self.client() else {
            return false;
        };
        let answer = client
            .post(url.clone())
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await;
        match answer {
            Ok(answer) => answer.status().is_success(),
            Err(error) => {
                tracing::warn!(%url, %error, "a tool could not be called");
                false
            }
        }
    }

    fn client(&self) -> Option<&reqwest::Client> {
        let client = self.client.get_or_init(|| {
            reqwest::Client::builder()
                .timeout(TIME_LIMIT)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .user_agent("demonstration-lms")
                .build()
                .ok()
        });
        client.as_ref()
    }

    async fn fetch(&self, url: &Url) -> Result<Value, String> {
        let client = self.client().ok_or("there is no HTTP client")?;
        let mut response = client
            .get(url.clone())
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(|error| error.to_string())?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| error.to_string())? {
            if body.len() + chunk.len() > SIZE_LIMIT {
                return Err("it is too long".to_owned());
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|error| error.to_string())
    }
}
