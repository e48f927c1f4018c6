//! The first leg of a launch: the platform's call, and the way back to it (Security Framework 1.0 §5.1.1).

use url::Url;

/// Longer parameters are refused, in bytes. Real hints take less than 2 KiB.
const LONGEST_PARAMETER: usize = 16 * 1024;

/// A platform asks us to start a login. Nothing of it is verified: it only says whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginInitiation {
    /// The platform's issuer.
    pub issuer: String,
    /// To be handed back as it came.
    pub login_hint: String,
    /// The page of ours that is to be opened.
    pub target_link_uri: String,
    /// To be handed back as it came.
    pub message_hint: Option<String>,
    /// Our client id, where the platform says it.
    pub client_id: Option<String>,
    /// The deployment, where the platform says it (`lti_deployment_id`, or Canvas's older `deployment_id`).
    pub deployment_id: Option<String>,
    /// The frame that keeps state for us (`lti_storage_target`), where the platform offers one.
    pub storage_target: Option<String>,
    /// Canvas: where the institution's data lives.
    pub canvas_region: Option<String>,
    /// Canvas: `prod`, `beta` or `test`.
    pub canvas_environment: Option<String>,
}

/// Why a login cannot be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// A required parameter is missing or empty.
    #[error("the platform's call lacks the parameter {0}")]
    Missing(&'static str),
    /// A parameter came twice, with different values.
    #[error("the platform's call has the parameter {0} twice")]
    Repeated(&'static str),
    /// A parameter is longer than 16 KiB.
    #[error("the platform's call has an overlong parameter {0}")]
    TooLong(&'static str),
}

impl LoginError {
    /// The stable name of the error.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing(_) => "login_parameter_missing",
            Self::Repeated(_) => "login_parameter_repeated",
            Self::TooLong(_) => "login_parameter_too_long",
        }
    }

    /// The parameter that is wrong.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Missing(name) | Self::Repeated(name) | Self::TooLong(name) => name,
        }
    }
}

impl LoginInitiation {
    /// Reads the parameters of a form or a query, decoded, in any order; unknown ones are passed over.
    pub fn parse<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Result<Self, LoginError>
    where
        K: AsRef<str>,
        V: Into<String>,
    {
        let mut found: [Option<String>; PARAMETERS.len()] = Default::default();
        for (name, value) in pairs {
            let Some(index) = PARAMETERS
                .iter()
                .position(|parameter| *parameter == name.as_ref())
            else {
                continue;
            };
            let value = value.into();
            if value.len() > LONGEST_PARAMETER {
                return Err(LoginError::TooLong(PARAMETERS[index]));
            }
            if found[index]
                .as_ref()
                .is_some_and(|earlier| *earlier != value)
            {
                return Err(LoginError::Repeated(PARAMETERS[index]));
            }
            found[index] = Some(value);
        }
        let [
            iss,
            login_hint,
            target,
            hint,
            client_id,
            deployment,
            canvas_deployment,
            storage,
            region,
            environment,
        ] = found.map(|value| value.filter(|value| !value.is_empty()));
        Ok(Self {
            issuer: iss.ok_or(LoginError::Missing("iss"))?,
            login_hint: login_hint.ok_or(LoginError::Missing("login_hint"))?,
            target_link_uri: target.ok_or(LoginError::Missing("target_link_uri"))?,
            message_hint: hint,
            client_id,
            deployment_id: deployment.or(canvas_deployment),
            storage_target: storage,
            canvas_region: region,
            canvas_environment: environment,
        })
    }
}

const PARAMETERS: [&str; 10] = [
    "iss",
    "login_hint",
    "target_link_uri",
    "lti_message_hint",
    "client_id",
    "lti_deployment_id",
    "deployment_id",
    "lti_storage_target",
    "canvas_region",
    "canvas_environment",
];

