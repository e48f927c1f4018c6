//! A service request, and which resource answers it.

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header},
};

use super::{answers::Refusal, media};
use crate::{CourseId, ItemId, Lms, ToolId, fields::Fields};

pub(super) struct Call {
    pub(super) method: Method,
    /// Behind `services.php`.
    pub(super) path: String,
    /// Path and query as they were sent.
    pub(super) url: String,
    pub(super) query: Fields,
    pub(super) accept: String,
    pub(super) content_type: String,
    bearer: Option<String>,
    pub(super) body: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    LineItems(CourseId),
    LineItem(CourseId, ItemId),
    Scores(CourseId, ItemId),
    Results(CourseId, ItemId),
    Memberships(CourseId, ToolId),
}

impl Resource {
    fn parse(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        Some(match parts[..] {
            [course, "lineitems"] => Self::LineItems(course.parse().ok()?),
            [course, "lineitems", item, "lineitem"] => {
                Self::LineItem(course.parse().ok()?, item.parse().ok()?)
            }
            [course, "lineitems", item, "lineitem", "scores"] => {
                Self::Scores(course.parse().ok()?, item.parse().ok()?)
            }
            [course, "lineitems", item, "lineitem", "results"] => {
                Self::Results(course.parse().ok()?, item.parse().ok()?)
            }
            ["CourseSection", course, "bindings", tool, "memberships"] => {
                Self::Memberships(course.parse().ok()?, tool.parse().ok()?)
            }
            _ => return None,
        })
    }

    fn formats(self) -> &'static [&'static str] {
        match self {
            Self::LineItems(_) => &[media::LINE_ITEMS, media::LINE_ITEM],
            Self::LineItem(..) => &[media::LINE_ITEM],
            Self::Scores(..) => &[media::SCORE],
            Self::Results(..) => &[media::RESULTS],
            Self::Memberships(..) => &[media::MEMBERSHIPS, media::MEMBERSHIPS_1],
        }
    }
}

impl Call {
    pub(super) fn new(method: Method, uri: &Uri, headers: &HeaderMap, body: Bytes) -> Self {
        let text = |name: HeaderName| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let authorization = text(header::AUTHORIZATION);
        let path = uri.path();
        Self {
            path: path
                .split_once("/services.php")
                .map_or(path, |(_, path)| path)
                .to_owned(),
            url: uri.to_string(),
            query: Fields::parse(uri.query().unwrap_or_default().as_bytes()),
            accept: text(header::ACCEPT),
            content_type: text(header::CONTENT_TYPE),
            bearer: authorization
                .strip_prefix("Bearer ")
                .map(|token| token.trim().to_owned()),
            method,
            body,
        }
    }

    /// The content type without its parameters.
    fn media_type(&self) -> &str {
        let media_type = self.content_type.split(';').next();
        media_type.unwrap_or_default().trim()
    }

    /// `Accept` of a GET is compared as one exact string: a list of types is never understood.
    pub(super) fn accepts_anything(&self) -> bool {
        self.accept.is_empty() || self.accept.contains("*/*")
    }

    /// The resource whose path and media types fit.
    pub(super) fn find_resource(&self) -> Option<Resource> {
        let resource = Resource::parse(&self.path)?;
        let formats = resource.formats();
        let fits = if self.method == Method::GET {
            self.accepts_anything() || formats.contains(&self.accept.as_str())
        } else {
            self.method == Method::DELETE || formats.contains(&self.media_type())
        };
        fits.then_some(resource)
    }

    pub(super) fn no_handler(&self) -> Refusal {
        let (accept, content_type) = if self.method == Method::GET {
            (self.accept.as_str(), "")
        } else {
            ("", self.media_type())
        };
        Refusal::new(
            StatusCode::BAD_REQUEST,
            format!("No handler found for {} {accept} {content_type}", self.path),
        )
    }

    /// Refuses a GET whose `Accept` is not one of exactly these types.
    pub(super) fn require_accept(&self, formats: &[&str]) -> Result<(), Refusal> {
        if self.accept.is_empty() || formats.contains(&self.accept.as_str()) {
            return Ok(());
        }
        Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "No context or unsupported content type",
        ))
    }

    /// The tool whose token has one of the scopes, and whose number the URL names if it names one.
    pub(super) fn authorise(&self, lms: &Lms, scopes: &[&str]) -> Result<ToolId, Refusal> {
        let now = lms.now();
        let tool = {
            let live = lms.live();
            self.bearer
                .as_deref()
                .and_then(|token| live.find_token(token, now))
                .filter(|grant| {
                    let granted = |scope: &&str| grant.scopes.iter().any(|other| other == scope);
                    scopes.iter().any(granted)
                })
                .map(|grant| grant.tool)
        };
        tool.filter(|tool| {
            let named = self.query.filled("type_id");
            named.is_none_or(|named| named == tool.to_string())
        })
        .ok_or_else(Refusal::unauthorised)
    }
}
