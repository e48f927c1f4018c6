//! A browser: keeps cookies, or does not; says where its requests come from; follows redirects of
//! the bridge.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use mtl_demo_lms::{LinkId, PersonId};
use tower::ServiceExt as _;
use url::Url;

use super::app::{BASE, TestApp};

/// A browser with its cookies.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) keeps_cookies: bool,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// Where it came from.
    pub(crate) path: String,
}

impl Answer {
    /// A header's value, empty when it is missing.
    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The value of a hidden or other input.
    pub(crate) fn input(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let at = self
            .body
            .find(&start)
            .unwrap_or_else(|| panic!("no input {name} in {}", self.body));
        let value = &self.body[at + start.len()..];
        unescape(&value[..value.find('"').unwrap()])
    }

    /// An attribute's value, wherever it first stands.
    pub(crate) fn attribute(&self, name: &str) -> String {
        let start = format!("{name}=\"");
        let at = self
            .body
            .find(&start)
            .unwrap_or_else(|| panic!("no {name} in {}", self.body));
        let value = &self.body[at + start.len()..];
        unescape(&value[..value.find('"').unwrap()])
    }

    /// The first link or form address that ends like this.
    pub(crate) fn address(&self, end: &str) -> String {
        self.body
            .split('"')
            .find(|part| part.starts_with('/') && part.ends_with(end))
            .unwrap_or_else(|| panic!("no address that ends with {end} in {}", self.body))
            .to_owned()
    }

    /// Whether the page says this.
    pub(crate) fn says(&self, words: &str) -> bool {
        unescape(&self.body).contains(words)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

fn unescape(text: &str) -> String {
    [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (escaped, plain)| {
        text.replace(escaped, plain)
    })
}

/// A form's body.
pub(crate) fn encode<K: AsRef<str>, V: AsRef<str>>(fields: &[(K, V)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

impl Browser {
    /// A browser that keeps cookies.
    pub(crate) fn new(app: &TestApp) -> Self {
        Self {
            router: app.router.clone(),
            cookies: BTreeMap::new(),
            keeps_cookies: true,
        }
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let path = request.uri().path_and_query().unwrap().to_string();
        if !self.cookies.is_empty() {
            let line: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request
                .headers_mut()
                .insert(header::COOKIE, line.join("; ").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        if self.keeps_cookies {
            for cookie in parts.headers.get_all(header::SET_COOKIE) {
                let cookie = cookie.to_str().unwrap();
                let (name, rest) = cookie.split_once('=').unwrap();
                let value = rest.split(';').next().unwrap();
                if cookie.contains("Max-Age=0") {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            path,
        }
    }

    /// Opens an address, without following redirects.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// Posts a form from a page of ours.
    pub(crate) async fn post<K: AsRef<str>, V: AsRef<str>>(
        &mut self,
        path: &str,
        fields: &[(K, V)],
    ) -> Answer {
        self.send(
            form(path, fields)
                .header("sec-fetch-site", "same-origin")
                .body_of(fields),
        )
        .await
    }

    /// Posts as our script does.
    pub(crate) async fn post_json<K: AsRef<str>, V: AsRef<str>>(
        &mut self,
        path: &str,
        fields: &[(K, V)],
    ) -> Answer {
        let request = form(path, fields)
            .header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT, "application/json");
        self.send(request.body_of(fields)).await
    }

    /// Posts from another site's page, as the platform does.
    pub(crate) async fn post_from_elsewhere<K: AsRef<str>, V: AsRef<str>>(
        &mut self,
        path: &str,
        fields: &[(K, V)],
    ) -> Answer {
        let request = form(path, fields)
            .header("sec-fetch-site", "cross-site")
            .header(header::ORIGIN, "http://127.0.0.1:8081");
        self.send(request.body_of(fields)).await
    }

    /// Follows redirects of the bridge to a page.
    pub(crate) async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..5 {
            if !answer.status.is_redirection() {
                return answer;
            }
            let next = answer.header(header::LOCATION).to_owned();
            let next = next.strip_prefix(BASE).unwrap_or(&next).to_owned();
            answer = self.get(&next).await;
        }
        panic!("too many redirects");
    }

    /// From the platform's page to the address to which the bridge sends the browser.
    pub(crate) async fn login(&mut self, app: &TestApp, person: PersonId, link: LinkId) -> Url {
        let fields = app.login_fields(person, link);
        let mut answer = self.post_from_elsewhere("/lti/login", &fields).await;
        if answer.header(header::LOCATION).starts_with('/') {
            let next = answer.header(header::LOCATION).to_owned();
            answer = self.get(&next).await;
        }
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.header(header::LOCATION).parse().unwrap()
    }

    /// A whole launch, to its first page.
    pub(crate) async fn launch(&mut self, app: &TestApp, person: PersonId, link: LinkId) -> Answer {
        let authorisation = self.login(app, person, link).await;
        let (state, nonce) = (
            parameter(&authorisation, "state"),
            parameter(&authorisation, "nonce"),
        );
        let token = app.token(person, link, &nonce);
        let answer = self
            .post_from_elsewhere("/lti/launch", &[("id_token", &token), ("state", &state)])
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        self.follow(answer).await
    }
}

/// A parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs()
        .find(|(known, _)| known == name)
        .unwrap()
        .1
        .into_owned()
}

fn form<K, V>(path: &str, _: &[(K, V)]) -> axum::http::request::Builder {
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

trait BodyOf {
    fn body_of<K: AsRef<str>, V: AsRef<str>>(self, fields: &[(K, V)]) -> Request<Body>;
}

impl BodyOf for axum::http::request::Builder {
    fn body_of<K: AsRef<str>, V: AsRef<str>>(self, fields: &[(K, V)]) -> Request<Body> {
        self.body(Body::from(encode(fields))).unwrap()
    }
}
