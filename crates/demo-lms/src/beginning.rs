//! Beginning and signing launches.

use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};
use url::Url;

use crate::{
    CourseId, DocumentTarget, Flavour, LaunchOrder, LinkId, Lms, LmsError, PersonId, Placement,
    Tool, ToolId, canvas,
    identifiers::subject_of,
    launch::{CourseOrder, Purpose},
    live::PendingLaunch,
    moodle, openedx, random,
    session::Session,
    state::State,
};

/// The form that a page posts to the tool to begin a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginInitiation {
    /// The tool's login URL.
    pub url: Url,
    /// The fields, in order.
    pub fields: Vec<(String, String)>,
    /// Whether they are sent in the address, and not posted.
    pub is_get: bool,
}

impl Lms {
    /// Signs an id token without going through pages.
    pub fn issue_launch(&self, order: &LaunchOrder) -> Result<String, LmsError> {
        let now = self.skewed_now();
        self.sign_with(|state| match self.flavour() {
            Flavour::Moodle => moodle::claims(state, self.base(), order, now),
            Flavour::Canvas => canvas::claims(state, self.base(), order, now),
            Flavour::OpenEdx => openedx::claims(state, self.base(), order, now),
        })
    }

    /// Signs any claims with the platform's key, for tokens that no platform would send.
    pub fn sign_claims(&self, claims: &Value) -> Result<String, LmsError> {
        self.sign_with(|_| Ok(claims.clone()))
    }

    /// Signs a person in without a page; the answer is the value of a `Cookie` header.
    pub fn sign_in(&self, person: PersonId) -> Result<String, LmsError> {
        let session = Session::new(person)?;
        self.read(|state| {
            state.find_person(person)?;
            Ok(session.cookie(&state.session_key))
        })
    }

    /// Begins a launch without a page, for the browser with this `Cookie` header.
    pub fn begin_launch(&self, cookie: &str, link: LinkId) -> Result<LoginInitiation, LmsError> {
        self.begin(
            &self.session_of(cookie)?,
            Purpose::Activity {
                link,
                target: DocumentTarget::Iframe,
                for_user: None,
            },
            None,
        )
    }

    /// Begins a look at somebody's work without a page, for the browser with this cookie.
    pub fn begin_review(
        &self,
        cookie: &str,
        link: LinkId,
        for_user: PersonId,
    ) -> Result<LoginInitiation, LmsError> {
        self.begin(
            &self.session_of(cookie)?,
            Purpose::Activity {
                link,
                target: DocumentTarget::Iframe,
                for_user: Some(for_user),
            },
            None,
        )
    }

    /// Begins picking activities of a tool for a course without a page, for the browser with this
    /// cookie.
    pub fn begin_picking(
        &self,
        cookie: &str,
        tool: ToolId,
        course: CourseId,
    ) -> Result<LoginInitiation, LmsError> {
        self.begin(
            &self.session_of(cookie)?,
            Purpose::Course {
                course,
                placement: Placement::LinkSelection,
            },
            Some(tool),
        )
    }

    /// Opens a tool from the navigation of a course without a page, for the browser with this
    /// cookie (Canvas only).
    pub fn begin_navigation(
        &self,
        cookie: &str,
        tool: ToolId,
        course: CourseId,
    ) -> Result<LoginInitiation, LmsError> {
        self.begin(
            &self.session_of(cookie)?,
            Purpose::Course {
                course,
                placement: Placement::CourseNavigation,
            },
            Some(tool),
        )
    }

    /// The address that opens a tool's own registration page with a new registration token: for a
    /// new tool, or to register a known one again.
    pub fn registration_url(&self, page: &Url, tool: Option<ToolId>) -> Result<Url, LmsError> {
        match self.flavour() {
            Flavour::Moodle => moodle::start_url(self, page, tool),
            Flavour::Canvas => canvas::start_url(self, page, tool),
            Flavour::OpenEdx => Err(LmsError::NoRegistration),
        }
    }

    fn session_of(&self, cookie: &str) -> Result<Session, LmsError> {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(cookie) {
            headers.insert(header::COOKIE, value);
        }
        self.session(&headers)
            .ok_or_else(|| LmsError::NotAMember("a browser that is not signed in".to_owned()))
    }

    fn sign_with(
        &self,
        claims: impl FnOnce(&State) -> Result<Value, LmsError>,
    ) -> Result<String, LmsError> {
        let (claims, key) =
            self.read(|state| Ok::<_, LmsError>((claims(state)?, state.signing_key()?)))?;
        key.pair().sign(&claims).map_err(LmsError::Key)
    }

