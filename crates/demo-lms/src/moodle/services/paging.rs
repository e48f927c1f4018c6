//! Pages of a container, and the `Link` headers that Moodle writes for them.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};

use super::call::Call;

/// The part of a container that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    from: usize,
    /// Without a limit everything comes at once.
    limit: Option<usize>,
}

impl Page {
    pub(super) fn asked(call: &Call) -> Self {
        let number = |name| call.query.filled(name)?.parse::<usize>().ok();
        Self {
            from: number("from").unwrap_or(0),
            limit: number("limit").filter(|limit| *limit > 0),
        }
    }

    pub(super) fn cut<T>(self, all: Vec<T>) -> Vec<T> {
        let limit = self.limit.unwrap_or(usize::MAX);
        all.into_iter().skip(self.from).take(limit).collect()
    }

    /// Line items: every relation, the words in curly quotes, the URL escaped as for HTML.
    pub(super) fn link_line_items(self, response: &mut Response, url: &str, count: usize) {
        let Some(limit) = self.limit else { return };
        let last = count / limit * limit;
        let mut relations = vec![("first", 0), ("canonical", self.from)];
        if self.from > 0 {
            relations.push(("prev", self.from.saturating_sub(limit)));
        }
        if self.from + limit < count {
            relations.push(("next", self.from + limit));
        }
        relations.push(("last", last));
        let url = url.replace('&', "&amp;");
        let links: Vec<String> = relations
            .into_iter()
            .map(|(name, from)| {
                format!("<{url}&amp;limit={limit}&amp;from={from}>; rel=\u{201c}{name}\u{201d}")
            })
            .collect();
        insert(response, &links.join(", "));
    }

    /// Memberships: the next page only, in plain quotes, without the role that was asked for.
    pub(super) fn link_memberships(self, response: &mut Response, url: &str, count: usize) {
        let Some(limit) = self.limit else { return };
        let next = self.from + limit;
        if next < count {
            let link = format!("<{url}?limit={limit}&from={next}>; rel=\"next\"");
            insert(response, &link);
        }
    }
}

fn insert(response: &mut Response, link: &str) {
    if let Ok(value) = HeaderValue::from_bytes(link.as_bytes()) {
        response.headers_mut().insert(header::LINK, value);
    }
}