/// Where the browser goes next: the platform's authorisation endpoint, whose own query is kept.
///
/// Moodle takes exactly these values and no others. `state` must be of `A-Z a-z 0-9 _ -` alone, since
/// Moodle filters it, and `redirect_uri` one of the registered ones to the letter.
pub fn authorisation_url(
    endpoint: &Url,
    client_id: &str,
    redirect_uri: &str,
    login_hint: &str,
    message_hint: Option<&str>,
    state: &str,
    nonce: &str,
) -> Url {
    let mut url = endpoint.clone();
    let mut query = url.query_pairs_mut();
    query
        .append_pair("scope", "openid")
        .append_pair("response_type", "id_token")
        .append_pair("response_mode", "form_post")
        .append_pair("prompt", "none")
        .append_pair("client_id", client_id)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("login_hint", login_hint)
        .append_pair("state", state)
        .append_pair("nonce", nonce);
    if let Some(hint) = message_hint {
        query.append_pair("lti_message_hint", hint);
    }
    drop(query);
    url
}

/// What the platform's authorisation endpoint posts back through the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorisationAnswer {
    /// A token, not yet verified.
    Token {
        /// The signed token.
        id_token: String,
        /// Our state.
        state: String,
    },
    /// A refusal in the platform's words.
    Error(AuthorisationError),
}

/// A refusal of the authorisation endpoint (OpenID Connect Core §3.1.2.6). Its words are the platform's
/// or a stranger's: show them only as text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the platform refused the login: {error}")]
pub struct AuthorisationError {
    /// A code: `invalid_request`, `login_required`, `unauthorized_client`, …
    pub error: String,
    /// A sentence.
    pub error_description: Option<String>,
    /// Our state, if it came back.
    pub state: Option<String>,
}

