//! Lists of people: looked through by name, group and state, a page at a time.

use axum::extract::State;
use axum::response::Response;
use mtl_bridge_core::roster::{RosterGroup, RosterProblem, RosterView};
use serde::{Deserialize, Serialize};

use crate::pages::parts::{counted, grouped};
use crate::pages::roster::{Pager, PeopleFilter, RosterLine};
use crate::problem::Problem;
use crate::render::go;
use crate::state::WebState;
use crate::visitor::{Done, Posted, Visitor};

/// So many people are looked over without a form.
const FEW: usize = 12;

/// What is asked for; everything may be left out.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct PeopleQuery {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    q: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    group: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) show: String,
    /// Part of the name of somebody who is to be offered as coach.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) other: String,
    /// The page, counted from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    #[serde(default, skip_serializing)]
    done: Option<String>,
}

impl From<&Done> for PeopleQuery {
    fn from(done: &Done) -> Self {
        Self {
            done: done.done.clone(),
            ..Self::default()
        }
    }
}

impl PeopleQuery {
    /// A query that came with a form, as far as it can be read.
    pub(super) fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            let value = value.into_owned();
            match name.as_ref() {
                "q" => query.q = value,
                "group" => query.group = value,
                "show" => query.show = value,
                "other" => query.other = value,
                "page" => query.page = Some(value),
                _ => {}
            }
        }
        query
    }

    /// What was just done.
    pub(super) fn done(&self) -> Done {
        Done {
            done: self.done.clone(),
        }
    }

    /// Whether a person of this name in these groups fits.
    pub(super) fn fits(&self, name: &str, groups: &[String]) -> bool {
        let wanted = self.q.trim();
        (wanted.is_empty() || contains(name, wanted))
            && (self.group.is_empty() || groups.contains(&self.group))
    }

    /// Whether a name fits what was asked for as another coach.
    pub(super) fn offers(&self, name: &str) -> bool {
        let wanted = self.other.trim();
        !wanted.is_empty() && contains(name, wanted)
    }

    fn is_asked(&self) -> bool {
        !(self.q.is_empty() && self.group.is_empty() && self.show.is_empty())
    }

    /// The fields of the form, where there is something to look through.
    pub(super) fn filter(
        &self,
        everybody: usize,
        groups: &[RosterGroup],
        shows: &[(&'static str, &'static str)],
    ) -> Option<PeopleFilter> {
        (everybody > FEW || !groups.is_empty() || self.is_asked()).then(|| PeopleFilter {
            q: self.q.clone(),
            groups: groups
                .iter()
                .map(|group| (group.id.clone(), group.title(), group.id == self.group))
                .collect(),
            shows: shows
                .iter()
                .map(|(value, label)| (*value, *label, *value == self.show))
                .collect(),
        })
    }

    /// The part of a list that is shown, and the way to the others.
    pub(super) fn cut<'a, T>(&self, path: &str, all: &'a [T], at_once: usize) -> (&'a [T], Pager) {
        let pages = all.len().div_ceil(at_once).max(1);
        let page = self
            .page
            .as_deref()
            .and_then(|page| page.parse::<usize>().ok())
            .unwrap_or(1)
            .clamp(1, pages);
        let start = (page - 1) * at_once;
        let end = (start + at_once).min(all.len());
        let to = |page: usize| {
            let query = Self {
                page: (page > 1).then(|| page.to_string()),
                ..self.clone()
            };
            query.path(path)
        };
        let further = Pager {
            words: format!(
                "{} to {} of {}",
                grouped(start as u64 + 1),
                grouped(end as u64),
                counted(all.len() as u64, "person", "people")
            ),
            before: (page > 1).then(|| to(page - 1)),
            after: (page < pages).then(|| to(page + 1)),
        };
        (&all[start..end], further)
    }

    /// The query as it stands in an address.
    pub(super) fn text(&self) -> String {
        let fields = [
            ("q", self.q.as_str()),
            ("group", &self.group),
            ("show", &self.show),
            ("other", &self.other),
            ("page", self.page.as_deref().unwrap_or_default()),
        ];
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()))
            .finish()
    }

    /// The address of a page with this query.
    pub(super) fn path(&self, path: &str) -> String {
        match self.text() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }
}

/// Whether a name contains what was typed, whatever the case.
fn contains(name: &str, wanted: &str) -> bool {
    name.to_lowercase().contains(&wanted.to_lowercase())
}

/// Where the people on a page come from.
pub(super) fn roster_line(visitor: &Visitor, roster: &RosterView, again: String) -> RosterLine {
    RosterLine {
        base: visitor.base(),
        form_token: visitor.form_token.clone(),
        is_offered: roster.is_offered,
        read_at: roster.read_at.map(|at| visitor.moment(at)),
        is_being_read: roster.is_being_read,
        problem: roster.problem.map(RosterProblem::words),
        again,
    }
}

/// `POST /l/{launch}/cohort/refresh`.
pub(super) async fn refresh(
    State(state): State<WebState>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Problem> {
    let roster = state.bridge.refresh_roster(&visitor.visit).await?;
    let is_read = roster.is_offered && !roster.is_being_read && roster.problem.is_none();
    let done = if is_read { "?done=refreshed" } else { "" };
    Ok(go(&format!("{}/cohort{done}", visitor.base())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut_into_pages_that_keep_the_query() {
        let people: Vec<usize> = (1..=120).collect();
        let query = PeopleQuery::parse("q=ann+b&group=7&page=2&done=paired&x=1");
        let (shown, pager) = query.cut("/l/1/cohort", &people, 50);
        assert_eq!((shown.first(), shown.last()), (Some(&51), Some(&100)));
        assert_eq!(pager.words, "51 to 100 of 120 people");
        assert_eq!(pager.before.as_deref(), Some("/l/1/cohort?q=ann+b&group=7"));
        assert_eq!(
            pager.after.as_deref(),
            Some("/l/1/cohort?q=ann+b&group=7&page=3")
        );
        for odd in ["page=0", "page=99", "page=x", ""] {
            let (shown, _) = PeopleQuery::parse(odd).cut("/", &people, 50);
            assert!(!shown.is_empty(), "{odd}");
        }
        let (shown, pager) = PeopleQuery::default().cut::<usize>("/", &[], 50);
        assert!(shown.is_empty() && pager.after.is_none() && pager.before.is_none());
    }

    #[test]
    fn people_are_found_by_name_and_group() {
        let groups = ["7".to_owned()];
        assert!(PeopleQuery::parse("q=SI%C3%82N").fits("Siân Pritchard", &groups));
        assert!(!PeopleQuery::parse("q=x").fits("Siân Pritchard", &groups));
        assert!(PeopleQuery::parse("group=7").fits("Siân Pritchard", &groups));
        assert!(!PeopleQuery::parse("group=8").fits("Siân Pritchard", &groups));
        assert!(!PeopleQuery::default().offers("Siân Pritchard"));
        assert!(PeopleQuery::parse("other=prit").offers("Siân Pritchard"));
    }
}
