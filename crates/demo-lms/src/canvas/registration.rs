//! Dynamic registration as Canvas has it: in a frame, a token for the configuration too, both grant
//! types, placements, and a deployment that comes only when an administrator switches the tool on.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    Lms, LmsError, Tool, ToolId, ToolKeys, ToolRegistration, answer::answer,
    assertion::UnverifiedAssertion, random, scope,
};

const TOOL: &str = "https://purl.imsglobal.org/spec/lti-tool-configuration";
const PRIVACY: &str = "https://canvas.instructure.com/lti/privacy_level";
const PICKER: &str = "LtiDeepLinkingRequest";
const LIFETIME_SECONDS: i64 = 3600;
const PLACEMENTS: [&str; 8] = [
    "account_navigation",
    "assignment_edit",
    "assignment_selection",
    "assignment_view",
    "course_assignments_menu",
    "course_navigation",
    "link_selection",
    "module_index_menu_modal",
];

struct Refusal(StatusCode, String);

impl Refusal {
    fn unprocessable(message: impl Into<String>) -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, message.into())
    }
}

/// The address that opens a tool's registration page, with a new token.
pub(crate) fn start_url(lms: &Lms, page: &Url, update: Option<ToolId>) -> Result<Url, LmsError> {
    let now = lms.skewed_now().timestamp();
    let mut claims = json!({
        "uuid": random::hex::<16>()?,
        "initiated_at": lms.now().to_rfc3339(),
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
    });
    if let Some(tool) = update {
        claims["existing_registration"] = json!(tool);
    }
    let token = lms.sign_claims(&claims)?;
    let mut url = page.clone();
    url.query_pairs_mut()
        .append_pair(
            "openid_configuration",
            &lms.endpoints().openid_configuration,
        )
        .append_pair("registration_token", &token);
    Ok(url)
}

/// The claims of a token that is good and was not used up.
fn verify(lms: &Lms, headers: &HeaderMap) -> Result<Value, Refusal> {
    let invalid = || {
        let message = "Invalid registration_token".to_owned();
        Refusal(StatusCode::UNAUTHORIZED, message)
    };
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .ok_or_else(invalid)?;
    let token = UnverifiedAssertion::parse(token.trim()).map_err(|_| invalid())?;
    let keys = json!(lms.jwks());
    let claims = token
        .verify(&keys, lms.skewed_now())
        .map_err(|_| invalid())?;
    let used = lms.live().was_used(&claims["uuid"].to_string());
    (claims["uuid"].is_string() && !used)
        .then(|| claims.clone())
        .ok_or_else(invalid)
}

pub(super) async fn configuration(State(lms): State<Lms>, headers: HeaderMap) -> Response {
    if let Err(Refusal(status, message)) = verify(&lms, &headers) {
        return json_answer(status, &json!({"errorMessage": message}));
    }
    let endpoints = lms.endpoints();
    let host = lms.base().rsplit('/').next().unwrap_or_default();
    let placements = |kind: &str| json!({"type": kind, "placements": PLACEMENTS});
    json_answer(
        StatusCode::OK,
        &json!({
            "issuer": endpoints.issuer,
            "authorization_endpoint": endpoints.authorization,
            "registration_endpoint": format!("{}/api/lti/registrations", lms.base()),
            "jwks_uri": endpoints.jwks,
            "token_endpoint": endpoints.token,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "scopes_supported": [
                scope::LINE_ITEM,
                scope::LINE_ITEM_READ_ONLY,
                scope::RESULT_READ_ONLY,
                scope::SCORE,
                scope::MEMBERSHIP_READ_ONLY,
                "https://canvas.instructure.com/lti/public_jwk/scope/update",
                scope::NOTICE_HANDLERS,
            ],
            "response_types_supported": ["id_token"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": [
                "sub", "picture", "email", "name", "given_name", "family_name", "locale",
            ],
            "subject_types_supported": ["public"],
            // A bare host, and not whom assertions are for: that is the token endpoint.
            "authorization_server": host,
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                "product_family_code": "canvas",
                "version": "OpenSource",
                "messages_supported": [placements("LtiResourceLinkRequest"), placements(PICKER)],
                "variables": [
                    "Context.id.history",
                    "ResourceLink.id.history",
                    "ResourceLink.submission.endDateTime",
                    "Canvas.user.id",
                    "Canvas.course.id",
                ],
                "https://canvas.instructure.com/lti/account_name": "Demonstration University",
            },
        }),
    )
}

pub(super) async fn register(State(lms): State<Lms>, headers: HeaderMap, body: Bytes) -> Response {
    match accept(&lms, &headers, &body).await {
        Ok(json) => json_answer(StatusCode::OK, &json),
        Err(Refusal(status, message)) => {
            json_answer(status, &json!({"errors": [{"message": message}]}))
        }
    }
}

