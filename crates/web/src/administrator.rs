//! Who asks for an administration page: the cookie of the sign-in, and for changes the form's token.
//!
//! These pages stand in no frame, so their cookie is `SameSite=Lax` and not partitioned.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use mtl_bridge_core::administration::{Admin, AdminError};

use crate::cookies::find_cookie;
use crate::forms::{PostedForm, TOKEN_FIELD};
use crate::moments::Moment;
use crate::origin::is_same_origin;
use crate::pages::parts::Tone;
use crate::pages::shell::{NavItem, Notice, Shell};
use crate::problem::Problem;
use crate::state::WebState;

/// The longest form of these pages, in bytes.
const LONGEST_FORM: usize = 64 << 10;

/// A signed-in administrator.
#[derive(Clone)]
pub(crate) struct Administrator {
    pub(crate) admin: Admin,
    pub(crate) session: String,
}

impl Administrator {
    /// A moment in the institution's time zone.
    pub(crate) fn moment(&self, at: DateTime<Utc>) -> Moment {
        Moment::new(at, self.zone())
    }

    fn zone(&self) -> Tz {
        self.admin
            .institution
            .time_zone
            .parse()
            .unwrap_or(Tz::Europe__London)
    }

    /// The frame of a page; `current` is the last part of its entry in the navigation, `done` what a
    /// redirect says was done.
    pub(crate) fn shell(
        &self,
        title: impl Into<String>,
        current: &str,
        done: Option<&str>,
    ) -> Shell {
        let nav = [("Platforms", "platforms"), ("Set up by hand", "set-up")];
        let notice = match done {
            Some("accepted") => Some((
                Tone::Good,
                "Accepted. Whoever opens the activity again from there gets in.",
            )),
            Some("tested") => Some((Tone::Good, "Tested just now; the outcome is below.")),
            Some("added") => Some((
                Tone::Good,
                "Added. Test it, then open an activity from a course.",
            )),
            _ => None,
        };
        Shell {
            title: title.into(),
            place: Some(self.admin.institution.name.clone()),
            person: Some("Administrator".to_owned()),
            nav: nav
                .into_iter()
                .map(|(label, page)| NavItem {
                    label,
                    href: format!("/admin/{page}"),
                    is_current: page == current,
                })
                .collect(),
            base: "/admin".to_owned(),
            form_token: self.admin.form_token.clone(),
            zone: Some(self.zone().name().to_owned()),
            notice: notice.map(|(tone, text)| Notice { tone, text }),
            ..Shell::default()
        }
    }
}

impl FromRequestParts<WebState> for Administrator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Problem> {
        let session = find_cookie(&parts.headers, &state.cookies.administrator())
            .ok_or(AdminError::NoSession)?
            .to_owned();
        let admin = state.bridge.load_administrator(&session).await?;
        Ok(Self { admin, session })
    }
}

/// A form that was posted from one of our own pages by an administrator, with a valid token.
pub(crate) struct AdministratorForm {
    pub(crate) administrator: Administrator,
    pub(crate) form: PostedForm,
}

impl FromRequest<WebState> for AdministratorForm {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &WebState) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        if !is_same_origin(&parts.headers, &state.base) {
            return Err(Problem::CrossSite);
        }
        let administrator = Administrator::from_request_parts(&mut parts, state).await?;
        let body = to_bytes(body, LONGEST_FORM)
            .await
            .map_err(|_| Problem::FormTooLarge)?;
        let form = PostedForm::parse(&body);
        if form.text(TOKEN_FIELD) != administrator.admin.form_token {
            // A form of an earlier session: the page is opened anew and nothing is changed.
            return Err(AdminError::NoSession.into());
        }
        Ok(Self {
            administrator,
            form,
        })
    }
}
