//! Pages of a container, and the `Link` headers that Canvas writes for them.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};

use super::Call;

const USUAL: usize = 10;

/// The page that was asked for, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    number: usize,
    size: usize,
}

impl Page {
    /// `limit` comes before `per_page`; no page is longer than `longest`.
    pub(super) fn asked(call: &Call, longest: usize) -> Self {
        let number = |name| call.query.filled(name)?.parse::<usize>().ok();
        let size = number("limit").or_else(|| number("per_page"));
        Self {
            number: number("page").unwrap_or(1).max(1),
            size: size.unwrap_or(USUAL).clamp(1, longest),
        }
    }

    pub(super) fn cut<T>(self, all: Vec<T>) -> Vec<T> {
        let before = (self.number - 1) * self.size;
        all.into_iter().skip(before).take(self.size).collect()
    }

    /// The relations in one header, without a space after the commas.
    pub(super) fn link(
        self,
        response: &mut Response,
        url: &str,
        filters: &[(&str, Option<&str>)],
        count: usize,
    ) {
        let last = count.div_ceil(self.size).max(1);
        let mut relations = vec![("current", self.number)];
        if self.number < last {
            relations.push(("next", self.number + 1));
        }
        if self.number > 1 {
            relations.push(("prev", self.number - 1));
        }
        relations.extend([("first", 1), ("last", last)]);
        let links: Vec<String> = relations
            .into_iter()
            .map(|(name, number)| {
                let mut query = url::form_urlencoded::Serializer::new(String::new());
                for (name, value) in filters {
                    if let Some(value) = value {
                        query.append_pair(name, value);
                    }
                }
                query.append_pair("page", &number.to_string());
                query.append_pair("per_page", &self.size.to_string());
                format!("<{url}?{}>; rel=\"{name}\"", query.finish())
            })
            .collect();
        if let Ok(value) = HeaderValue::from_str(&links.join(",")) {
            response.headers_mut().insert(header::LINK, value);
        }
    }
}
