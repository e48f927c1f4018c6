//! Where an institution's statements go, and what they are completed with on the way.

use chrono::{DateTime, Utc};
use mtl_store::outbox::NewStatement;
use mtl_xapi::{Receipt, Statement, Version};
use serde_json::json;

/// The receiver of an institution's statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StatementSink {
    /// The embedded store, in the transaction of the cause.
    Embedded {
        /// Who vouches for the statements: the bridge, by the institution's IRI.
        home_page: String,
    },
    /// The institution's own learning record store, through the outbox.
    External {
        /// The version that it speaks.
        version: Version,
    },
}

impl StatementSink {
    /// The sink of an institution.
    pub(crate) fn of(home_page: &str, endpoint: Option<&str>, version: Option<&str>) -> Self {
        match endpoint {
            None => Self::Embedded {
                home_page: home_page.to_owned(),
            },
            Some(_) => Self::External {
                version: match version {
                    Some(version) if version.starts_with('2') => Version::V2_0_0,
                    _ => Version::V1_0_3,
                },
            },
        }
    }

    /// The version in which statements are composed.
    pub(crate) fn version(&self) -> Version {
        match self {
            Self::Embedded { .. } => Version::V1_0_3,
            Self::External { version } => *version,
        }
    }

    /// Makes a composed statement ready to be recorded.
    pub(crate) fn prepare(&self, mut statement: Statement, now: DateTime<Utc>) -> NewStatement {
        match self {
            Self::External { .. } => NewStatement::outbox(&statement),
            Self::Embedded { home_page } => {
                let id = statement.id().unwrap_or_default();
                statement.receive(&Receipt {
                    id,
                    stored: now,
                    authority: json!({
                        "objectType": "Agent",
                        "account": { "homePage": home_page, "name": "mtl-bridge" },
                    }),
                    version: Version::V1_0_3,
                });
                NewStatement::embedded(&statement)
            }
        }
    }
}
