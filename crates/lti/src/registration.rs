//! The documents of Dynamic Registration 1.0: what a platform says of itself, what we ask for, what it grants.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::claims::{deserialize_optional_text, deserialize_text_list};

const PLATFORM_CONFIGURATION: &str = "https://purl.imsglobal.org/spec/lti-platform-configuration";

/// What a platform says of itself (`openid-configuration`, Dynamic Registration 1.0 §2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformConfiguration {
    /// The issuer of its tokens.
    pub issuer: String,
    /// Where logins go.
    pub authorization_endpoint: Url,
    /// Where access tokens come from.
    pub token_endpoint: Url,
    /// Where its keys are.
    pub jwks_uri: Url,
    /// Where we register.
    pub registration_endpoint: Url,
    /// Whom client assertions are for, where it is not the token endpoint.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub authorization_server: Option<String>,
    /// Scopes that can be asked for.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub scopes_supported: Vec<String>,
    /// Kinds of answers: must hold `id_token`.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub response_types_supported: Vec<String>,
    /// Algorithms of its tokens.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub id_token_signing_alg_values_supported: Vec<String>,
    /// Algorithms of our assertions.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// Claims that can be asked for.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub claims_supported: Vec<String>,
    /// What it says of LTI.
    #[serde(rename = "https://purl.imsglobal.org/spec/lti-platform-configuration")]
    pub platform: PlatformDetails,
}

/// The LTI part of what a platform says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformDetails {
    /// The product: `moodle`, `canvas`, …
    #[serde(default)]
    pub product_family_code: String,
    /// The product's version.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub version: Option<String>,
    /// Messages that it can send.
    #[serde(default)]
    pub messages_supported: Vec<SupportedMessage>,
    /// Variables that it replaces in custom parameters, without the dollar sign.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub variables: Vec<String>,
    /// Canvas: the institution's name.
    #[serde(
        default,
        rename = "https://canvas.instructure.com/lti/account_name",
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub canvas_account_name: Option<String>,
    /// Canvas: the institution's id.
    #[serde(
        default,
        rename = "https://canvas.instructure.com/lti/account_lti_guid",
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub canvas_account_guid: Option<String>,
}

/// A message that a platform can send, and from where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportedMessage {
    /// The message's name.
    #[serde(rename = "type")]
    pub kind: String,
    /// The places that it can be sent from.
    #[serde(
        default,
        deserialize_with = "deserialize_text_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub placements: Vec<String>,
}

/// Why a platform's configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigurationError {
    /// Not JSON, or without a required member.
    #[error("the platform's configuration cannot be read: {0}")]
    Unreadable(String),
    /// The issuer is of another host than the document.
    #[error("the platform's configuration comes from another host than its issuer")]
    ForeignIssuer,
    /// It cannot answer with an `id_token`.
    #[error("the platform does not answer with an id_token")]
    NoIdToken,
    /// It signs with none of the algorithms that we accept.
    #[error("the platform signs with none of RS256, PS256, ES256")]
    NoAlgorithm,
}

impl ConfigurationError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "configuration_unreadable",
            Self::ForeignIssuer => "configuration_foreign_issuer",
            Self::NoIdToken => "configuration_no_id_token",
            Self::NoAlgorithm => "configuration_no_algorithm",
        }
    }
}

/// Issuers that Canvas shares between all its customers, so that they never match the document's host.
const CANVAS_ISSUERS: [&str; 3] = [
    "https://canvas.instructure.com",
    "https://canvas.beta.instructure.com",
    "https://canvas.test.instructure.com",
];

impl PlatformConfiguration {
    /// Reads and verifies the document that was fetched from `source` (Dynamic Registration 1.0 §3.5.1).
    pub fn parse(json: &[u8], source: &Url) -> Result<Self, ConfigurationError> {
        let configuration: Self = serde_json::from_slice(json)
            .map_err(|error| ConfigurationError::Unreadable(error.to_string()))?;
        let issuer_host = Url::parse(&configuration.issuer)
            .ok()
            .and_then(|issuer| issuer.host().map(|h| h.to_owned()));
        let is_own =
            issuer_host.is_some() && issuer_host == source.host().map(|host| host.to_owned());
        if !is_own && !CANVAS_ISSUERS.contains(&configuration.issuer.as_str()) {
            return Err(ConfigurationError::ForeignIssuer);
        }
        if !configuration
            .response_types_supported
            .iter()
            .any(|kind| kind == "id_token")
        {
            return Err(ConfigurationError::NoIdToken);
        }
        if configuration.algorithms().is_empty() {
            return Err(ConfigurationError::NoAlgorithm);
        }
        Ok(configuration)
    }

    /// The algorithms that the platform signs with and that we accept; RS256 where it does not say.
    pub fn algorithms(&self) -> Vec<crate::SigningAlgorithm> {
        if self.id_token_signing_alg_values_supported.is_empty() {
            return crate::SigningAlgorithm::DEFAULT.to_vec();
        }
        self.id_token_signing_alg_values_supported
            .iter()
            .filter_map(|name| crate::SigningAlgorithm::find(name))
            .collect()
    }

