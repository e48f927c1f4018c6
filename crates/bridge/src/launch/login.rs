//! The first step of a launch: the platform names a person and a place, and we send the browser
//! back to it with a one-use state and nonce. Nothing is written.
//!
//! 1EdTech Security Framework 1.0, section 5.1.1 (third-party initiated login).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mtl_lti::login::{LoginInitiation, authorisation_url};
use std::sync::Arc;
use url::Url;

use super::error::LaunchError;
use super::registrations::Known;
use super::state::{LoginState, StateError};
use crate::Bridge;
use crate::secret::{random_bytes, random_token, token_hash};

/// What the browser is given when a login begins.
#[derive(Clone, Debug)]
pub struct LoginStart {
    /// Names the launch's cookie, so that two launches at once do not mix.
    pub launch_key: String,
    /// For the launch's cookie.
    pub cookie_secret: String,
    /// For the platform's storage, where it offers one.
    pub storage_secret: String,
    /// The sealed state.
    pub state: String,
    /// Where the browser goes next.
    pub authorisation_url: Url,
    /// The frame that answers storage messages, where the platform offers one
    /// (`lti_storage_target`, LTI Client Side postMessages 1.0).
    pub storage_target: Option<String>,
    /// The only origin that storage messages may be posted to.
    pub platform_origin: String,
    /// Origins that may frame the login's own pages.
    pub frame_ancestors: Vec<String>,
}

/// The platform that a state was sealed for.
#[derive(Clone, Debug)]
pub struct StatePlatform {
    /// The only origin that storage messages may be posted to.
    pub platform_origin: String,
    /// The frame that answers storage messages, where the platform offered one.
    pub storage_target: Option<String>,
    /// Origins that may frame the page.
    pub frame_ancestors: Vec<String>,
}

impl Bridge {
    /// Begins a login.
    pub async fn begin_login(&self, login: LoginInitiation) -> Result<LoginStart, LaunchError> {
        let registration = self
            .find_registration(&login.issuer, login.client_id.as_deref())
            .await?;
        if !self.tool_url().holds(&login.target_link_uri) {
            return Err(LaunchError::ForeignTarget);
        }
        let launch_key = URL_SAFE_NO_PAD.encode(random_bytes::<9>());
        let cookie_secret = random_token();
        let storage_secret = random_token();
        let nonce = random_token();
        let state = LoginState {
            key: launch_key.clone(),
            registration: registration.row.id,
            nonce: nonce.clone(),
            begun: self.now().timestamp(),
            cookie_hash: token_hash(&cookie_secret),
            storage_hash: token_hash(&storage_secret),
            storage_target: login.storage_target.clone(),
        }
        .seal(self.state_sealer())
        .map_err(|_| LaunchError::Internal("the state could not be sealed"))?;
        let authorisation_url = authorisation_url(
            &registration.auth_url,
            &registration.row.client_id,
            self.launch_url(),
            &login.login_hint,
            login.message_hint.as_deref(),
            &state,
            &nonce,
        );
        Ok(LoginStart {
            launch_key,
            cookie_secret,
            storage_secret,
            state,
            storage_target: login.storage_target,
            platform_origin: registration.auth_url.origin().ascii_serialization(),
            frame_ancestors: registration.row.frame_origins.clone(),
            authorisation_url,
        })
    }

    /// The name of the launch that a state belongs to, so that its cookie can be found.
    pub fn launch_key(&self, state: &str) -> Result<String, LaunchError> {
        Ok(self.open_state(state)?.key)
    }

    /// The platform of a state whose browser has no cookie: its storage may hold the proof.
    pub async fn platform_of_state(&self, state: &str) -> Result<StatePlatform, LaunchError> {
        let state = self.open_state(state)?;
        let known = self
            .registration(state.registration)
            .await
            .map_err(LaunchError::Cached)?;
        Ok(StatePlatform {
            platform_origin: known.auth_url.origin().ascii_serialization(),
            storage_target: state.storage_target,
            frame_ancestors: known.row.frame_origins.clone(),
        })
    }

    pub(super) fn open_state(&self, state: &str) -> Result<LoginState, LaunchError> {
        LoginState::open(self.state_sealer(), state, self.now()).map_err(|error| match error {
            StateError::Forged => LaunchError::StateForged,
            StateError::Expired => LaunchError::StateExpired,
        })
    }

    /// The registration of (issuer, client id), or of the issuer alone where it has just one.
    /// Canvas's customers share an issuer, so the client id decides wherever it is given.
    async fn find_registration(
        &self,
        issuer: &str,
        client_id: Option<&str>,
    ) -> Result<Arc<Known>, LaunchError> {
        let registrations = self.registrations_of(issuer).await?;
        let unknown = || LaunchError::UnknownPlatform {
            issuer: issuer.to_owned(),
            client_id: client_id.map(ToOwned::to_owned),
        };
        match (client_id, &registrations[..]) {
            (Some(client_id), all) => all
                .iter()
                .find(|r| r.row.client_id == client_id)
                .cloned()
                .ok_or_else(unknown),
            (None, []) => Err(unknown()),
            (None, [only]) => Ok(Arc::clone(only)),
            (None, _) => Err(LaunchError::AmbiguousPlatform {
                issuer: issuer.to_owned(),
            }),
        }
    }
}
