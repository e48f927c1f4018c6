//! A launch whose every check has passed.

use chrono::{DateTime, Utc};

use crate::claims::{
    AgsEndpoint, Context, CustomParameters, DeepLinkingSettings, ForUser, GroupsEndpoint,
    IdTokenClaims, LaunchPresentation, Lis, Lti1p1, NotificationService, NrpsEndpoint,
    ResourceLink, ToolPlatform,
};
use crate::message::MessageType;
use crate::role::Roles;

/// What a platform says about one launch, verified.
///
/// Texts are the platform's: escape them when they are shown, and keep names and addresses out of logs.
#[derive(Debug, Clone)]
pub struct VerifiedLaunch {
    pub(super) claims: IdTokenClaims,
    pub(super) client_id: String,
    pub(super) message: MessageType,
    pub(super) issued_at: DateTime<Utc>,
    pub(super) nonce_needed_until: DateTime<Utc>,
}

impl VerifiedLaunch {
    /// The platform's issuer.
    pub fn issuer(&self) -> &str {
        self.claims.iss.as_str().unwrap_or_default()
    }

    /// Our client id at the platform.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The deployment, unique within issuer and client id; at most 255 bytes.
    pub fn deployment_id(&self) -> &str {
        self.claims.deployment_id.as_str().unwrap_or_default()
    }

    /// The person's id, unique within the issuer; at most 255 bytes, never empty.
    pub fn subject(&self) -> &str {
        self.claims.sub.as_str().unwrap_or_default()
    }

    /// The nonce of the login that this answers.
    pub fn nonce(&self) -> &str {
        self.claims.nonce.as_str().unwrap_or_default()
    }

    /// Until when the nonce must be remembered, so that the token cannot be used twice.
    pub fn nonce_needed_until(&self) -> DateTime<Utc> {
        self.nonce_needed_until
    }

    /// When the token expires, in seconds since 1970, as it stands in it.
    pub fn expires_at(&self) -> i64 {
        self.claims.exp.as_ref().map_or(0, |exp| exp.0)
    }

    /// When the platform issued the token.
    pub fn issued_at(&self) -> DateTime<Utc> {
        self.issued_at
    }

    /// Which message this is.
    pub fn message(&self) -> MessageType {
        self.message
    }

    /// The page of ours to open: verified to lie within our own address.
    pub fn target_link_uri(&self) -> &str {
        self.claims.target_link_uri.as_str().unwrap_or_default()
    }

    /// The person's roles.
    pub fn roles(&self) -> &Roles {
        static NONE: Roles = Roles::none();
        self.claims.roles.as_ref().unwrap_or(&NONE)
    }

    /// The course; a deep-linking request may have none.
    pub fn context(&self) -> Option<&Context> {
        self.claims.context.as_ref()
    }

    /// The link that was opened: always there but in a deep-linking request.
    pub fn resource_link(&self) -> Option<&ResourceLink> {
        self.claims.resource_link.as_ref()
    }

    /// The custom parameter's value, unless it is empty or an unreplaced `$Variable`.
    pub fn custom(&self, name: &str) -> Option<&str> {
        self.custom_parameters()?.find_filled(name)
    }

    /// All custom parameters.
    pub fn custom_parameters(&self) -> Option<&CustomParameters> {
        self.claims.custom.as_ref()
    }

    /// Grades.
    pub fn ags(&self) -> Option<&AgsEndpoint> {
        self.claims.ags.as_ref()
    }

    /// The roster.
    pub fn nrps(&self) -> Option<&NrpsEndpoint> {
        self.claims.nrps.as_ref()
    }

    /// Notices.
    pub fn notifications(&self) -> Option<&NotificationService> {
        self.claims.notifications.as_ref()
    }

    /// The groups of the course.
    pub fn groups(&self) -> Option<&GroupsEndpoint> {
        self.claims.groups.as_ref()
    }

    /// The frame, and where people go back to.
    pub fn presentation(&self) -> Option<&LaunchPresentation> {
        self.claims.presentation.as_ref()
    }

    /// Which product and installation the platform is.
    pub fn platform(&self) -> Option<&ToolPlatform> {
        self.claims.platform.as_ref()
    }

    /// The platform's product, in lower case: `moodle`, `canvas`, …
    pub fn platform_product(&self) -> Option<String> {
        self.platform()?
            .product_family_code
            .as_deref()
            .map(str::to_ascii_lowercase)
    }

    /// Ids of the student record system.
    pub fn lis(&self) -> Option<&Lis> {
        self.claims.lis.as_ref()
    }

    /// Ids that the platform used in LTI 1.1.
    pub fn lti1p1(&self) -> Option<&Lti1p1> {
        self.claims.lti1p1.as_ref()
    }

    /// The people that a mentor looks after, by their `sub`, as they came.
    pub fn mentees(&self) -> &[String] {
        self.claims
            .mentees
            .as_ref()
            .map_or(&[], |mentees| &mentees.0)
    }

    /// Whose work a mentor may see, by their `sub`. `None` where the launch says nothing about
    /// it, which changes nothing; an empty list takes everybody away. The claim counts only beside the
    /// role Mentor (LTI Core 1.3 §5.4.3).
    pub fn mentor_scope(&self) -> Option<&[String]> {
        self.claims
            .mentees
            .as_ref()
            .filter(|_| self.roles().is_mentor())
            .map(|mentees| &mentees.0[..])
    }

    /// Whose work a submission review opens: always there in that message.
    pub fn for_user(&self) -> Option<&ForUser> {
        self.claims.for_user.as_ref()
    }

    /// What a picker may answer: always there in a deep-linking request.
    pub fn deep_linking(&self) -> Option<&DeepLinkingSettings> {
        self.claims.deep_linking.as_ref()
    }

    /// The person's full name, where the platform tells it; put together from its parts where it is not whole.
    pub fn name(&self) -> Option<String> {
        if let Some(name) = self.claims.name.as_filled() {
            return Some(name.to_owned());
        }
        match (self.given_name(), self.family_name()) {
            (Some(given), Some(family)) => Some(format!("{given} {family}")),
            (Some(only), None) | (None, Some(only)) => Some(only.to_owned()),
            (None, None) => None,
        }
    }

    /// The person's given name.
    pub fn given_name(&self) -> Option<&str> {
        self.claims.given_name.as_filled()
    }

    /// The person's family name.
    pub fn family_name(&self) -> Option<&str> {
        self.claims.family_name.as_filled()
    }

    /// The person's middle name.
    pub fn middle_name(&self) -> Option<&str> {
        self.claims.middle_name.as_filled()
    }

    /// The person's e-mail address.
    pub fn email(&self) -> Option<&str> {
        self.claims.email.as_filled()
    }

    /// The person's picture: a URL, as it came.
    pub fn picture(&self) -> Option<&str> {
        self.claims.picture.as_filled()
    }

    /// The language to show: the frame's, else the person's.
    pub fn locale(&self) -> Option<&str> {
        self.presentation()
            .and_then(|presentation| presentation.locale.as_deref())
            .filter(|locale| !locale.is_empty())
            .or_else(|| self.claims.locale.as_filled())
    }

    /// Optional claims that were there but could not be read, by their short names: for the log.
    pub fn unreadable_claims(&self) -> Vec<&'static str> {
        self.claims.unreadable().collect()
    }
}