    /// Whom client assertions are for. An `authorization_server` that is no address does not count:
    /// Canvas names its bare host there, while its token endpoint accepts its own address only.
    pub fn assertion_audience(&self) -> &str {
        self.authorization_server
            .as_deref()
            .filter(|server| Url::parse(server).is_ok_and(|url| url.has_host()))
            .unwrap_or(self.token_endpoint.as_str())
    }

    /// The names that the platform itself has for placements of a message. `wanted` are the last
    /// parts of names: Canvas puts `https://canvas.instructure.com/lti/` in front of some of them.
    pub fn placements(&self, message: &str, wanted: &[&str]) -> Vec<String> {
        let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        self.platform
            .messages_supported
            .iter()
            .filter(|supported| supported.kind == message)
            .flat_map(|supported| &supported.placements)
            .filter(|name| wanted.contains(&last(name).as_str()))
            .cloned()
            .collect()
    }

    /// The name of the claim that holds [`PlatformConfiguration::platform`].
    pub const PLATFORM_CLAIM: &'static str = PLATFORM_CONFIGURATION;
}

/// What we ask to be registered as, and what a platform answers (Dynamic Registration 1.0 §2.2, RFC 7591).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRegistration {
    /// Our client id: only in the platform's answer.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub client_id: Option<String>,
    /// `web`.
    #[serde(default = "web")]
    pub application_type: String,
    /// `id_token`.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub response_types: Vec<String>,
    /// `client_credentials` and `implicit`: Canvas wants both.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub grant_types: Vec<String>,
    /// Where logins start.
    pub initiate_login_uri: Url,
    /// Where tokens may be posted to, to the letter.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub redirect_uris: Vec<String>,
    /// Our name.
    #[serde(default)]
    pub client_name: String,
    /// Where our keys are.
    pub jwks_uri: Url,
    /// Our picture.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub logo_uri: Option<String>,
    /// `private_key_jwt`.
    #[serde(default)]
    pub token_endpoint_auth_method: String,
    /// Scopes, with spaces between. A platform may grant fewer.
    #[serde(default)]
    pub scope: String,
    /// Canvas: where an administrator changes the registration; only in its answer.
    #[serde(
        default,
        rename = "https://canvas.instructure.com/lti/registration_config_url",
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub canvas_registration_config_url: Option<String>,
    /// What we say of LTI.
    #[serde(rename = "https://purl.imsglobal.org/spec/lti-tool-configuration")]
    pub tool: ToolConfiguration,
}

impl ToolRegistration {
    /// The scopes one by one.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope.split_ascii_whitespace()
    }
}

fn web() -> String {
    "web".to_owned()
}

/// The LTI part of a registration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolConfiguration {
    /// Our host, with its port where it has one.
    #[serde(default)]
    pub domain: String,
    /// What we are, for people.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// The page that opens where nothing else is said.
    #[serde(default)]
    pub target_link_uri: String,
    /// The deployment: only in an answer, and not in Canvas's.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub deployment_id: Option<String>,
    /// The version of LTI: only in Moodle's answer.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub version: Option<String>,
    /// Custom parameters of every launch.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_parameters: BTreeMap<String, String>,
    /// Claims that we want: names and e-mail address.
    #[serde(default, deserialize_with = "deserialize_text_list")]
    pub claims: Vec<String>,
    /// Messages that we take, and from where.
    #[serde(default)]
    pub messages: Vec<ToolMessage>,
    /// Canvas: what it tells us of people.
    #[serde(
        default,
        rename = "https://canvas.instructure.com/lti/privacy_level",
        skip_serializing_if = "Option::is_none"
    )]
    pub canvas_privacy_level: Option<PrivacyLevel>,
    /// Canvas: who makes us.
    #[serde(
        default,
        rename = "https://canvas.instructure.com/lti/vendor",
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub canvas_vendor: Option<String>,
}

/// What Canvas tells us of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivacyLevel {
    /// Name, e-mail address and ids.
    Public,
    /// The name alone.
    NameOnly,
    /// The e-mail address alone.
    EmailOnly,
    /// Nothing: people are numbers.
    Anonymous,
}

/// A message that we take, with what a platform shows for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolMessage {
    /// The message's name.
    #[serde(rename = "type")]
    pub kind: String,
    /// The page of ours; the registration's own where it is left out.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub target_link_uri: Option<String>,
    /// Words on the button.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub label: Option<String>,
    /// Picture on the button.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub icon_uri: Option<String>,
    /// Places where it is offered: `ContentArea`, and Canvas's `https://canvas.instructure.com/lti/…`.
    #[serde(
        default,
        deserialize_with = "deserialize_text_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub placements: Vec<String>,
    /// Roles that it is offered to, by full URI.
    #[serde(
        default,
        deserialize_with = "deserialize_text_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub roles: Vec<String>,
    /// Custom parameters of this message.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_parameters: BTreeMap<String, String>,
    /// Canvas: whether every course's menu shows it from the beginning; a teacher can switch it on.
    #[serde(
        default,
        rename = "https://canvas.instructure.com/lti/course_navigation/default_enabled",
        skip_serializing_if = "Option::is_none"
    )]
    pub canvas_in_course_menu: Option<bool>,
}
