//! A user agent: keeps cookies as browsers do inside a frame, says where each request comes from,
//! and follows redirects.
//!
//! Cookies belong to a host (ports do not part them, RFC 6265 section 8.5), and one that is
//! `Secure` is kept and sent on loopback, as Chromium and Firefox do. Everything happens inside the
//! LMS's page, so there is one partition.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::Value;
use url::Url;

use super::html::{self, Form};

/// Longer than any answer takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const MOST_REDIRECTS: usize = 8;

/// A user agent with its cookies. Copies share them.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    http: Client,
    cookies: Arc<Mutex<BTreeMap<(String, String), String>>>,
    keeps_cookies: bool,
    balancer: Option<Balancer>,
}

/// Stands at a public address and gives each request to the next of several servers.
#[derive(Clone, Debug)]
pub(crate) struct Balancer {
    public: Url,
    servers: Arc<[Url]>,
    next: Arc<AtomicUsize>,
}

impl Balancer {
    /// Copies share whose turn it is.
    pub(crate) fn new(public: &Url, servers: impl IntoIterator<Item = Url>) -> Self {
        Self {
            public: public.clone(),
            servers: servers.into_iter().collect(),
            next: Arc::default(),
        }
    }

    /// Where a request for an address really goes.
    fn server_of(&self, url: &Url) -> Option<Url> {
        if url.origin() != self.public.origin() {
            return None;
        }
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.servers.len();
        let mut server = self.servers[turn].clone();
        server.set_path(url.path());
        server.set_query(url.query());
        Some(server)
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Where it came from, after redirects.
    pub(crate) url: Url,
    /// The status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: String,
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: Method,
    url: Url,
    body: Option<String>,
    from: Option<Url>,
    accept: &'static str,
}

impl Ask {
    /// Opens an address.
    pub(crate) fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            body: None,
            from: None,
            accept: "text/html",
        }
    }

    /// Sends a form.
    pub(crate) fn post(url: Url, fields: &[(String, String)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        Self {
            method: Method::POST,
            body: Some(body),
            ..Self::get(url)
        }
    }

    /// As a link or form of that page.
    pub(crate) fn from(self, page: &Url) -> Self {
        Self {
            from: Some(page.clone()),
            ..self
        }
    }

    /// As our own script asks: refusals come as JSON, with their code.
    pub(crate) fn by_script(self) -> Self {
        Self {
            accept: "application/json",
            ..self
        }
    }
}

impl Agent {
    /// A user agent without cookies.
    pub(crate) fn new() -> Self {
        let http = Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            .no_proxy()
            .build()
            .expect("a client without special needs can be built");
        Self {
            http,
            cookies: Arc::default(),
            keeps_cookies: true,
            balancer: None,
        }
    }

    /// One that keeps no cookies, as some browsers inside frames.
    pub(crate) fn without_cookies() -> Self {
        Self {
            keeps_cookies: false,
            ..Self::new()
        }
    }

    /// One whose requests go through a load balancer.
    pub(crate) fn behind(balancer: &Balancer) -> Self {
        Self {
            balancer: Some(balancer.clone()),
            ..Self::new()
        }
    }

    /// Puts in a cookie, `name=value`.
    pub(crate) fn keep(&self, url: &Url, cookie: &str) {
        if let Some((name, value)) = cookie.split_once('=') {
            self.jar()
                .insert((host(url), name.to_owned()), value.to_owned());
        }
    }

