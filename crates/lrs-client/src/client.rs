//! The HTTP client: headers, credentials, time limits, and answers read no further than needed.

use std::time::Duration;

use chrono::Utc;
use mtl_outbound::{AddressRefusal, OutboundRules, find_refusal};
use reqwest::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use uuid::Uuid;

use crate::answer::Received;
use crate::retry_after::parse_retry_after;
use crate::{Halt, LrsAuth, LrsTarget};

/// What is kept of a server's words.
const MESSAGE_CHARACTERS: usize = 1_000;

/// How much is sent and read at once, and how long an answer may take.
#[derive(Clone, Debug)]
pub struct DeliveryLimits {
    /// Statements in one request; servers take 1,000 at most.
    pub batch_statements: usize,
    /// Bytes of one request's body.
    pub batch_bytes: usize,
    /// Bytes of an answer that are read.
    pub answer_bytes: usize,
    /// Time to connect.
    pub connect_timeout: Duration,
    /// Time for one request and its answer.
    pub request_timeout: Duration,
}

impl Default for DeliveryLimits {
    fn default() -> Self {
        Self {
            batch_statements: 50,
            batch_bytes: 1_000_000,
            answer_bytes: 2_000_000,
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
        }
    }
}

/// A client for any number of learning record stores.
#[derive(Clone, Debug)]
pub struct LrsClient {
    http: Client,
    rules: OutboundRules,
    pub(crate) limits: DeliveryLimits,
}

/// The HTTP client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for learning record stores could not be made: {0}")]
pub struct ClientError(#[from] reqwest::Error);

impl ClientError {
    /// A stable name of the reason.
    pub const fn code(&self) -> &'static str {
        "lrs-http-client"
    }
}

impl LrsClient {
    /// A client with these limits behind the outbound guard. It follows no redirects: they would carry
    /// statements and credentials to a place that nobody has configured.
    pub fn new(limits: DeliveryLimits, rules: OutboundRules) -> Result<Self, ClientError> {
        let http = mtl_outbound::client_builder(rules)
            .connect_timeout(limits.connect_timeout)
            .timeout(limits.request_timeout)
            .build()?;
        Ok(Self {
            http,
            rules,
            limits,
        })
    }

    /// Sends one batch; an error when there was no answer.
    pub(crate) async fn post(&self, target: &LrsTarget, body: String) -> Result<Received, Halt> {
        let request = self
            .http
            .post(target.statements())
            .header(CONTENT_TYPE, "application/json");
        let mut response = self.send(target, request.body(body)).await?;
        let status = response.status().as_u16();
        let retry_after = retry_after(&response);
        let text = self.read(&mut response).await.unwrap_or_default();
        Ok(Received {
            status,
            retry_after,
            message: words(&text),
        })
    }

    /// Asks for one statement; the status, and the statement if the answer has one.
    pub(crate) async fn get(
        &self,
        target: &LrsTarget,
        parameter: &str,
        id: Uuid,
    ) -> Result<(Received, Option<Value>), Halt> {
        let id = id.to_string();
        let request = self
            .http
            .get(target.statements())
            .query(&[(parameter, id.as_str())]);
        let mut response = self.send(target, request).await?;
        let status = response.status().as_u16();
        let retry_after = retry_after(&response);
        let bytes = self.read(&mut response).await?;
        let value = serde_json::from_slice(&bytes)
            .ok()
            .filter(|_| status == 200);
        Ok((
            Received {
                status,
                retry_after,
                message: words(&bytes),
            },
            value,
        ))
    }

    async fn send(&self, target: &LrsTarget, request: RequestBuilder) -> Result<Response, Halt> {
        self.rules.check_url(target.endpoint()).map_err(refused)?;
        let LrsAuth::Basic { key, secret } = target.auth();
        let request = request
            .basic_auth(key, Some(secret))
            .header(ACCEPT, "application/json")
            .header("X-Experience-API-Version", target.version().header());
        request.send().await.map_err(|error| no_answer(&error))
    }

    /// The body of an answer up to the limit; what is beyond is dropped with the connection.
    async fn read(&self, response: &mut Response) -> Result<Vec<u8>, Halt> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| no_answer(&error))? {
            let room = self.limits.answer_bytes.saturating_sub(bytes.len());
            bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                break;
            }
        }
        Ok(bytes)
    }
}

/// Tried again, since the configuration may come to allow it.
fn refused(refusal: AddressRefusal) -> Halt {
    Halt::RetryLater {
        after: None,
        reason: format!("the address of the LRS may not be called: {refusal}"),
    }
}

fn no_answer(error: &reqwest::Error) -> Halt {
    if let Some(refusal) = find_refusal(error) {
        return refused(refusal);
    }
    let what = if error.is_timeout() {
        "the LRS did not answer in time"
    } else if error.is_connect() {
        "the LRS cannot be reached"
    } else {
        "the connection to the LRS broke"
    };
    Halt::RetryLater {
        after: None,
        reason: what.to_owned(),
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    parse_retry_after(value, Utc::now())
}

/// The server's words on one line, cut.
fn words(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MESSAGE_CHARACTERS * 4)]);
    let clean = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty());
    clean
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(MESSAGE_CHARACTERS)
        .collect()
}
