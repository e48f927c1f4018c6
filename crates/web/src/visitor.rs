//! Who makes a request: the session's cookie and the launch in the path, checked together.
//!
//! Two extractors: [`Visitor`] for reading, [`Posted`] for changing. The second also checks where
//! the request comes from and its form token, and keeps what was typed when a check fails.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::RequestPartsExt as _;
use axum::body::to_bytes;
use axum::extract::OriginalUri;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::Method;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use mtl_bridge_core::Visit;
use mtl_lti::url_rules::{ReturnMessage, return_url_with};
use mtl_programme::LaunchId;

use crate::cookies::find_cookie;
use crate::forms::{PostedForm, TOKEN_FIELD};
use crate::moments::Moment;
use crate::origin::is_same_origin;
use crate::pages::shell::{NavItem, Notice, Shell};
use crate::problem::Problem;
use crate::state::WebState;

/// The longest posted form, in bytes: three texts of the greatest length, percent-encoded.
const LONGEST_FORM: usize = 2 << 20;

/// A person in a launch, with a live session.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) visit: Arc<Visit>,
    pub(crate) form_token: String,
}

impl std::ops::Deref for Visitor {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

/// Where the extractor leaves the visitor for the response's headers and problem pages.
#[derive(Clone, Default)]
pub(crate) struct VisitorSlot(Arc<OnceLock<Visitor>>);

impl VisitorSlot {
    pub(crate) fn get(&self) -> Option<&Visitor> {
        self.0.get()
    }
}

impl Visitor {
    /// The path that all pages of this launch begin with.
    pub(crate) fn base(&self) -> String {
        format!("/l/{}", self.visit.launch)
    }

    /// A moment in the institution's time zone.
    pub(crate) fn moment(&self, at: DateTime<Utc>) -> Moment {
        Moment::new(at, self.zone())
    }

    /// The institution's time zone.
    pub(crate) fn zone(&self) -> Tz {
        self.visit.time_zone
    }

    /// The frame of a page in this launch. `current` is the last part of the path of the page's
    /// entry in the navigation.
    pub(crate) fn shell(&self, title: impl Into<String>, current: &str) -> Shell {
        let base = self.base();
        let standing = &self.visit.standing;
        let sees_cohort = standing.tutor || standing.lead;
        let nav = [
            (standing.participant, "Your programme", "home"),
            (sees_cohort, "Cohort", "cohort"),
            (
                standing.coach && !sees_cohort,
                "Your participants",
                "cohort",
            ),
            (sees_cohort, "Coaches", "pairing"),
            (sees_cohort, "Catalogue", "catalogue"),
            (standing.lead, "Policies", "policies"),
            (standing.lead, "Records", "statements"),
        ]
        .into_iter()
        .filter(|(may, ..)| *may)
        .map(|(_, label, page)| NavItem {
            label,
            href: format!("{base}/{page}"),
            is_current: page == current,
        })
        .collect();
        Shell {
            title: title.into(),
            place: Some(self.visit.context.title.clone()),
            person: Some(self.visit.name.clone()),
            back: self.way_back(&Done::default()),
            nav,
            base,
            form_token: self.form_token.clone(),
            zone: Some(self.zone().name().to_owned()),
            ..Shell::default()
        }
    }

    /// The same with the notice that a redirect announced.
    pub(crate) fn shell_after(
        &self,
        title: impl Into<String>,
        current: &str,
        done: &Done,
    ) -> Shell {
        Shell {
            notice: done.notice(),
            back: self.way_back(done),
            ..self.shell(title, current)
        }
    }

