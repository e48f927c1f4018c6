//! The Platform Notification Service 1.0: which tool wants to be told what, and telling it.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use url::Url;

use super::ISSUER;
use crate::{
    CourseId, Flavour, Lms, LmsError, Tool, ToolId, identifiers::context_of, random, scope,
};

const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";
const KINDS: [&str; 2] = ["LtiHelloWorldNotice", "LtiContextCopyNotice"];

/// The claim that offers the service (section 4.1), where the tool may use it.
pub(super) fn claim(base: &str, tool: &Tool) -> Option<(String, Value)> {
    let offer = json!({
        "service_versions": ["1.0"],
        "platform_notification_service_url": format!("{base}/api/lti/notice-handlers/{}", tool.id),
        "scope": [scope::NOTICE_HANDLERS],
        "notice_types_supported": KINDS,
    });
    let name = format!("{LTI}platformnotificationservice");
    tool.registration
        .may(scope::NOTICE_HANDLERS)
        .then_some((name, offer))
}

/// Changes the address for a kind of notice, or lists all of them (section 4.2).
pub(super) async fn handlers(
    State(lms): State<Lms>,
    Path(tool): Path<u32>,
    headers: HeaderMap,
    wanted: Option<Json<Value>>,
) -> Response {
    let tool = ToolId(tool);
    let grant = {
        let live = lms.live();
        headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
            .and_then(|token| live.find_token(token, lms.now()))
            .filter(|grant| {
                grant
                    .scopes
                    .iter()
                    .any(|scope| scope == scope::NOTICE_HANDLERS)
            })
            .cloned()
    };
    let asked = lms.read(|state| {
        let client = |tool| Some(state.find_tool(tool).ok()?.registration.client_id.clone());
        let grant = client(grant?.tool)?;
        (client(tool)? == grant).then(|| state.find_tool(tool).cloned().ok())?
    });
    let Some(asked) = asked else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    if let Some(Json(wanted)) = wanted {
        let kind = wanted["notice_type"].as_str().unwrap_or_default();
        let address = wanted["handler"].as_str().unwrap_or_default();
        if !KINDS.contains(&kind) {
            let problem = json!({"errors": {"message": format!("unknown notice_type {kind}")}});
            return (StatusCode::BAD_REQUEST, Json(problem)).into_response();
        }
        let address: Option<Url> = address.parse().ok();
        let ((), version) = lms.change(|state| {
            let handlers = state.notice_handlers.entry(tool).or_default();
            match address {
                Some(address) => handlers.insert(kind.to_owned(), address),
                None => handlers.remove(kind),
            };
        });
        if lms.wait_durable(version).await.is_err() {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    }
    let handlers = lms.read(|state| {
        let known = state.notice_handlers.get(&tool);
        let of = |kind: &&str| known.and_then(|known| known.get(*kind).cloned());
        let handlers = KINDS
            .iter()
            .map(|kind| json!({"notice_type": kind, "handler": of(kind)}));
        handlers.collect::<Vec<_>>()
    });
    Json(json!({
        "client_id": asked.registration.client_id,
        "deployment_id": asked.registration.deployment_id,
        "notice_handlers": handlers,
    }))
    .into_response()
}

/// A notice that waits to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    to: Url,
    claims: Value,
}

impl Lms {
    /// Has every tool that asked for it told that a course was copied.
    pub(crate) fn tell_of_copy(&self, from: CourseId, to: CourseId) -> Result<(), LmsError> {
        const KIND: &str = "LtiContextCopyNotice";
        let now = self.skewed_now();
        let notices = self.read(|state| {
            let course = state.find_course(to)?;
            let wanted = state.notice_handlers.iter();
            let wanted = wanted.filter_map(|(tool, handlers)| {
                Some((state.tools.get(tool)?, handlers.get(KIND)?.clone()))
            });
            wanted
                .map(|(tool, address)| {
                    let registration = &tool.registration;
                    let claims = json!({
                        "iss": ISSUER,
                        "aud": registration.client_id,
                        "azp": registration.client_id,
                        "iat": now.timestamp(),
                        "exp": now.timestamp() + 3600,
                        "nonce": random::hex::<16>()?,
                        "jti": random::hex::<16>()?,
                        format!("{LTI}version"): "1.3.0",
                        format!("{LTI}deployment_id"): registration.deployment_id,
                        format!("{LTI}notice"): {
                            "id": random::hex::<16>()?,
                            "timestamp": now.to_rfc3339(),
                            "type": KIND,
                        },
                        format!("{LTI}context"): {
                            "id": context_of(state, Flavour::Canvas, to),
                            "label": course.label,
                            "title": course.title,
                            "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"],
                        },
                        format!("{LTI}origin_contexts"): [context_of(state, Flavour::Canvas, from)],
                    });
                    Ok(Waiting { to: address, claims })
                })
                .collect::<Result<Vec<_>, LmsError>>()
        })?;
        self.live().notices.extend(notices);
        Ok(())
    }

    /// Sends the notices that wait (Canvas only) and answers how many were taken. Those that were
    /// not taken wait on.
    pub async fn send_notices(&self) -> Result<usize, LmsError> {
        let waiting = std::mem::take(&mut self.live().notices);
        let mut told = 0;
        for notice in waiting {
            let token = self.sign_claims(&notice.claims)?;
            let body = json!({"notices": [{"jwt": token}]});
            if self.tool_keys().post(&notice.to, &body).await {
                told += 1;
            } else {
                self.live().notices.push(notice);
            }
        }
        Ok(told)
    }
}
