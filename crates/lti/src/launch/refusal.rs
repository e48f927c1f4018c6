//! Why a launch is refused: one variant for each reason, each with a stable code.

/// The reason of a refusal, in the order in which the checks are made.
///
/// It holds no data from the token, so it may be logged and counted as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LaunchRefusal {
    /// Longer than 64 KiB.
    #[error("the token is larger than 64 KiB")]
    TokenTooLarge,
    /// Cut off before its end.
    #[error("the token was cut off on its way")]
    TokenTruncated,
    /// Not a signed token in compact form, or its JSON cannot be read.
    #[error("the token cannot be read")]
    TokenMalformed,
    /// Unsigned.
    #[error("the token is not signed (alg none)")]
    AlgorithmNone,
    /// Signed with a shared secret: with the public key as the secret, anyone could sign.
    #[error("the token is signed with a shared secret (HMAC)")]
    AlgorithmHmac,
    /// Signed with an algorithm that this registration does not accept.
    #[error("the token is signed with an algorithm that the registration does not accept")]
    AlgorithmNotAllowed,
    /// The key set has no such key. Worth one refetch of the key set, since platforms rotate keys.
    #[error("the platform's key set has no key of the token's key id")]
    UnknownKey,
    /// The named key is of another kind, or its own `alg` differs.
    #[error("the token's key is not meant for the token's algorithm")]
    KeyNotForAlgorithm,
    /// The signature does not fit.
    #[error("the token's signature is wrong")]
    WrongSignature,
    /// `iss` is missing or not the registration's.
    #[error("the token is from another issuer")]
    WrongIssuer,
    /// `aud` is missing or does not hold our client id.
    #[error("the token is for another tool")]
    WrongAudience,
    /// Several audiences, and no `azp` to say whom the token was made for.
    #[error("the token has several audiences and no authorised party")]
    AuthorisedPartyMissing,
    /// `azp` is not our client id.
    #[error("the token was made for another party")]
    WrongAuthorisedParty,
    /// No readable `exp`.
    #[error("the token does not say when it expires")]
    ExpiryMissing,
    /// No readable `iat`.
    #[error("the token does not say when it was issued")]
    IssueTimeMissing,
    /// `exp` is over, with the leeway.
    #[error("the token has expired")]
    Expired,
    /// `iat` is ahead of us, by more than the leeway.
    #[error("the token was issued in the future: a clock is wrong")]
    IssuedInFuture,
    /// `iat` is longer ago than a launch can take.
    #[error("the token was issued too long ago")]
    IssuedTooLongAgo,
    /// No `nonce`.
    #[error("the token has no nonce")]
    NonceMissing,
    /// `nonce` is not the one of this login.
    #[error("the token belongs to another login")]
    WrongNonce,
    /// No readable deployment id, or one of more than 255 characters.
    #[error("the token names no deployment")]
    DeploymentMissing,
    /// The registration lists its deployments and this is not one of them.
    #[error("the token is from a deployment that is not registered")]
    UnknownDeployment,
    /// The version claim is missing or not `1.3.0`.
    #[error("the message is not of LTI 1.3")]
    WrongVersion,
    /// No message type.
    #[error("the token does not say which message it is")]
    MessageTypeMissing,
    /// A message that we do not take.
    #[error("the message is of a kind that this tool does not take")]
    UnknownMessageType,
    /// No target link.
    #[error("the message does not say which page to open")]
    TargetLinkMissing,
    /// The target link is not a page of ours.
    #[error("the message wants to open a page of another site")]
    ForeignTargetLink,
    /// No `sub`: the platform launches without saying who launches.
    #[error("the platform does not say who launches")]
    Anonymous,
    /// `sub` is longer than 255 characters.
    #[error("the person's id is too long")]
    SubjectTooLong,
    /// No roles claim; an empty list would do.
    #[error("the message does not say which roles the person has")]
    RolesMissing,
    /// No resource link in a message that needs one.
    #[error("the message names no link")]
    ResourceLinkMissing,
    /// A deep-linking request without readable settings.
    #[error("the message does not say what may be picked, and where to answer")]
    DeepLinkingSettingsMissing,
    /// A submission review without the person whose work it is.
    #[error("the message does not say whose work to open")]
    ForUserMissing,
}

