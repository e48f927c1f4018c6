//! Calls with a token: a token that is not accepted is fetched anew, once.

use std::collections::HashSet;
use std::time::Instant;

use mtl_lti::paging::find_next_page;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, LINK};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use url::Url;

use crate::http::{Effect, Http, explain};
use crate::limiter::Limiter;
use crate::{AccessToken, PlatformAccess, ServiceError, Tokens, status};

/// More pages than any list has.
const MOST_PAGES: usize = 500;

#[derive(Clone, Debug)]
pub(crate) struct Calls {
    http: Http,
    tokens: Tokens,
    limiter: Limiter,
}

/// What to ask of a service. `Accept` is one exact media type: Moodle takes no list.
#[derive(Clone, Copy)]
pub(crate) enum Ask<'a> {
    /// Read.
    Get {
        /// The media type that is wanted.
        accept: &'static str,
    },
    /// Send these very bytes.
    Post {
        /// Their media type, which is the wanted one too.
        media: &'static str,
        /// The bytes.
        body: &'a [u8],
    },
    /// Put these very bytes in the place of what is there.
    Put {
        /// Their media type, which is the wanted one too.
        media: &'static str,
        /// The bytes.
        body: &'a [u8],
    },
}

impl Ask<'_> {
    fn method(self) -> Method {
        match self {
            Self::Get { .. } => Method::GET,
            Self::Post { .. } => Method::POST,
            Self::Put { .. } => Method::PUT,
        }
    }

    pub(crate) fn effect(self) -> Effect {
        match self {
            Self::Get { .. } => Effect::Reads,
            Self::Post { .. } | Self::Put { .. } => Effect::Writes,
        }
    }

    fn prepare(self, request: RequestBuilder, token: &AccessToken) -> RequestBuilder {
        let request = request.bearer_auth(token.as_str());
        match self {
            Self::Get { accept } => request.header(ACCEPT, accept),
            Self::Post { media, body } | Self::Put { media, body } => request
                .header(ACCEPT, media)
                .header(CONTENT_TYPE, media)
                .body(body.to_vec()),
        }
    }
}

impl Calls {
    pub(crate) fn new(http: Http, tokens: Tokens, limiter: Limiter) -> Self {
        Self {
            http,
            tokens,
            limiter,
        }
    }

    /// An answer of success; its body is not read yet. No token is sent to an address that the
    /// registration does not name.
    pub(crate) async fn call(
        &self,
        access: &PlatformAccess,
        scope: &str,
        url: &Url,
        ask: Ask<'_>,
    ) -> Result<Response, ServiceError> {
        if !access.services.allow(url) {
            return Err(ServiceError::ForeignService {
                origin: url.origin().ascii_serialization(),
            });
        }
        let scopes = [scope];
        let mut token = self.tokens.access_token(access, &scopes).await?;
        let pass = self
            .limiter
            .enter(&access.cache_key, Instant::now())
            .map_err(|after| ServiceError::HeldBack { after })?;
        let mut response = self.send(url, ask, &token).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            // Nothing was done, so the same may be sent again.
            token = self.tokens.renew(access, &scopes, &token).await?;
            response = self.send(url, ask, &token).await?;
        }
        let succeeded = response.status().is_success();
        pass.answered(response.headers(), succeeded, Instant::now());
        if succeeded {
            return Ok(response);
        }
        let mut refused = explain(response, Some(token.as_str())).await;
        if refused.is_busy() {
            refused.retry_after = Some(pass.refused(refused.retry_after, Instant::now()));
        }
        Err(status::judge(refused))
    }

    async fn send(
        &self,
        url: &Url,
        ask: Ask<'_>,
        token: &AccessToken,
    ) -> Result<Response, ServiceError> {
        let prepare = |request| ask.prepare(request, token);
        self.http
            .send(ask.method(), url, ask.effect(), prepare)
            .await
    }

    /// The body of an answer of success.
    pub(crate) async fn call_and_read(
        &self,
        access: &PlatformAccess,
        scope: &str,
        url: &Url,
        ask: Ask<'_>,
    ) -> Result<(HeaderMap, Vec<u8>), ServiceError> {
        let mut response = self.call(access, scope, url, ask).await?;
        let headers = std::mem::take(response.headers_mut());
        let body = Http::read(response, self.http.limits.answer_bytes, ask.effect()).await?;
        Ok((headers, body))
    }

    /// Reads a list page by page. Following pages must be of the same origin, so that the token goes
    /// nowhere else.
    pub(crate) async fn read_pages(
        &self,
        access: &PlatformAccess,
        scope: &str,
        first: Url,
        accept: &'static str,
        mut take: impl FnMut(&HeaderMap, &Url, &[u8]) -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        let origin = first.origin();
        let mut seen = HashSet::new();
        let mut next = Some(first);
        while let Some(url) = next {
            if url.origin() != origin {
                return Err(ServiceError::unreadable(
                    "a list whose next page is elsewhere",
                ));
            }
            if seen.len() == MOST_PAGES || !seen.insert(url.clone()) {
                return Err(ServiceError::unreadable("a list whose pages do not end"));
            }
            let ask = Ask::Get { accept };
            let (headers, body) = self.call_and_read(access, scope, &url, ask).await?;
            take(&headers, &url, &body)?;
            next = find_next_page(links(&headers), &url);
        }
        Ok(())
    }
}

pub(crate) fn links(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(LINK).iter().map(HeaderValue::as_bytes)
}
