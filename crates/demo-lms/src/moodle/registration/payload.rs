//! What a tool sends to register itself (Dynamic Registration 1.0 section 3.5), and what it gets back.

use serde_json::{Map, Value, json};
use url::Url;

use super::Refusal;
use crate::{Tool, ToolKeys, ToolRegistration, scope};

const TOOL: &str = "https://purl.imsglobal.org/spec/lti-tool-configuration";
const PICKER: &str = "LtiDeepLinkingRequest";
const NAMES: [&str; 3] = ["name", "given_name", "family_name"];

/// A payload that has everything that Moodle asks for.
pub(super) struct Payload {
    json: Value,
    login_url: Url,
    redirect_uris: Vec<Url>,
    jwks_uri: Url,
    target_link_uri: Url,
    /// Where the picker opens, if there is one.
    picker: Option<Url>,
}

impl Payload {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let response_types = required(&json, "response_types")?;
        let login_url = url(required(&json, "initiate_login_uri")?)?;
        let redirect_uris = required(&json, "redirect_uris")?;
        required(&json, "client_name")?;
        let jwks_uri = url(required(&json, "jwks_uri")?)?;
        let method = required(&json, "token_endpoint_auth_method")?;
        let tool = required(&json, TOOL)?;
        let domain = tool["domain"].as_str().filter(|domain| !domain.is_empty());
        let domain = domain.ok_or_else(|| Refusal::bad("missing_domain"))?;
        let target = tool["target_link_uri"].as_str();
        let target = target.map_or_else(|| format!("https://{domain}"), ToOwned::to_owned);
        if domain_of(domain) != domain_of(&target) {
            return Err(Refusal::bad("domain_targetlinkuri_mismatch"));
        }
        let names_id_token = |types: &Vec<Value>| types.iter().any(|kind| kind == "id_token");
        if !response_types.as_array().is_some_and(names_id_token) {
            return Err(Refusal::bad("invalid_response_types"));
        }
        let redirect_uris = redirect_uris
            .as_array()
            .ok_or_else(|| Refusal::bad("invalid_redirect_uris"))?;
        if method != "private_key_jwt" {
            return Err(Refusal::bad("invalid_token_endpoint_auth_method"));
        }
        let application = json["application_type"].as_str().unwrap_or_default();
        if !application.is_empty() && application != "web" {
            return Err(Refusal::bad("invalid_application_type"));
        }
        let target_link_uri = url(&json!(target))?;
        let messages = tool["messages"].as_array();
        let picker = messages
            .into_iter()
            .flatten()
            .find(|message| message["type"] == PICKER)
            .map(|message| {
                let own = message["target_link_uri"].as_str();
                own.and_then(|own| own.parse().ok())
                    .unwrap_or_else(|| target_link_uri.clone())
            });
        Ok(Self {
            login_url,
            redirect_uris: redirect_uris.iter().map(url).collect::<Result<_, _>>()?,
            jwks_uri,
            target_link_uri,
            picker,
            json,
        })
    }

    fn tool(&self) -> &Value {
        &self.json[TOOL]
    }

    fn claims(&self, names: &[&str]) -> bool {
        let claims = self.tool()["claims"].as_array();
        let mut claims = claims.into_iter().flatten().filter_map(Value::as_str);
        claims.any(|claim| names.contains(&claim))
    }

    /// Moodle has one switch for grades, with a second position for line items, and one for the
    /// roster: asking for one scope brings the others of its position.
    fn scopes(&self) -> Vec<String> {
        let asked = self.json["scope"].as_str().unwrap_or_default();
        let asks = |scope: &str| asked.split(' ').any(|asked| asked == scope);
        let line_items = asks(scope::LINE_ITEM);
        let grades = line_items
            || asks(scope::SCORE)
            || asks(scope::RESULT_READ_ONLY)
            || asks(scope::LINE_ITEM_READ_ONLY);
        [
            (scope::SCORE, grades),
            (scope::RESULT_READ_ONLY, grades),
            (scope::LINE_ITEM_READ_ONLY, grades),
            (scope::LINE_ITEM, line_items),
            (
                scope::MEMBERSHIP_READ_ONLY,
                asks(scope::MEMBERSHIP_READ_ONLY),
            ),
        ]
        .into_iter()
        .filter(|(_, granted)| *granted)
        .map(|(scope, _)| scope.to_owned())
        .collect()
    }

    pub(super) fn registration(
        &self,
        client_id: String,
        deployment_id: String,
    ) -> ToolRegistration {
        let custom = self.tool()["custom_parameters"].as_object();
        let custom = custom.into_iter().flatten().filter_map(|(name, value)| {
            let value = value.as_str()?.to_owned();
            Some((name.clone(), value))
        });
        ToolRegistration {
            name: self.json["client_name"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            client_id,
            deployment_id,
            login_url: self.login_url.clone(),
            redirect_uris: self.redirect_uris.clone(),
            keys: ToolKeys::Url(self.jwks_uri.clone()),
            custom: custom.collect(),
            share_names: self.claims(&NAMES),
            share_emails: self.claims(&["email"]),
            target_link_uri: Some(self.target_link_uri.clone()),
            picker_url: self.picker.clone(),
            placements: Vec::new(),
            scopes: self.scopes(),
            grade_every_link: false,
        }
    }

    /// What Moodle answers: the registration as it understood it.
    pub(super) fn echo(&self, tool: &Tool) -> Value {
        let registration = &tool.registration;
        let mut claims = vec!["sub", "iss"];
        if registration.share_names {
            claims.extend(["name", "family_name", "given_name"]);
        }
        if registration.share_emails {
            claims.push("email");
        }
        let mut configuration = json!({
            "version": "1.3.0",
            "deployment_id": registration.deployment_id,
            "target_link_uri": self.target_link_uri,
            "domain": self.tool()["domain"],
            "description": self.tool()["description"].as_str().unwrap_or_default(),
            "claims": claims,
        });
        if let Some(picker) = &self.picker {
            configuration["messages"] = json!([{"type": PICKER, "target_link_uri": picker}]);
        }
        if !registration.custom.is_empty() {
            let custom = registration.custom.iter();
            let custom: Map<String, Value> = custom
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect();
            configuration["custom_parameters"] = Value::Object(custom);
        }
        json!({
            "client_id": registration.client_id,
            "response_types": ["id_token"],
            "jwks_uri": self.jwks_uri,
            "initiate_login_uri": self.login_url,
            "grant_types": ["client_credentials", "implicit"],
            "redirect_uris": self.redirect_uris,
            "application_type": "web",
            "token_endpoint_auth_method": "private_key_jwt",
            "client_name": registration.name,
            "logo_uri": self.json["logo_uri"].as_str().unwrap_or_default(),
            "scope": registration.scopes.join(" "),
            TOOL: configuration,
        })
    }
}

fn required<'a>(json: &'a Value, name: &str) -> Result<&'a Value, Refusal> {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    json.get(name)
        .filter(|value| !is_empty(value))
        .ok_or_else(|| Refusal::bad(format!("missing required attribute {name}")))
}

/// Moodle takes any text for an address; here it must be one, since it is called.
fn url(value: &Value) -> Result<Url, Refusal> {
    let text = value.as_str().unwrap_or_default();
    text.parse()
        .map_err(|_| Refusal::bad(format!("not an address: {text}")))
}

/// Host and port, without `www.`.
fn domain_of(address: &str) -> &str {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = address.split('/').next().unwrap_or_default();
    authority.strip_prefix("www.").unwrap_or(authority)
}
