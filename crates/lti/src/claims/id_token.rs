//! The whole set of claims of an `id_token`, read once.

use serde::{Deserialize, Deserializer};

use super::{
    AgsEndpoint, Claim, Context, CustomParameters, DeepLinkingSettings, ForUser, GroupsEndpoint,
    LaunchPresentation, Lis, Lti1p1, Mentees, Notice, NotificationService, NrpsEndpoint,
    ResourceLink, ToolPlatform, deserialize_text, deserialize_text_list,
};
use crate::role::Roles;

/// Everything that we read of a token. Each claim is read on its own, so that only the absence or
/// unreadability of a required one refuses the launch, with its own reason.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct IdTokenClaims {
    pub(crate) iss: Claim<Text>,
    pub(crate) aud: Claim<Audience>,
    pub(crate) azp: Claim<Text>,
    pub(crate) sub: Claim<Text>,
    pub(crate) exp: Claim<Seconds>,
    pub(crate) iat: Claim<Seconds>,
    pub(crate) nonce: Claim<Text>,
    pub(crate) name: Claim<Text>,
    pub(crate) given_name: Claim<Text>,
    pub(crate) family_name: Claim<Text>,
    pub(crate) middle_name: Claim<Text>,
    pub(crate) email: Claim<Text>,
    pub(crate) locale: Claim<Text>,
    pub(crate) picture: Claim<Text>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/deployment_id")]
    pub(crate) deployment_id: Claim<Text>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/version")]
    pub(crate) version: Claim<Text>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/message_type")]
    pub(crate) message_type: Claim<Text>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/target_link_uri")]
    pub(crate) target_link_uri: Claim<Text>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/roles")]
    pub(crate) roles: Claim<Roles>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/role_scope_mentor")]
    pub(crate) mentees: Claim<Mentees>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/context")]
    pub(crate) context: Claim<Context>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/resource_link")]
    pub(crate) resource_link: Claim<ResourceLink>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/launch_presentation")]
    pub(crate) presentation: Claim<LaunchPresentation>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/tool_platform")]
    pub(crate) platform: Claim<ToolPlatform>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/custom")]
    pub(crate) custom: Claim<CustomParameters>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/lis")]
    pub(crate) lis: Claim<Lis>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/lti1p1")]
    pub(crate) lti1p1: Claim<Lti1p1>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/for_user")]
    pub(crate) for_user: Claim<ForUser>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint")]
    pub(crate) ags: Claim<AgsEndpoint>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice")]
    pub(crate) nrps: Claim<NrpsEndpoint>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice")]
    pub(crate) groups: Claim<GroupsEndpoint>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/platformnotificationservice")]
    pub(crate) notifications: Claim<NotificationService>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/notice")]
    pub(crate) notice: Claim<Notice>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti/claim/origin_contexts")]
    pub(crate) origin_contexts: Claim<TextList>,
    #[serde(rename = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings")]
    pub(crate) deep_linking: Claim<DeepLinkingSettings>,
}

impl IdTokenClaims {
    /// Names of the optional claims that were there but could not be read, for the log.
    pub(crate) fn unreadable(&self) -> impl Iterator<Item = &'static str> {
        [
            ("name", self.name.is_unreadable()),
            ("given_name", self.given_name.is_unreadable()),
            ("family_name", self.family_name.is_unreadable()),
            ("middle_name", self.middle_name.is_unreadable()),
            ("email", self.email.is_unreadable()),
            ("locale", self.locale.is_unreadable()),
            ("picture", self.picture.is_unreadable()),
            ("role_scope_mentor", self.mentees.is_unreadable()),
            ("context", self.context.is_unreadable()),
            ("resource_link", self.resource_link.is_unreadable()),
            ("launch_presentation", self.presentation.is_unreadable()),
            ("tool_platform", self.platform.is_unreadable()),
            ("custom", self.custom.is_unreadable()),
            ("lis", self.lis.is_unreadable()),
            ("lti1p1", self.lti1p1.is_unreadable()),
            ("for_user", self.for_user.is_unreadable()),
            ("endpoint", self.ags.is_unreadable()),
            ("namesroleservice", self.nrps.is_unreadable()),
            ("groupsservice", self.groups.is_unreadable()),
            (
                "platformnotificationservice",
                self.notifications.is_unreadable(),
            ),
            ("deep_linking_settings", self.deep_linking.is_unreadable()),
        ]
        .into_iter()
        .filter_map(|(name, unreadable)| unreadable.then_some(name))
    }
}

/// A claim that is one text; a number is as good.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Text(#[serde(deserialize_with = "deserialize_text")] pub(crate) String);

impl Claim<Text> {
    pub(crate) fn as_str(&self) -> Option<&str> {
        self.as_ref().map(|text| text.0.as_str())
    }

    /// The text, unless it is empty.
    pub(crate) fn as_filled(&self) -> Option<&str> {
        self.as_str().filter(|text| !text.is_empty())
    }
}

/// `aud`: one audience or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Audience(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text_list(deserializer).map(Self)
    }
}

/// A list of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextList(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for TextList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text_list(deserializer).map(Self)
    }
}

/// Seconds since 1970, whole; a fraction is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seconds(pub(crate) i64);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// The year 9999: what lies beyond it is not a time.
        const END: f64 = 253_402_300_800.0;
        let seconds = f64::deserialize(deserializer)?;
        if !(0.0..END).contains(&seconds) {
            return Err(serde::de::Error::custom("not a time"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the range was checked, and the fraction may go"
        )]
        Ok(Self(seconds as i64))
    }
}
