//! Beginning and signing launches.

use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::json;
use url::Url;

use crate::{
    DocumentTarget, LaunchOrder, LinkId, Lms, LmsError, PersonId, launch, live::PendingLaunch,
    random, session::Session, state::State,
};

/// The form that a page posts to the tool to begin a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginInitiation {
    /// The tool's login URL.
    pub url: Url,
    /// The fields, in order.
    pub fields: Vec<(String, String)>,
}

impl Lms {
    /// Signs an id token without going through pages.
    pub fn issue_launch(&self, order: &LaunchOrder) -> Result<String, LmsError> {
        let now = self.skewed_now();
        let (claims, key) = self.read(|state| {
            let claims = launch::claims(state, self.base(), order, now)?;
            let key = state.signing_key()?;
            Ok::<_, LmsError>((claims, key))
        })?;
        key.pair().sign(&claims).map_err(LmsError::Key)
    }

    /// Signs any claims with the platform's key, for tokens that no platform would send.
    pub fn sign_claims(&self, claims: &serde_json::Value) -> Result<String, LmsError> {
        let key = self.read(State::signing_key)?;
        key.pair().sign(claims).map_err(LmsError::Key)
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
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(cookie) {
            headers.insert(header::COOKIE, value);
        }
        let session = self
            .session(&headers)
            .ok_or_else(|| LmsError::NotAMember("a browser that is not signed in".to_owned()))?;
        self.begin(&session, link, DocumentTarget::Iframe)
    }

    pub(crate) fn begin(
        &self,
        session: &Session,
        link: LinkId,
        target: DocumentTarget,
    ) -> Result<LoginInitiation, LmsError> {
        let launch_id = format!("ltilaunch{link}_{}", random::number()?);
        let (tool, initiation) = self.read(|state| {
            let link = state.find_link(link)?;
            let course = state.find_course(link.course)?;
            if !course.members.contains_key(&session.person) {
                let name = state.find_person(session.person)?.name();
                return Err(LmsError::NotAMember(name));
            }
            let tool = state.find_tool(link.tool)?;
            let hint = json!({"cmid": link.id.course_module(), "launchid": launch_id});
            let fields = [
                ("iss", self.base().to_owned()),
                ("target_link_uri", link.target_link_uri.to_string()),
                ("login_hint", session.person.to_string()),
                ("lti_message_hint", hint.to_string()),
                ("client_id", tool.registration.client_id.clone()),
                ("lti_deployment_id", tool.registration.deployment_id.clone()),
            ];
            let initiation = LoginInitiation {
                url: tool.registration.login_url.clone(),
                fields: fields
                    .map(|(name, value)| (name.to_owned(), value))
                    .to_vec(),
            };
            Ok((tool.id, initiation))
        })?;
        let begun_at = self.now();
        self.live().begin_launch(
            launch_id,
            PendingLaunch {
                session: session.id.clone(),
                link,
                tool,
                target,
                begun_at,
            },
        );
        Ok(initiation)
    }
}