async fn accept(lms: &Lms, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let claims = verify(lms, headers)?;
    let json: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::unprocessable("The request is no JSON"))?;
    let mut registration = read(&json)?;
    let uuid = claims["uuid"].to_string();
    if !lms.live().use_assertion(uuid, lms.now()) {
        let used = "Invalid registration_token".to_owned();
        return Err(Refusal(StatusCode::UNAUTHORIZED, used));
    }
    let update: Option<ToolId> =
        serde_json::from_value(claims["existing_registration"].clone()).ok();
    let (tool, version) = lms.change(|state| {
        let known = update.and_then(|tool| state.tools.get(&tool).cloned());
        let id = known
            .as_ref()
            .map_or_else(|| state.next_tool(), |known| known.id);
        // The number of the developer key, with Canvas's prefix of the shard.
        registration.client_id = format!("10000000000{:03}", id.0);
        if let Some(known) = &known {
            registration
                .client_id
                .clone_from(&known.registration.client_id);
            registration
                .deployment_id
                .clone_from(&known.registration.deployment_id);
        }
        let tool = Tool {
            id,
            registration,
            is_pending: known.is_none_or(|known| known.is_pending),
        };
        state.tools.insert(id, tool.clone());
        tool
    });
    let saved = lms.wait_durable(version).await;
    saved.map_err(|error| Refusal(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(echo(&json, &tool))
}

/// Reads a registration; its client id and its deployment are not known yet.
fn read(json: &Value) -> Result<ToolRegistration, Refusal> {
    let list = |name: &str| -> Vec<&str> {
        let list = json[name].as_array().into_iter().flatten();
        list.filter_map(Value::as_str).collect()
    };
    let wrong = |name: &str, why: &str| Refusal::unprocessable(format!("{name}: {why}"));
    let grants = list("grant_types");
    for grant in ["client_credentials", "implicit"] {
        if !grants.contains(&grant) {
            return Err(wrong("grant_types", &format!("must include {grant}")));
        }
    }
    if list("response_types") != ["id_token"] {
        return Err(wrong("response_types", "must be id_token"));
    }
    if json["token_endpoint_auth_method"] != "private_key_jwt" {
        return Err(wrong(
            "token_endpoint_auth_method",
            "must be private_key_jwt",
        ));
    }
    if json["application_type"] != "web" {
        return Err(wrong("application_type", "must be web"));
    }
    let url = |value: &Value, name: &str| -> Result<Url, Refusal> {
        let text = value.as_str().unwrap_or_default();
        text.parse().map_err(|_| wrong(name, "is no address"))
    };
    let redirect_uris = json["redirect_uris"].as_array().into_iter().flatten();
    let redirect_uris: Vec<Url> = redirect_uris
        .map(|uri| url(uri, "redirect_uris"))
        .collect::<Result<_, _>>()?;
    let name = json["client_name"].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| wrong("client_name", "is missing"))?;
    let tool = &json[TOOL];
    let messages = tool["messages"].as_array();
    let messages = messages.ok_or_else(|| wrong("messages", "is missing"))?;
    for placement in messages.iter().flat_map(placements) {
        let known = PLACEMENTS.contains(&placement) || placement == "ContentArea";
        if !known {
            return Err(wrong(
                "placements",
                &format!("unknown placement {placement}"),
            ));
        }
    }
    let target = url(&tool["target_link_uri"], "target_link_uri")?;
    let picker = messages.iter().find(|message| message["type"] == PICKER);
    let picker = picker.map(|message| {
        let own = message["target_link_uri"].as_str();
        own.and_then(|own| own.parse().ok())
            .unwrap_or_else(|| target.clone())
    });
    let privacy = tool[PRIVACY].as_str().unwrap_or("public");
    let asked = json["scope"].as_str().unwrap_or_default();
    let scopes = asked
        .split(' ')
        .filter(|asked| scope::ALL.contains(asked) || *asked == scope::NOTICE_HANDLERS);
    Ok(ToolRegistration {
        name: name.to_owned(),
        client_id: String::new(),
        deployment_id: String::new(),
        login_url: url(&json["initiate_login_uri"], "initiate_login_uri")?,
        redirect_uris,
        keys: ToolKeys::Url(url(&json["jwks_uri"], "jwks_uri")?),
        custom: parameters(&tool["custom_parameters"]),
        share_names: matches!(privacy, "public" | "name_only"),
        share_emails: matches!(privacy, "public" | "email_only"),
        target_link_uri: Some(target),
        picker_url: picker,
        placements: messages
            .iter()
            .flat_map(placements)
            .filter_map(|placement| placement.parse().ok())
            .collect(),
        scopes: scopes.map(ToOwned::to_owned).collect(),
        grade_every_link: false,
    })
}

fn placements(message: &Value) -> Vec<&str> {
    let placements = message["placements"].as_array().into_iter().flatten();
    placements.filter_map(Value::as_str).collect()
}

fn parameters(json: &Value) -> Vec<(String, String)> {
    let parameters = json.as_object().into_iter().flatten();
    let text = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    parameters.filter_map(text).collect()
}

/// The registration as it was taken; the deployment comes when it is switched on.
fn echo(json: &Value, tool: &Tool) -> Value {
    let mut echo: Map<String, Value> = json.as_object().cloned().unwrap_or_default();
    echo.insert("client_id".to_owned(), json!(tool.registration.client_id));
    echo.insert(
        "scope".to_owned(),
        json!(tool.registration.scopes.join(" ")),
    );
    Value::Object(echo)
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    let media_type = "application/json; charset=utf-8";
    answer(status, None, media_type, body.to_string())
}
