//! Setting a platform up by hand: the values for its side, and a form for ours.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use mtl_bridge_core::administration::AdminError;
use mtl_bridge_core::institutions::{PlatformSetup, SetupError};
use url::Url;

use crate::administrator::{Administrator, AdministratorForm};
use crate::forms::PostedForm;
use crate::pages::admin::{EntryField, SetUpPage, Value};
use crate::pages::parts::{FormError, find_error};
use crate::problem::Problem;
use crate::render::{go, page_with};
use crate::state::WebState;

/// The fields of our side: name, label, hint, whether it may stay empty.
const FIELDS: [(&str, &str, &str, bool); 8] = [
    (
        "name",
        "Name",
        "What you call the platform, such as Example University Moodle.",
        false,
    ),
    (
        "issuer",
        "Issuer",
        "Moodle: Platform ID. Canvas: https://canvas.instructure.com",
        false,
    ),
    (
        "client_id",
        "Client ID",
        "Canvas: the number of the developer key.",
        false,
    ),
    (
        "auth_url",
        "Authentication request URL",
        "Moodle: …/mod/lti/auth.php. Canvas: https://sso.canvaslms.com/api/lti/authorize_redirect",
        false,
    ),
    (
        "token_url",
        "Access token URL",
        "Moodle: …/mod/lti/token.php. Canvas: https://sso.canvaslms.com/login/oauth2/token",
        false,
    ),
    (
        "jwks_url",
        "Public keyset URL",
        "Moodle: …/mod/lti/certs.php. Canvas: https://sso.canvaslms.com/api/lti/security/jwks",
        false,
    ),
    (
        "deployment",
        "Deployment ID",
        "Otherwise the first launch brings it.",
        true,
    ),
    (
        "frame",
        "Address of the platform’s pages",
        "Only where they stand at another host than the authentication request URL, as Canvas’s do.",
        true,
    ),
];

/// `GET /admin/set-up`.
pub(super) async fn show(
    State(state): State<WebState>,
    administrator: Administrator,
) -> Result<Response, Problem> {
    set_up_page(&state, &administrator, &PostedForm::default(), Vec::new())
}

/// `POST /admin/set-up`.
pub(super) async fn add(
    State(state): State<WebState>,
    AdministratorForm {
        administrator,
        form,
    }: AdministratorForm,
) -> Result<Response, Problem> {
    let setup = match read(&administrator, &form) {
        Ok(setup) => setup,
        Err(errors) => return set_up_page(&state, &administrator, &form, errors),
    };
    match state.bridge.add_platform(setup).await {
        Ok(id) => Ok(go(&format!("/admin/platforms/{id}?done=added"))),
        Err(SetupError::Field { field, fault, mend }) => {
            let field = field.trim_start_matches('-').replace('-', "_");
            let error = FormError::new(field, format!("{fault}: {mend}."));
            set_up_page(&state, &administrator, &form, vec![error])
        }
        Err(SetupError::Store(error)) if error.code() == "store_conflict" => {
            let error = FormError::new(
                "client_id",
                "This client ID of this issuer is registered already.",
            );
            set_up_page(&state, &administrator, &form, vec![error])
        }
        Err(error) => Err(AdminError::from(error).into()),
    }
}

fn read(administrator: &Administrator, form: &PostedForm) -> Result<PlatformSetup, Vec<FormError>> {
    let mut errors = Vec::new();
    for (name, label, _, optional) in FIELDS {
        if !optional && form.text(name).trim().is_empty() {
            errors.push(FormError::new(name, format!("Enter the field “{label}”.")));
        }
    }
    let mut url = |name: &str| {
        let text = form.text(name).trim();
        let parsed = Url::parse(text).ok();
        if parsed.is_none() && !text.is_empty() {
            errors.push(FormError::new(
                name,
                "Enter a whole address, which begins with https://.",
            ));
        }
        parsed
    };
    let urls = (url("auth_url"), url("token_url"), url("jwks_url"));
    let frame = url("frame");
    let (Some(auth_url), Some(token_url), Some(jwks_url), true) =
        (urls.0, urls.1, urls.2, errors.is_empty())
    else {
        return Err(errors);
    };
    let text = |name: &str| form.text(name).trim().to_owned();
    let deployment = text("deployment");
    Ok(PlatformSetup {
        institution: Some(administrator.admin.institution.slug.clone()),
        name: text("name"),
        issuer: text("issuer"),
        client_id: text("client_id"),
        product: product_of(&jwks_url),
        auth_url,
        token_url,
        token_audience: None,
        jwks_url,
        frame_origins: frame.into_iter().collect(),
        deployments: if deployment.is_empty() {
            Vec::new()
        } else {
            vec![(deployment, None)]
        },
        ask_for_deployments: asks(form),
    })
}

/// Whether further deployments are to wait.
fn asks(form: &PostedForm) -> bool {
    form.find("ask").is_some()
}

/// The product, by its key set's path.
fn product_of(jwks_url: &Url) -> Option<String> {
    let product = match jwks_url.path() {
        path if path.ends_with("/mod/lti/certs.php") => "moodle",
        path if path.ends_with("/api/lti/security/jwks") => "canvas",
        _ => return None,
    };
    Some(product.to_owned())
}

fn set_up_page(
    state: &WebState,
    administrator: &Administrator,
    form: &PostedForm,
    errors: Vec<FormError>,
) -> Result<Response, Problem> {
    let ours = state.bridge.tool_addresses();
    let value = |label: &'static str, value: &str| Value {
        id: label.to_lowercase().replace([' ', '(', ')'], "-"),
        label,
        text: value.to_owned(),
    };
    let mut shell = administrator.shell("Set up by hand", "set-up", None);
    shell.has_errors = !errors.is_empty();
    let status = if errors.is_empty() {
        axum::http::StatusCode::OK
    } else {
        axum::http::StatusCode::UNPROCESSABLE_ENTITY
    };
    let json = serde_json::to_string_pretty(&state.bridge.canvas_configuration())
        .map_err(|error| Problem::Internal(error.to_string()))?;
    let answer = page_with(
        status,
        &SetUpPage {
            shell,
            moodle: vec![
                value("Tool name", "MTL Bridge"),
                value("Tool URL", ours.launch.as_str()),
                value("LTI version", "LTI 1.3"),
                value("Public key type", "Keyset URL"),
                value("Public keyset", ours.key_set.as_str()),
                value("Initiate login URL", ours.login.as_str()),
                value("Redirection URI(s)", ours.launch.as_str()),
                value("Content selection URL", ours.launch.as_str()),
                value(
                    "Custom parameters",
                    "mtl_context_history=$Context.id.history",
                ),
            ],
            canvas_url: ours.canvas.into(),
            canvas_json: json,
            fields: FIELDS
                .into_iter()
                .map(|(name, label, hint, optional)| EntryField {
                    name,
                    label,
                    hint,
                    optional,
                    value: form.text(name).to_owned(),
                    error: find_error(&errors, name),
                })
                .collect(),
            asks: asks(form),
            errors,
        },
    )?;
    Ok(answer.into_response())
}