impl LaunchRefusal {
    /// Every reason, in the order of the checks.
    pub const ALL: [Self; 33] = [
        Self::TokenTooLarge,
        Self::TokenTruncated,
        Self::TokenMalformed,
        Self::AlgorithmNone,
        Self::AlgorithmHmac,
        Self::AlgorithmNotAllowed,
        Self::UnknownKey,
        Self::KeyNotForAlgorithm,
        Self::WrongSignature,
        Self::WrongIssuer,
        Self::WrongAudience,
        Self::AuthorisedPartyMissing,
        Self::WrongAuthorisedParty,
        Self::ExpiryMissing,
        Self::IssueTimeMissing,
        Self::Expired,
        Self::IssuedInFuture,
        Self::IssuedTooLongAgo,
        Self::NonceMissing,
        Self::WrongNonce,
        Self::DeploymentMissing,
        Self::UnknownDeployment,
        Self::WrongVersion,
        Self::MessageTypeMissing,
        Self::UnknownMessageType,
        Self::TargetLinkMissing,
        Self::ForeignTargetLink,
        Self::Anonymous,
        Self::SubjectTooLong,
        Self::RolesMissing,
        Self::ResourceLinkMissing,
        Self::DeepLinkingSettingsMissing,
        Self::ForUserMissing,
    ];

    /// The stable name of the reason, for logs, metrics and the help pages.
    pub fn code(self) -> &'static str {
        match self {
            Self::TokenTooLarge => "token_too_large",
            Self::TokenTruncated => "token_truncated",
            Self::TokenMalformed => "token_malformed",
            Self::AlgorithmNone => "algorithm_none",
            Self::AlgorithmHmac => "algorithm_hmac",
            Self::AlgorithmNotAllowed => "algorithm_not_allowed",
            Self::UnknownKey => "unknown_key",
            Self::KeyNotForAlgorithm => "key_not_for_algorithm",
            Self::WrongSignature => "wrong_signature",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::AuthorisedPartyMissing => "authorised_party_missing",
            Self::WrongAuthorisedParty => "wrong_authorised_party",
            Self::ExpiryMissing => "expiry_missing",
            Self::IssueTimeMissing => "issue_time_missing",
            Self::Expired => "expired",
            Self::IssuedInFuture => "issued_in_future",
            Self::IssuedTooLongAgo => "issued_too_long_ago",
            Self::NonceMissing => "nonce_missing",
            Self::WrongNonce => "wrong_nonce",
            Self::DeploymentMissing => "deployment_missing",
            Self::UnknownDeployment => "unknown_deployment",
            Self::WrongVersion => "wrong_version",
            Self::MessageTypeMissing => "message_type_missing",
            Self::UnknownMessageType => "unknown_message_type",
            Self::TargetLinkMissing => "target_link_missing",
            Self::ForeignTargetLink => "foreign_target_link",
            Self::Anonymous => "anonymous",
            Self::SubjectTooLong => "subject_too_long",
            Self::RolesMissing => "roles_missing",
            Self::ResourceLinkMissing => "resource_link_missing",
            Self::DeepLinkingSettingsMissing => "deep_linking_settings_missing",
            Self::ForUserMissing => "for_user_missing",
        }
    }

    /// Whether signature, issuer and audience had been verified before the refusal. Only then may the
    /// browser be sent to the token's `return_url`: else a forged token makes an open redirect of us.
    pub fn is_trusted(self) -> bool {
        !matches!(
            self,
            Self::TokenTooLarge
                | Self::TokenTruncated
                | Self::TokenMalformed
                | Self::AlgorithmNone
                | Self::AlgorithmHmac
                | Self::AlgorithmNotAllowed
                | Self::UnknownKey
                | Self::KeyNotForAlgorithm
                | Self::WrongSignature
                | Self::WrongIssuer
                | Self::WrongAudience
                | Self::AuthorisedPartyMissing
                | Self::WrongAuthorisedParty
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_reason_has_its_own_code() {
        let codes: BTreeSet<_> = LaunchRefusal::ALL
            .iter()
            .map(|refusal| refusal.code())
            .collect();
        assert_eq!(codes.len(), LaunchRefusal::ALL.len());
    }

    #[test]
    fn trust_begins_after_the_audience_and_never_ends() {
        let trusted: Vec<_> = LaunchRefusal::ALL
            .iter()
            .map(|refusal| refusal.is_trusted())
            .collect();
        assert!(trusted.is_sorted());
        assert!(!LaunchRefusal::WrongAuthorisedParty.is_trusted());
        assert!(LaunchRefusal::ExpiryMissing.is_trusted());
    }
}
