//! What a tool reads before it registers itself (Dynamic Registration 1.0 section 3.2).

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::json;

use crate::{Lms, answer::answer, scope};

/// What Moodle 4.5 can put into custom parameters, or says that it can.
const VARIABLES: [&str; 40] = [
    "basic-lti-launch-request",
    "ContentItemSelectionRequest",
    "ToolProxyRegistrationRequest",
    "Context.id",
    "Context.title",
    "Context.label",
    "Context.id.history",
    "Context.sourcedId",
    "Context.longDescription",
    "Context.timeFrame.begin",
    "CourseSection.title",
    "CourseSection.label",
    "CourseSection.sourcedId",
    "CourseSection.longDescription",
    "CourseSection.timeFrame.begin",
    "CourseSection.timeFrame.end",
    "ResourceLink.id",
    "ResourceLink.title",
    "ResourceLink.description",
    "User.id",
    "User.username",
    "Person.name.full",
    "Person.name.given",
    "Person.name.family",
    "Person.email.primary",
    "Person.sourcedId",
    "Person.name.middle",
    "Person.address.street1",
    "Person.address.locality",
    "Person.address.country",
    "Person.address.timezone",
    "Person.phone.primary",
    "Person.phone.mobile",
    "Person.webaddress",
    "Membership.role",
    "Result.sourcedId",
    "Result.autocreate",
    "BasicOutcome.sourcedId",
    "BasicOutcome.url",
    "Moodle.Person.userGroupIds",
];

pub(crate) async fn configuration(State(lms): State<Lms>) -> Response {
    let endpoints = lms.endpoints();
    let body = json!({
        "issuer": endpoints.issuer,
        "token_endpoint": endpoints.token,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": endpoints.jwks,
        "authorization_endpoint": endpoints.authorization,
        "registration_endpoint": format!("{}/mod/lti/openid-registration.php", lms.base()),
        "scopes_supported": [
            "https://purl.imsglobal.org/spec/lti-bo/scope/basicoutcome",
            scope::LINE_ITEM_READ_ONLY,
            scope::RESULT_READ_ONLY,
            scope::SCORE,
            scope::LINE_ITEM,
            scope::MEMBERSHIP_READ_ONLY,
            "https://purl.imsglobal.org/spec/lti-ts/scope/toolsetting",
            "openid",
        ],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        "https://purl.imsglobal.org/spec/lti-platform-configuration": {
            "product_family_code": "moodle",
            "version": "4.5.6 (Build: 20250811)",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest"},
                {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
            ],
            "variables": VARIABLES.as_slice(),
        },
    });
    answer(
        StatusCode::OK,
        None,
        "application/json; charset=utf-8",
        format!("{body:#}"),
    )
}
