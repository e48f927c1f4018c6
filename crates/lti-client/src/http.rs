//! The one HTTP client: guarded, without redirects and proxies, its answers read up to a limit.

use std::time::Duration;

use chrono::Utc;
use hyper::ext::ReasonPhrase;
use mtl_outbound::find_refusal;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use url::Url;

use crate::{AddressRefusal, CallLimits, OutboundRules, PlatformsError, ServiceError};
use crate::{retry_after, status, words};

/// How much of a failure's body is read for its words.
const WORDS_BYTES: usize = 16 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: Client,
    rules: OutboundRules,
    pub(crate) limits: CallLimits,
}

/// What an answer that is lost leaves us with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Effect {
    /// Nothing was changed: ask again.
    Reads,
    /// Something may have been changed.
    Writes,
}

/// An answer without success.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    /// The body's `error` (RFC 6749 section 5.2).
    pub(crate) error: Option<String>,
    pub(crate) reason: String,
    pub(crate) throttled: bool,
    pub(crate) retry_after: Option<Duration>,
}

impl Refused {
    /// Whether the platform wants this client to come less often, or later.
    pub(crate) fn is_busy(&self) -> bool {
        self.throttled
            || self.status == StatusCode::TOO_MANY_REQUESTS
            || (self.status == StatusCode::SERVICE_UNAVAILABLE && self.retry_after.is_some())
    }
}

impl Http {
    pub(crate) fn new(rules: OutboundRules, limits: CallLimits) -> Result<Self, PlatformsError> {
        let client = mtl_outbound::client_builder(rules)
            .connect_timeout(limits.connect_timeout)
            .timeout(limits.total_timeout)
            .build()?;
        Ok(Self {
            client,
            rules,
            limits,
        })
    }

    /// Whether an address may be called, as it is written.
    pub(crate) fn check(&self, url: &Url) -> Result<(), AddressRefusal> {
        self.rules.check_url(url)
    }

    /// Sends a request; whatever the status of the answer, there is one.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: &Url,
        effect: Effect,
        prepare: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, ServiceError> {
        self.rules.check_url(url)?;
        let request = prepare(self.client.request(method.clone(), url.clone()));
        let answer = request.send().await;
        let host = url.host_str().unwrap_or_default();
        match answer {
            Ok(answer) => {
                let status = answer.status().as_u16();
                tracing::debug!(%method, host, status, "called a platform");
                Ok(answer)
            }
            Err(error) => {
                let error = no_answer(&error, effect);
                tracing::debug!(%method, host, code = error.code(), "no answer from a platform");
                Err(error)
            }
        }
    }

    /// The whole body of an answer, if it is within the limit.
    pub(crate) async fn read(
        mut response: Response,
        limit: usize,
        effect: Effect,
    ) -> Result<Vec<u8>, ServiceError> {
        let (body, end) = read_up_to(&mut response, limit).await;
        match end {
            End::Reached => Ok(body),
            End::TooLong => Err(ServiceError::unreadable("an answer that is too long")),
            End::Cut => Err(lost(effect, "the answer was cut off or took too long")),
        }
    }
}

/// The platform's words of an answer without success; `secret` is never among them.
pub(crate) async fn explain(mut response: Response, secret: Option<&str>) -> Refused {
    let status = response.status();
    let retry_after = retry_after::find_wait(response.headers(), Utc::now());
    let status_line = response.extensions().get::<ReasonPhrase>().cloned();
    let (body, _) = read_up_to(&mut response, WORDS_BYTES).await;
    let status_line = status_line.as_ref().map(ReasonPhrase::as_bytes);
    let reason = if status.is_redirection() {
        "it sends us to another address, which is not followed".to_owned()
    } else {
        words::reason(status, status_line, &body, secret)
    };
    let error = words::find_error(&body, secret);
    let throttled = status::is_throttled(status, &reason, &body);
    Refused {
        status,
        error,
        reason,
        throttled,
        retry_after,
    }
}

enum End {
    Reached,
    TooLong,
    Cut,
}

async fn read_up_to(response: &mut Response, limit: usize) -> (Vec<u8>, End) {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = limit - body.len();
                if chunk.len() > room {
                    body.extend_from_slice(&chunk[..room]);
                    return (body, End::TooLong);
                }
                body.extend_from_slice(&chunk);
            }
            Ok(None) => return (body, End::Reached),
            Err(_) => return (body, End::Cut),
        }
    }
}

fn no_answer(error: &reqwest::Error, effect: Effect) -> ServiceError {
    if let Some(refusal) = find_refusal(error) {
        return refusal.into();
    }
    if error.is_connect() {
        return ServiceError::unreachable(if error.is_dns() {
            "its name cannot be resolved"
        } else if error.is_timeout() {
            "connecting took too long"
        } else {
            "no connection can be made"
        });
    }
    if error.is_builder() {
        return ServiceError::unreadable("a value that cannot be sent");
    }
    lost(
        effect,
        if error.is_timeout() {
            "no answer in time"
        } else {
            "the connection broke"
        },
    )
}

fn lost(effect: Effect, reason: &'static str) -> ServiceError {
    match effect {
        Effect::Reads => ServiceError::unreachable(reason),
        Effect::Writes => ServiceError::OutcomeUnknown { reason },
    }
}