    /// The `Cookie` header for an address.
    pub(crate) fn cookies_for(&self, url: &Url) -> String {
        let host = host(url);
        let jar = self.jar();
        let own = jar.iter().filter(|((of, _), _)| *of == host);
        own.map(|((_, name), value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// Opens an address by hand.
    pub(crate) async fn open(&self, url: Url) -> Result<Page> {
        self.load(Ask::get(url)).await
    }

    /// Follows a link of a page.
    pub(crate) async fn follow(&self, page: &Page, href: &str) -> Result<Page> {
        self.load(Ask::get(page.url.join(href)?).from(&page.url))
            .await
    }

    /// Sends a form of a page.
    pub(crate) async fn send(&self, page: &Page, form: &Form) -> Result<Page> {
        self.load(Ask::post(page.url.join(&form.action)?, &form.fields).from(&page.url))
            .await
    }

    /// Asks, and follows redirects.
    pub(crate) async fn load(&self, ask: Ask) -> Result<Page> {
        let mut ask = ask;
        for _ in 0..=MOST_REDIRECTS {
            let page = self.once(ask.clone()).await?;
            let Some(next) = page.redirects_to()? else {
                return Ok(page);
            };
            ask = Ask {
                from: ask.from,
                accept: ask.accept,
                ..Ask::get(next)
            };
        }
        anyhow::bail!("{} leads round in circles", ask.url)
    }

    /// Asks once.
    pub(crate) async fn once(&self, ask: Ask) -> Result<Page> {
        let server = self.balancer.as_ref().and_then(|b| b.server_of(&ask.url));
        let mut request = self
            .http
            .request(ask.method.clone(), server.unwrap_or(ask.url.clone()))
            .header(ACCEPT, ask.accept);
        let cookies = self.cookies_for(&ask.url);
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        let site = match &ask.from {
            None => "none",
            Some(from) if from.origin() == ask.url.origin() => "same-origin",
            Some(_) => "cross-site",
        };
        request = request.header("sec-fetch-site", site);
        if let (Some(from), true) = (&ask.from, ask.method == Method::POST) {
            request = request.header(ORIGIN, from.origin().ascii_serialization());
        }
        if let Some(body) = ask.body {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await?;
        let page = Page {
            url: ask.url,
            status,
            headers,
            body,
        };
        if self.keeps_cookies {
            for cookie in page.set_cookies() {
                self.take(&page.url, &cookie);
            }
        }
        Ok(page)
    }

    fn take(&self, url: &Url, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let key = (host(url), name.to_owned());
        if parts.any(|attribute| attribute.eq_ignore_ascii_case("max-age=0")) {
            self.jar().remove(&key);
        } else {
            self.jar().insert(key, value.to_owned());
        }
    }

    fn jar(&self) -> std::sync::MutexGuard<'_, BTreeMap<(String, String), String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

impl Page {
    fn redirects_to(&self) -> Result<Option<Url>> {
        if !(300..400).contains(&self.status) {
            return Ok(None);
        }
        let to = self
            .header("location")
            .context("a redirect without an address")?;
        Ok(Some(self.url.join(&to)?))
    }

    /// Where a redirect leads.
    pub(crate) fn location(&self) -> Option<Url> {
        self.url
            .join(self.headers.get(LOCATION)?.to_str().ok()?)
            .ok()
    }

    /// The page itself, if its status is 200.
    pub(crate) fn ok(self) -> Result<Self> {
        ensure!(
            self.status == 200,
            "{} answered {}: {}",
            self.url.path(),
            self.status,
            self.words()
        );
        Ok(self)
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        Some(self.headers.get(name)?.to_str().ok()?.to_owned())
    }

    /// What cookies it sets.
    pub(crate) fn set_cookies(&self) -> Vec<String> {
        let values = self.headers.get_all(SET_COOKIE).iter();
        values
            .filter_map(|value| value.to_str().ok().map(ToOwned::to_owned))
            .collect()
    }

    /// The words of the page.
    pub(crate) fn words(&self) -> String {
        html::words_of(&self.body)
    }

    /// Whether it says so.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.words().contains(words)
    }

    /// The form that is sent to a path with this end.
    pub(crate) fn form_to(&self, end: &str) -> Result<Form> {
        html::form_to(&self.body, end)
    }

    /// The address of the first link whose address and words pass.
    pub(crate) fn find_link(&self, fits: impl Fn(&str, &str) -> bool) -> Option<String> {
        let mut links = html::links(&self.body).into_iter();
        links
            .find(|(href, words)| fits(href, words))
            .map(|(href, _)| href)
    }

    /// The same, where there has to be one.
    pub(crate) fn link(&self, what: &str, fits: impl Fn(&str, &str) -> bool) -> Result<String> {
        self.find_link(fits).with_context(|| {
            format!(
                "{} has no link to {what}: {}",
                self.url.path(),
                self.words()
            )
        })
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body).with_context(|| {
            format!(
                "{} ({}) is not JSON: {}",
                self.url.path(),
                self.status,
                self.body
            )
        })
    }

    /// The code of a refusal that was asked for as a script.
    pub(crate) fn code(&self) -> Result<String> {
        let json = self.json()?;
        Ok(json["code"]
            .as_str()
            .context("a refusal without a code")?
            .to_owned())
    }

    /// The path that all pages of this launch begin with, `/l/{launch}`.
    pub(crate) fn base(&self) -> Result<String> {
        let mut parts = self.url.path().split('/').skip(1);
        let (Some("l"), Some(launch)) = (parts.next(), parts.next()) else {
            anyhow::bail!(
                "{} is no page of a launch ({}): {}",
                self.url.path(),
                self.status,
                self.words()
            )
        };
        Ok(format!("/l/{launch}"))
    }
}