    /// The way back to the course. After a submission the platform is told of it on the way, where the
    /// person reads it again (LTI Core 1.3, section 5.4.4).
    fn way_back(&self, done: &Done) -> Option<String> {
        let message = match done.done.as_deref() {
            Some("submitted") => ReturnMessage {
                message: Some("Your work was handed in."),
                log: Some("submitted"),
                ..ReturnMessage::default()
            },
            _ => ReturnMessage::default(),
        };
        return_url_with(self.visit.return_url.as_ref()?, &message).map(String::from)
    }
}

impl FromRequestParts<WebState> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Problem> {
        let Path(path) = parts
            .extract::<Path<HashMap<String, String>>>()
            .await
            .map_err(|_| Problem::NotFound)?;
        let launch: LaunchId = path
            .get("launch")
            .and_then(|launch| launch.parse().ok())
            .ok_or(Problem::NotFound)?;
        let session = find_cookie(&parts.headers, &state.cookies.session()).unwrap_or_default();
        let visit = state
            .bridge
            .load_visit(session, launch)
            .await
            .map_err(Problem::Visit)?;
        let visitor = Self {
            visit,
            form_token: state.bridge.form_token(launch),
        };
        if let Some(slot) = parts.extensions.get::<VisitorSlot>() {
            // Only the first extractor of a request fills it; a second one found the same person.
            let _ = slot.0.set(visitor.clone());
        }
        Ok(visitor)
    }
}

/// A form that was posted from one of our own pages by a visitor, with a valid token.
pub(crate) struct Posted {
    pub(crate) visitor: Visitor,
    pub(crate) form: PostedForm,
}

impl FromRequest<WebState> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &WebState) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        debug_assert!(parts.method == Method::POST);
        if !is_same_origin(&parts.headers, &state.base) {
            return Err(Problem::CrossSite);
        }
        let body = to_bytes(body, LONGEST_FORM)
            .await
            .map_err(|_| Problem::FormTooLarge)?;
        let form = PostedForm::parse(&body);
        // The router has taken the launch's part off `parts.uri`.
        let path = parts
            .extensions
            .get::<OriginalUri>()
            .map_or_else(|| parts.uri.path(), |original| original.0.path())
            .to_owned();
        let visitor = match Visitor::from_request_parts(&mut parts, state).await {
            Ok(visitor) => visitor,
            Err(Problem::Visit(error)) => return Err(Problem::Ended { error, path, form }),
            Err(other) => return Err(other),
        };
        if form.text(TOKEN_FIELD) != visitor.form_token {
            return Err(Problem::StaleForm { path, form });
        }
        Ok(Self { visitor, form })
    }
}

/// What a redirect says was done: `?done=…`, one of a few known words.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    pub(crate) done: Option<String>,
}

impl Done {
    fn notice(&self) -> Option<Notice> {
        use crate::pages::parts::Tone;
        let (tone, text) = match self.done.as_deref()? {
            "saved" => (Tone::Good, "Saved."),
            "added" => (Tone::Good, "Added to your evidence."),
            "removed" => (Tone::Good, "Taken away from your evidence."),
            "restored" => (Tone::Good, "That version is your draft again."),
            "submitted" => (
                Tone::Good,
                "Submitted. Your work is frozen and your coach and tutor can read it.",
            ),
            "judged" => (Tone::Good, "Your judgement was recorded."),
            "decided" => (
                Tone::Good,
                "The policy has decided. Nothing is released yet.",
            ),
            "undecided" => (
                Tone::Warn,
                "The policy gave no decision; the reason is below.",
            ),
            "released" => (
                Tone::Good,
                "Released. The participant can see it, and it is on its way to the gradebook.",
            ),
            "sent-again" => (
                Tone::Good,
                "On its way to the gradebook again. Load this page again in a moment to see whether it arrived.",
            ),
            "outdated" => (
                Tone::Warn,
                "Not sent: a newer mark for the same column is there or on its way.",
            ),
            "reopened" => (Tone::Good, "Reopened as a further attempt."),
            "extended" => (Tone::Good, "The date was extended."),
            "paired" => (Tone::Good, "Paired."),
            "unpaired" => (Tone::Good, "No longer paired."),
            "refreshed" => (Tone::Good, "The list of people is up to date."),
            "bound" => (Tone::Good, "This link now leads to that activity."),
            _ => return None,
        };
        Some(Notice { tone, text })
    }
}

/// The values in a path; one that cannot be read leads nowhere.
pub(crate) struct At<T>(pub(crate) T);

impl<T: serde::de::DeserializeOwned + Send + 'static> FromRequestParts<WebState> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &WebState) -> Result<Self, Problem> {
        let Path(value) = parts
            .extract::<Path<T>>()
            .await
            .map_err(|_| Problem::NotFound)?;
        Ok(Self(value))
    }
}
