//! What a launch says beyond person, course and link, kept with it for its pages: the settings of a
//! picker, the person of a submission review.

use mtl_lti::claims::DeepLinkingSettings;
use mtl_lti::{MessageType, VerifiedLaunch};
use serde::{Deserialize, Serialize};

use super::error::LaunchError;

/// What the message of a launch brought; the JSON of the launch's `details`. A message that opens
/// an activity brings nothing more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "message")]
pub enum LaunchDetails {
    /// A tutor picks activities to place in the course (Deep Linking 2.0, section 4.4).
    #[serde(rename = "LtiDeepLinkingRequest")]
    DeepLinking(Box<PickRequest>),
    /// Somebody looks at one person's work (Submission Review 1.0, section 3).
    #[serde(rename = "LtiSubmissionReviewRequest")]
    SubmissionReview {
        /// Whose work it is, by the platform's id.
        user_id: String,
    },
}

/// What a platform says when it asks for activities to be picked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PickRequest {
    /// What it takes, and where the answer goes.
    pub settings: DeepLinkingSettings,
    /// Its product in lower case, such as `moodle`.
    pub product: Option<String>,
}

impl LaunchDetails {
    /// What a verified launch brought; an error for a message that has no page here.
    pub(super) fn of(launch: &VerifiedLaunch) -> Result<Option<Self>, LaunchError> {
        match launch.message() {
            MessageType::ResourceLink => Ok(None),
            MessageType::DeepLinking => {
                let settings = launch.deep_linking().ok_or(LaunchError::Internal(
                    "a deep-linking request was verified without its settings",
                ))?;
                Ok(Some(Self::DeepLinking(Box::new(PickRequest {
                    settings: settings.clone(),
                    product: launch.platform_product(),
                }))))
            }
            MessageType::SubmissionReview => {
                let person = launch.for_user().ok_or(LaunchError::Internal(
                    "a submission review was verified without its person",
                ))?;
                Ok(Some(Self::SubmissionReview {
                    user_id: person.user_id.clone(),
                }))
            }
        }
    }

    pub(super) fn to_json(&self) -> Result<String, LaunchError> {
        serde_json::to_string(self)
            .map_err(|_| LaunchError::Internal("a launch's details could not be written"))
    }
}
