//! Looks at an address without knowing what is there: for checks by an operator.

use chrono::{DateTime, Utc};
use reqwest::Method;
use reqwest::header::DATE;
use url::Url;

use crate::ServiceError;
use crate::http::{Effect, Http};
use crate::platforms::Platforms;

/// More than any page that is looked at needs, in bytes.
const MOST_BYTES: usize = 256 * 1024;

/// What an address answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Probe {
    /// The status.
    pub status: u16,
    /// The server's time, as it says.
    pub date: Option<DateTime<Utc>>,
    /// The body; empty where it could not be read.
    pub body: Vec<u8>,
}

impl Platforms {
    /// Fetches an address, through the guard and without following redirects.
    pub async fn probe(&self, url: &Url) -> Result<Probe, ServiceError> {
        let response = self
            .http()
            .send(Method::GET, url, Effect::Reads, |request| request)
            .await?;
        let date = response.headers().get(DATE);
        let date = date
            .and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok())
            .map(|date| date.to_utc());
        let status = response.status().as_u16();
        let body = Http::read(response, MOST_BYTES, Effect::Reads).await;
        Ok(Probe {
            status,
            date,
            body: body.unwrap_or_default(),
        })
    }
}