impl AuthorisationAnswer {
    /// Reads the form; [`LoginError::Missing`] when it holds neither a token with a state nor an error.
    pub fn parse<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Result<Self, LoginError>
    where
        K: AsRef<str>,
        V: Into<String>,
    {
        const NAMES: [&str; 4] = ["id_token", "state", "error", "error_description"];
        let mut found: [Option<String>; NAMES.len()] = Default::default();
        for (name, value) in pairs {
            let Some(index) = NAMES.iter().position(|known| *known == name.as_ref()) else {
                continue;
            };
            if found[index].is_some() {
                return Err(LoginError::Repeated(NAMES[index]));
            }
            found[index] = Some(value.into()).filter(|value: &String| !value.is_empty());
        }
        let [id_token, state, error, error_description] = found;
        if let Some(error) = error {
            return Ok(Self::Error(AuthorisationError {
                error,
                error_description,
                state,
            }));
        }
        Ok(Self::Token {
            id_token: id_token.ok_or(LoginError::Missing("id_token"))?,
            state: state.ok_or(LoginError::Missing("state"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOODLE: [(&str, &str); 6] = [
        ("iss", "http://127.0.0.1:8090"),
        ("target_link_uri", "http://localhost:9003/launch"),
        ("login_hint", "6"),
        (
            "lti_message_hint",
            r#"{"cmid":5,"launchid":"ltilaunch4_1173391783"}"#,
        ),
        ("client_id", "pRBUOjlRAQ6fosE"),
        ("lti_deployment_id", "4"),
    ];

    #[test]
    fn a_login_of_moodle_is_read() {
        let login = LoginInitiation::parse(MOODLE).unwrap();
        assert_eq!(login.issuer, "http://127.0.0.1:8090");
        assert_eq!(login.client_id.as_deref(), Some("pRBUOjlRAQ6fosE"));
        assert_eq!(login.deployment_id.as_deref(), Some("4"));
        assert_eq!(login.storage_target, None);
    }

    #[test]
    fn a_login_of_canvas_is_read() {
        let login = LoginInitiation::parse([
            ("iss", "https://canvas.instructure.com"),
            ("login_hint", "h"),
            ("client_id", "10000000000005"),
            ("target_link_uri", "https://mtl.example/lti/launch"),
            ("lti_message_hint", "a.b.c"),
            ("deployment_id", "12:abc"),
            ("canvas_region", "eu-west-1"),
            ("canvas_environment", "prod"),
            ("lti_storage_target", "post_message_forwarding"),
        ])
        .unwrap();
        assert_eq!(login.deployment_id.as_deref(), Some("12:abc"));
        assert_eq!(
            login.storage_target.as_deref(),
            Some("post_message_forwarding")
        );
        assert_eq!(login.canvas_region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn what_is_missing_or_doubtful_is_named() {
        for name in ["iss", "target_link_uri", "login_hint"] {
            let without = MOODLE.into_iter().filter(|(key, _)| *key != name);
            assert_eq!(
                LoginInitiation::parse(without),
                Err(LoginError::Missing(name))
            );
            let empty = MOODLE
                .into_iter()
                .map(|(key, value)| (key, if key == name { "" } else { value }));
            assert_eq!(
                LoginInitiation::parse(empty),
                Err(LoginError::Missing(name))
            );
        }
        let twice = MOODLE.into_iter().chain([("iss", "https://evil.example")]);
        assert_eq!(
            LoginInitiation::parse(twice),
            Err(LoginError::Repeated("iss"))
        );
        let long = "x".repeat(LONGEST_PARAMETER + 1);
        let long = MOODLE
            .into_iter()
            .chain([("lti_storage_target", long.as_str())]);
        assert_eq!(
            LoginInitiation::parse(long),
            Err(LoginError::TooLong("lti_storage_target"))
        );
    }

    #[test]
    fn the_way_back_is_exactly_what_moodle_takes() {
        let endpoint = Url::parse("http://127.0.0.1:8090/mod/lti/auth.php?tenant=a").unwrap();
        let url = authorisation_url(
            &endpoint,
            "client",
            "https://mtl.example/lti/launch",
            "6",
            Some(r#"{"cmid":5}"#),
            "st_-1",
            "n1",
        );
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:8090/mod/lti/auth.php?tenant=a&scope=openid&response_type=id_token\
             &response_mode=form_post&prompt=none&client_id=client\
             &redirect_uri=https%3A%2F%2Fmtl.example%2Flti%2Flaunch&login_hint=6&state=st_-1&nonce=n1\
             &lti_message_hint=%7B%22cmid%22%3A5%7D"
        );
        let bare = authorisation_url(&endpoint, "c", "r", "6", None, "s", "n");
        assert!(
            bare.query_pairs()
                .all(|(name, _)| name != "lti_message_hint")
        );
    }

    #[test]
    fn the_platforms_answer_is_a_token_or_its_reason() {
        assert_eq!(
            AuthorisationAnswer::parse([("state", "s"), ("id_token", "t")]),
            Ok(AuthorisationAnswer::Token {
                id_token: "t".into(),
                state: "s".into()
            })
        );
        let refusal = [
            ("error", "invalid_request"),
            ("error_description", "Invalid prompt"),
            ("state", "st-1"),
        ];
        assert_eq!(
            AuthorisationAnswer::parse(refusal),
            Ok(AuthorisationAnswer::Error(AuthorisationError {
                error: "invalid_request".into(),
                error_description: Some("Invalid prompt".into()),
                state: Some("st-1".into()),
            }))
        );
        assert_eq!(
            AuthorisationAnswer::parse([("id_token", "t")]),
            Err(LoginError::Missing("state"))
        );
        assert_eq!(
            AuthorisationAnswer::parse([("state", "s")]),
            Err(LoginError::Missing("id_token"))
        );
        let twice = [("id_token", "t"), ("id_token", "u"), ("state", "s")];
        assert_eq!(
            AuthorisationAnswer::parse(twice),
            Err(LoginError::Repeated("id_token"))
        );
    }
}
