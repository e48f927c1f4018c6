//! The second step of Dynamic Registration: we register at the platform and keep what it answers.

use mtl_lti::registration::PlatformConfiguration;
use mtl_lti::registration_answer::RegistrationAnswer;
use mtl_lti::url_rules::frame_origin;
use mtl_programme::RegistrationId;
use mtl_store::launch::NewRegistration;
use mtl_store::natural_ids::registration_id;
use mtl_store::registering::Invitation;
use url::Url;

use super::error::RegisterError;
use super::offer::platform_name;
use crate::Bridge;

/// What came of a registration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Registered {
    /// The registration.
    pub registration: RegistrationId,
    /// The platform's name.
    pub platform: String,
    /// The product: `moodle`, `canvas`, …
    pub product: String,
    /// Our client id there.
    pub client_id: String,
    /// Whether it was known before and is now brought up to date.
    pub is_update: bool,
    /// Whether several institutions share it.
    pub shared: bool,
    /// Whether new deployments wait for acceptance.
    pub asks_for_deployments: bool,
    /// Scopes that we asked for and did not get.
    pub missing_scopes: Vec<String>,
}

impl Bridge {
    /// Registers what the page showed, and marks the invitation used. Where the platform refuses,
    /// the invitation stays usable.
    pub async fn complete_registration(
        &self,
        token: &str,
        sealed: &str,
    ) -> Result<Registered, RegisterError> {
        let invitation = self.open_invitation(token).await?;
        let offer = self.open_offer(sealed)?;
        if offer.invitation != invitation.id {
            return Err(RegisterError::OfferExpired);
        }
        let configuration = offer.configuration;
        let asked = self.tool_registration(&configuration);
        let json = self
            .platforms()
            .registrations()
            .register(
                &configuration.registration_endpoint,
                offer.registration_token.as_deref(),
                &asked,
            )
            .await
            .map_err(RegisterError::Refused)?;
        let answer = RegistrationAnswer::parse(&json)?;
        let asked: Vec<String> = asked.scopes().map(ToOwned::to_owned).collect();
        let granted = answer.scopes.clone().unwrap_or_else(|| asked.clone());
        let missing_scopes = asked
            .into_iter()
            .filter(|scope| !granted.contains(scope))
            .collect();
        let id = registration_id(&configuration.issuer, &answer.client_id);
        let is_update = match self.store().load_registration(id).await {
            Ok(_) => true,
            Err(mtl_store::StoreError::NotFound(_)) => false,
            Err(error) => return Err(error.into()),
        };
        let platform = platform_name(&configuration);
        self.store()
            .record_registration(
                invitation.id,
                new_registration(&invitation, &configuration, &answer.client_id),
                granted,
                answer.deployment_id,
                self.now(),
            )
            .await?;
        self.registrations().forget_all();
        tracing::info!(registration = %id, update = is_update, "a platform registered");
        Ok(Registered {
            registration: id,
            platform,
            product: configuration.platform.product_family_code,
            client_id: answer.client_id,
            is_update,
            shared: invitation.shared,
            asks_for_deployments: !invitation.allow_new_deployments,
            missing_scopes,
        })
    }
}

/// The row: every address comes from the verified configuration, none from the answer.
fn new_registration(
    invitation: &Invitation,
    configuration: &PlatformConfiguration,
    client_id: &str,
) -> NewRegistration {
    let audience = configuration.assertion_audience();
    let product = configuration.platform.product_family_code.clone();
    NewRegistration {
        institution: (!invitation.shared).then_some(invitation.institution),
        name: platform_name(configuration),
        issuer: configuration.issuer.clone(),
        client_id: client_id.to_owned(),
        auth_url: configuration.authorization_endpoint.to_string(),
        token_url: configuration.token_endpoint.to_string(),
        token_audience: (audience != configuration.token_endpoint.as_str())
            .then(|| audience.to_owned()),
        jwks_url: configuration.jwks_uri.to_string(),
        frame_origins: frame_origins(configuration),
        product: Some(product).filter(|product| !product.is_empty()),
        allow_new_deployments: invitation.allow_new_deployments,
    }
}

/// Who shows the tool in a frame: the platform's pages. Canvas's registration endpoint is at the
/// customer's own host, which no other address names.
fn frame_origins(configuration: &PlatformConfiguration) -> Vec<String> {
    let issuer = Url::parse(&configuration.issuer).ok();
    let mut origins = Vec::new();
    for url in [
        Some(&configuration.authorization_endpoint),
        issuer.as_ref(),
        Some(&configuration.registration_endpoint),
    ]
    .into_iter()
    .flatten()
    {
        if let Some(origin) = frame_origin(url)
            && !origins.contains(&origin)
        {
            origins.push(origin);
        }
    }
    origins
}
