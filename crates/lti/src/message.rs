//! The messages that a platform can launch us with (LTI Core 1.3 §4.1, Deep Linking 2.0, Submission Review 1.0).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of a launch, from the `message_type` claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MessageType {
    /// Someone opens an activity (`LtiResourceLinkRequest`).
    #[serde(rename = "LtiResourceLinkRequest")]
    ResourceLink,
    /// A teacher picks activities to place (`LtiDeepLinkingRequest`).
    #[serde(rename = "LtiDeepLinkingRequest")]
    DeepLinking,
    /// Someone opens the work of one person from the gradebook (`LtiSubmissionReviewRequest`).
    #[serde(rename = "LtiSubmissionReviewRequest")]
    SubmissionReview,
}

impl MessageType {
    /// Every message that we take.
    pub const ALL: [Self; 3] = [
        Self::ResourceLink,
        Self::DeepLinking,
        Self::SubmissionReview,
    ];

    /// The value of the claim.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResourceLink => "LtiResourceLinkRequest",
            Self::DeepLinking => "LtiDeepLinkingRequest",
            Self::SubmissionReview => "LtiSubmissionReviewRequest",
        }
    }

    /// The message of that name, if we take it. Names are case-sensitive.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|message| message.as_str() == name)
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_message() {
        for message in MessageType::ALL {
            assert_eq!(MessageType::find(message.as_str()), Some(message));
            assert_eq!(serde_json::to_value(message).unwrap(), message.as_str());
        }
        assert_eq!(MessageType::find("ltiresourcelinkrequest"), None);
        assert_eq!(MessageType::find("LtiStartProctoring"), None);
    }
}
