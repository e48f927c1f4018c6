//! The first step of Dynamic Registration: who asks, and for what. What is shown is sealed into the
//! page, so that the second step registers exactly that.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_lti::registration::PlatformConfiguration;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::error::RegisterError;
use super::tool::usable_scopes;
use crate::Bridge;

/// How long the page may stay open; Moodle's registration tokens live an hour.
pub const OFFER_LIFETIME: TimeDelta = TimeDelta::hours(1);

/// What an administrator decides on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// The institution that invited.
    pub institution: String,
    /// The platform's name.
    pub platform: String,
    /// The product: `moodle`, `canvas`, …
    pub product: String,
    /// Its issuer.
    pub issuer: String,
    /// Whether several institutions will share the registration.
    pub shared: bool,
    /// The scopes that we ask for.
    pub scopes: Vec<String>,
    /// The scopes that we use and the platform does not have.
    pub missing_scopes: Vec<String>,
    /// The placements that we ask for, by the platform's names.
    pub placements: Vec<String>,
    /// All of it, for [`Bridge::complete_registration`].
    pub sealed: String,
}

/// What the page carries to the second step.
#[derive(Serialize, Deserialize)]
pub(super) struct SealedOffer {
    pub(super) invitation: Uuid,
    pub(super) configuration: PlatformConfiguration,
    pub(super) registration_token: Option<String>,
    pub(super) until: DateTime<Utc>,
}

impl Bridge {
    /// Fetches the configuration of the platform that opened an invitation. Nothing is fetched
    /// without an invitation that can be used, and nothing but what the outbound guard lets out.
    pub async fn begin_registration(
        &self,
        token: &str,
        configuration_url: &str,
        registration_token: Option<&str>,
    ) -> Result<Offer, RegisterError> {
        let invitation = self.open_invitation(token).await?;
        let source = Url::parse(configuration_url).map_err(|_| RegisterError::NoConfiguration)?;
        let json = self
            .platforms()
            .registrations()
            .fetch_configuration(&source, registration_token)
            .await
            .map_err(RegisterError::Fetch)?;
        let configuration = PlatformConfiguration::parse(&json, &source)?;
        self.check_endpoints(&configuration)?;
        let institution = self
            .store()
            .load_institution(invitation.institution)
            .await?;
        let asked = self.tool_registration(&configuration);
        let scopes = usable_scopes(&configuration);
        let sealed = SealedOffer {
            invitation: invitation.id,
            configuration,
            registration_token: registration_token.map(ToOwned::to_owned),
            until: self.now() + OFFER_LIFETIME,
        };
        Ok(Offer {
            institution: institution.name,
            platform: platform_name(&sealed.configuration),
            product: sealed.configuration.platform.product_family_code.clone(),
            issuer: sealed.configuration.issuer.clone(),
            shared: invitation.shared,
            missing_scopes: super::USED_SCOPES
                .into_iter()
                .filter(|scope| !scopes.contains(scope))
                .map(ToOwned::to_owned)
                .collect(),
            scopes: scopes.into_iter().map(ToOwned::to_owned).collect(),
            placements: asked
                .tool
                .messages
                .into_iter()
                .flat_map(|message| message.placements)
                .collect(),
            sealed: self.seal_offer(&sealed)?,
        })
    }

    fn check_endpoints(&self, configuration: &PlatformConfiguration) -> Result<(), RegisterError> {
        for (what, url) in [
            (
                "authorisation endpoint",
                &configuration.authorization_endpoint,
            ),
            ("token endpoint", &configuration.token_endpoint),
            ("key set", &configuration.jwks_uri),
            (
                "registration endpoint",
                &configuration.registration_endpoint,
            ),
        ] {
            self.platforms()
                .registrations()
                .check(url)
                .map_err(|refusal| RegisterError::Address { what, refusal })?;
        }
        Ok(())
    }

    fn seal_offer(&self, offer: &SealedOffer) -> Result<String, RegisterError> {
        let message = serde_json::to_vec(offer).map_err(|_| RegisterError::OfferExpired)?;
        self.registration_sealer()
            .seal(&message)
            .map_err(|_| RegisterError::OfferExpired)
    }

    pub(super) fn open_offer(&self, sealed: &str) -> Result<SealedOffer, RegisterError> {
        let message = self
            .registration_sealer()
            .open(sealed)
            .map_err(|_| RegisterError::OfferExpired)?;
        let offer: SealedOffer =
            serde_json::from_slice(&message).map_err(|_| RegisterError::OfferExpired)?;
        if offer.until < self.now() {
            return Err(RegisterError::OfferExpired);
        }
        Ok(offer)
    }
}

/// What to call the platform: its institution's name where it says so, else its host.
pub(super) fn platform_name(configuration: &PlatformConfiguration) -> String {
    let platform = &configuration.platform;
    let product = match platform.product_family_code.as_str() {
        "moodle" => "Moodle",
        "canvas" => "Canvas",
        "" => "Platform",
        other => other,
    };
    if let Some(account) = &platform.canvas_account_name {
        return format!("{account} ({product})");
    }
    let host = Url::parse(&configuration.issuer)
        .ok()
        .and_then(|issuer| issuer.host_str().map(ToOwned::to_owned));
    match host {
        Some(host) => format!("{product} at {host}"),
        None => product.to_owned(),
    }
}