    /// Signs what a launch that has begun is for.
    pub(crate) fn issue(
        &self,
        session: &Session,
        launch: &PendingLaunch,
        nonce: String,
    ) -> Result<String, LmsError> {
        let person = session.person;
        let (course, placement) = match launch.purpose {
            Purpose::Activity {
                link,
                target,
                for_user,
            } => {
                return self.issue_launch(&LaunchOrder {
                    person,
                    link,
                    nonce,
                    target,
                    for_user,
                });
            }
            Purpose::Course { course, placement } => (course, placement),
        };
        let now = self.skewed_now();
        self.sign_with(|state| {
            let order = CourseOrder {
                person,
                course,
                tool: launch.tool,
                placement,
                nonce,
                session_key: session.key(&state.session_key),
            };
            match self.flavour() {
                Flavour::Moodle => moodle::picker_claims(state, self.base(), &order, now),
                Flavour::Canvas => canvas::course_claims(state, self.base(), &order, now),
                Flavour::OpenEdx => openedx::picker_claims(state, self.base(), &order, now),
            }
        })
    }

    /// Begins a launch. A tool that is visited is named; an activity has its own.
    pub(crate) fn begin(
        &self,
        session: &Session,
        purpose: Purpose,
        visited: Option<ToolId>,
    ) -> Result<LoginInitiation, LmsError> {
        let number = random::number()?;
        let (tool, launch_id, initiation) = self.read(|state| {
            let (course, tool, target, link) = match purpose {
                Purpose::Activity { link, for_user, .. } => {
                    let link = state.find_link(link)?;
                    let target = match self.flavour() {
                        Flavour::Canvas => {
                            for_user.and_then(|owner| state.handed_in_at(link, owner))
                        }
                        _ => Some(state.target_of(link, for_user).clone()),
                    };
                    let target = target.unwrap_or_else(|| link.target_link_uri.clone());
                    (
                        link.course,
                        state.find_tool(link.tool)?,
                        target,
                        Some(link.id),
                    )
                }
                Purpose::Course { course, placement } => {
                    let tool = state.find_tool(visited.ok_or(LmsError::NoTool)?)?;
                    let registration = &tool.registration;
                    let target = match placement {
                        Placement::CourseNavigation => Some(registration.default_target()),
                        _ => registration.picker_url.as_ref(),
                    };
                    (course, tool, target.ok_or(LmsError::NoTool)?.clone(), None)
                }
            };
            let person = state.find_person(session.person)?;
            let role = state.find_course(course)?.find_role(person)?;
            let picks = matches!(purpose, Purpose::Course { placement, .. }
                if placement != Placement::CourseNavigation);
            if picks && !role.edits_courses() {
                return Err(LmsError::NotAllowed(person.name()));
            }
            let (launch_id, hint) = self.hint(link, number);
            let subject = subject_of(state, self.flavour(), person.id);
            let initiation = self.initiation(tool, &target, subject, hint);
            Ok((tool.id, launch_id, initiation))
        })?;
        let begun_at = self.now();
        self.live().begin_launch(
            launch_id,
            PendingLaunch {
                session: session.id.clone(),
                tool,
                purpose,
                begun_at,
            },
        );
        Ok(initiation)
    }

    /// The launch's own id, and the `lti_message_hint` that carries it.
    fn hint(&self, link: Option<LinkId>, number: u32) -> (String, String) {
        match (self.flavour(), link) {
            (Flavour::Moodle, Some(link)) => {
                let id = format!("ltilaunch{link}_{number}");
                let hint = json!({"cmid": link.course_module(), "launchid": id});
                (id, hint.to_string())
            }
            (Flavour::Moodle, None) => {
                let id = format!("ltilaunch_ContentItemSelectionRequest{number}");
                let hint = json!({"launchid": id});
                (id, hint.to_string())
            }
            (Flavour::Canvas | Flavour::OpenEdx, _) => {
                let id = format!("{number:08x}");
                (id.clone(), id)
            }
        }
    }

    fn initiation(
        &self,
        tool: &Tool,
        target: &Url,
        subject: String,
        hint: String,
    ) -> LoginInitiation {
        let registration = &tool.registration;
        let deployment = registration.deployment_id.clone();
        let mut fields = vec![
            ("iss", self.endpoints().issuer),
            ("target_link_uri", target.to_string()),
            ("login_hint", subject),
            ("lti_message_hint", hint),
            ("client_id", registration.client_id.clone()),
        ];
        match self.flavour() {
            Flavour::Moodle | Flavour::OpenEdx => fields.push(("lti_deployment_id", deployment)),
            Flavour::Canvas => fields.extend([
                ("deployment_id", deployment),
                ("canvas_region", "not_configured".to_owned()),
                ("canvas_environment", "prod".to_owned()),
                ("lti_storage_target", "post_message_forwarding".to_owned()),
            ]),
        }
        LoginInitiation {
            url: registration.login_url.clone(),
            fields: fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            is_get: self.flavour() == Flavour::OpenEdx,
        }
    }
}
