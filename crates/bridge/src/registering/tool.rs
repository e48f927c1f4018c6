//! What we ask to be registered as: for a platform that registers by itself, and for the hands of an
//! administrator.

use std::collections::BTreeMap;

use mtl_lti::course_copy::HISTORY_PARAMETERS;
use mtl_lti::registration::{
    PlatformConfiguration, PrivacyLevel, ToolConfiguration, ToolMessage, ToolRegistration,
};
use serde_json::{Value, json};
use url::{Position, Url};

use super::scopes::{FURTHER_SCOPES, USED_SCOPES};
use crate::Bridge;

const NAME: &str = "MTL Bridge";
const DESCRIPTION: &str =
    "The activities of the Master’s in Teaching and Learning, with marks in the gradebook.";
const DEEP_LINKING: &str = "LtiDeepLinkingRequest";
const RESOURCE_LINK: &str = "LtiResourceLinkRequest";
/// Only what pages show: names, and no e-mail address.
const CLAIMS: [&str; 5] = ["iss", "sub", "name", "given_name", "family_name"];
/// Where activities are picked: Canvas's assignments and modules, Moodle's content.
const PICKER: [&str; 3] = ["assignment_selection", "link_selection", "ContentArea"];
/// Where a course's menu leads to the tool.
const COURSE_MENU: [&str; 2] = ["course_navigation", "CourseNavigation"];

/// The addresses that an administrator enters on a platform.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToolAddresses {
    /// The tool itself, and where tokens are posted to.
    pub launch: Url,
    /// Where logins begin.
    pub login: Url,
    /// Our public keys.
    pub key_set: Url,
    /// Canvas's configuration as JSON.
    pub canvas: Url,
}

impl Bridge {
    /// The addresses that an administrator enters on a platform.
    pub fn tool_addresses(&self) -> ToolAddresses {
        let at = |path: &str| {
            let mut url = self.tool_url().as_url().clone();
            url.set_path(&format!("{}{path}", url.path()));
            url
        };
        ToolAddresses {
            launch: at("lti/launch"),
            login: at("lti/login"),
            key_set: at(".well-known/jwks.json"),
            canvas: at("lti/canvas.json"),
        }
    }

    /// Our host, with its port where it has one.
    fn domain(&self) -> &str {
        &self.tool_url().as_url()[Position::BeforeHost..Position::AfterPort]
    }

    /// The registration that we ask a platform for: only scopes, claims and placements that we use
    /// and that it has.
    pub(super) fn tool_registration(
        &self,
        configuration: &PlatformConfiguration,
    ) -> ToolRegistration {
        let addresses = self.tool_addresses();
        let message = |kind: &str, placements: Vec<String>| ToolMessage {
            kind: kind.to_owned(),
            target_link_uri: Some(addresses.launch.to_string()),
            label: Some(NAME.to_owned()),
            placements,
            ..ToolMessage::default()
        };
        let mut picker = configuration.placements(DEEP_LINKING, &PICKER);
        if picker.iter().any(|name| !name.ends_with("ContentArea")) {
            // Canvas lists it for link_selection once more.
            picker.retain(|name| !name.ends_with("ContentArea"));
        }
        let menu = configuration.placements(RESOURCE_LINK, &COURSE_MENU);
        let is_canvas = configuration.platform.product_family_code == "canvas";
        ToolRegistration {
            client_id: None,
            application_type: "web".to_owned(),
            response_types: vec!["id_token".to_owned()],
            grant_types: vec!["client_credentials".to_owned(), "implicit".to_owned()],
            initiate_login_uri: addresses.login.clone(),
            redirect_uris: vec![addresses.launch.to_string()],
            client_name: NAME.to_owned(),
            jwks_uri: addresses.key_set.clone(),
            logo_uri: None,
            token_endpoint_auth_method: "private_key_jwt".to_owned(),
            scope: usable_scopes(configuration).join(" "),
            canvas_registration_config_url: None,
            tool: ToolConfiguration {
                domain: self.domain().to_owned(),
                description: Some(DESCRIPTION.to_owned()),
                target_link_uri: addresses.launch.to_string(),
                custom_parameters: custom_parameters(&configuration.platform.variables),
                claims: CLAIMS.map(ToOwned::to_owned).to_vec(),
                messages: vec![
                    message(DEEP_LINKING, picker),
                    ToolMessage {
                        canvas_in_course_menu: is_canvas.then_some(false),
                        ..message(RESOURCE_LINK, menu)
                    },
                ],
                canvas_privacy_level: is_canvas.then_some(PrivacyLevel::NameOnly),
                ..ToolConfiguration::default()
            },
        }
    }

    /// The configuration that an administrator pastes into a Canvas developer key.
    pub fn canvas_configuration(&self) -> Value {
        let addresses = self.tool_addresses();
        let placement = |name: &str, message: &str| {
            json!({
                "placement": name,
                "message_type": message,
                "target_link_uri": addresses.launch,
                "text": NAME,
                "enabled": true,
            })
        };
        let mut menu = placement("course_navigation", RESOURCE_LINK);
        menu["default"] = "disabled".into();
        json!({
            "title": NAME,
            "description": DESCRIPTION,
            "oidc_initiation_url": addresses.login,
            "target_link_uri": addresses.launch,
            "redirect_uris": [addresses.launch],
            "public_jwk_url": addresses.key_set,
            "scopes": USED_SCOPES,
            "custom_fields": BTreeMap::from(HISTORY_PARAMETERS),
            "extensions": [{
                "platform": "canvas.instructure.com",
                "domain": self.domain(),
                "tool_id": "mtl-bridge",
                "privacy_level": PrivacyLevel::NameOnly,
                "settings": {
                    "text": NAME,
                    "placements": [
                        placement("assignment_selection", DEEP_LINKING),
                        placement("link_selection", DEEP_LINKING),
                        menu,
                    ],
                },
            }],
        })
    }
}

/// The scopes that we use and the platform has; the usual ones where it does not say what it has.
pub(super) fn usable_scopes(configuration: &PlatformConfiguration) -> Vec<&'static str> {
    let known = &configuration.scopes_supported;
    let has = |scope: &&str| known.iter().any(|one| one == scope);
    let usual = USED_SCOPES
        .into_iter()
        .filter(|scope| known.is_empty() || has(scope));
    usual
        .chain(FURTHER_SCOPES.into_iter().filter(has))
        .collect()
}

/// Where a copied course or link came from, as far as the platform knows it.
fn custom_parameters(variables: &[String]) -> BTreeMap<String, String> {
    let knows = |value: &str| {
        let variable = value.trim_start_matches('$');
        variables.iter().any(|known| known == variable)
    };
    HISTORY_PARAMETERS
        .into_iter()
        .filter(|(_, value)| knows(value))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
