//! What can go wrong when the platform is set up or asked for something directly.

use std::path::PathBuf;

use mtl_lti::signing_key::SigningError;

/// A refused request to the library API.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LmsError {
    /// The data file could not be read or written.
    #[error("the data file {path} cannot be used: {reason}")]
    DataFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// There is no key, or it did not sign.
    #[error("the platform's key cannot be used: {0}")]
    Key(#[source] SigningError),
    /// The base URL cannot have paths.
    #[error("the base URL {0} cannot be used as an address of a platform")]
    BaseUrl(String),
    /// Nothing has that number.
    #[error("there is no {kind} {id}")]
    Unknown {
        /// What was looked for.
        kind: &'static str,
        /// The number.
        id: u32,
    },
    /// A link needs a tool, and none is registered.
    #[error("no tool is registered yet: register one before placing activities")]
    NoTool,
    /// This platform has no dynamic registration.
    #[error("tools cannot register themselves on this platform")]
    NoRegistration,
    /// The person may not do that in the course.
    #[error("{0} may not change the course")]
    NotAllowed(String),
    /// The person is not in the course.
    #[error("{0} is not a member of the course")]
    NotAMember(String),
}

impl LmsError {
    /// A stable word for logs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DataFile { .. } => "data-file",
            Self::Key(_) => "key",
            Self::BaseUrl(_) => "base-url",
            Self::Unknown { .. } => "unknown",
            Self::NoTool => "no-tool",
            Self::NoRegistration => "no-registration",
            Self::NotAllowed(_) => "not-allowed",
            Self::NotAMember(_) => "not-a-member",
        }
    }
}
