//! Opaque identifiers: one type for each kind of thing, so that they cannot be mixed up.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

identifiers! {
    /// A university (or other provider) and everything that belongs to it.
    InstitutionId;
    /// A person in one institution.
    PersonId;
    /// A platform's registration: one (issuer, client id).
    RegistrationId;
    /// A deployment of a registration; the institution hangs on it.
    DeploymentId;
    /// A course of a platform.
    ContextId;
    /// A place in a course from which the tool is launched.
    ResourceLinkId;
    /// One launch by one person.
    LaunchId;
    /// One person's attempt at one activity.
    AttemptId;
    /// A file or link that supports an attempt.
    EvidenceId;
    /// One assessor's judgement of one attempt.
    JudgementId;
    /// One decision of a policy about one person's module.
    DecisionId;
    /// Something that happened; statement ids are derived from it.
    EventId;
}
