//! Dynamic Registration: a platform's configuration is fetched, and we register there (Dynamic
//! Registration 1.0 §3.4 to §3.6).

use mtl_lti::registration::ToolRegistration;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, RequestBuilder, Response};
use url::Url;

use crate::http::{Effect, Http, explain};
use crate::{AddressRefusal, ServiceError, status};

const JSON: &str = "application/json";
/// Longer than any platform's configuration, in bytes.
const MOST_BYTES: usize = 64 * 1024;

/// The calls of a registration.
#[derive(Clone, Debug)]
pub struct Registrations {
    http: Http,
}

impl Registrations {
    pub(crate) fn new(http: Http) -> Self {
        Self { http }
    }

    /// Whether an address of a configuration may be used, as far as it shows before its name is
    /// resolved.
    pub fn check(&self, url: &Url) -> Result<(), AddressRefusal> {
        self.http.check(url)
    }

    /// The bytes of a platform's configuration. Canvas gives it to the bearer of the registration
    /// token only.
    pub async fn fetch_configuration(
        &self,
        url: &Url,
        token: Option<&str>,
    ) -> Result<Vec<u8>, ServiceError> {
        let prepare = |request: RequestBuilder| bearing(request, token).header(ACCEPT, JSON);
        let response = self
            .http
            .send(Method::GET, url, Effect::Reads, prepare)
            .await?;
        read(response, Effect::Reads, token).await
    }

    /// Registers; the bytes of the platform's answer.
    pub async fn register(
        &self,
        endpoint: &Url,
        token: Option<&str>,
        registration: &ToolRegistration,
    ) -> Result<Vec<u8>, ServiceError> {
        let body = serde_json::to_vec(registration)
            .map_err(|_| ServiceError::unreadable("our own registration"))?;
        let prepare = |request: RequestBuilder| {
            bearing(request, token)
                .header(ACCEPT, JSON)
                .header(CONTENT_TYPE, JSON)
                .body(body)
        };
        let response = self
            .http
            .send(Method::POST, endpoint, Effect::Writes, prepare)
            .await?;
        read(response, Effect::Writes, token).await
    }
}

fn bearing(request: RequestBuilder, token: Option<&str>) -> RequestBuilder {
    match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

async fn read(
    response: Response,
    effect: Effect,
    token: Option<&str>,
) -> Result<Vec<u8>, ServiceError> {
    if response.status().is_success() {
        Http::read(response, MOST_BYTES, effect).await
    } else {
        Err(status::judge_open(explain(response, token).await))
    }
}
