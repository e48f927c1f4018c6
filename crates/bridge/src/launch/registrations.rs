//! Registrations in memory, so that a login reads nothing from the database.

use std::sync::Arc;
use std::time::Duration;

use mtl_lti::SigningKey;
use mtl_lti_client::{PlatformAccess, ServiceOrigins};
use mtl_programme::RegistrationId;
use mtl_store::StoreError;
use mtl_store::launch::{Deployment, Registration};
use url::Url;

use super::error::LaunchError;
use crate::Bridge;

/// How long a replica goes on with what it knows before it looks again.
const FRESH: Duration = Duration::from_secs(30);
/// Issuers and registrations that are kept; an issuer that is not known is kept too, so that
/// strangers do not cause queries.
const MOST: u64 = 10_000;

/// A registration with its deployments, its addresses parsed.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) row: Registration,
    pub(crate) auth_url: Url,
    pub(crate) jwks_url: Url,
    pub(crate) token_url: Url,
    /// Where the platform's services may be.
    services: ServiceOrigins,
    pub(crate) deployments: Vec<Deployment>,
}

impl Known {
    /// What the platform's services are called with.
    pub(crate) fn access(&self, signing: Arc<SigningKey>) -> PlatformAccess {
        PlatformAccess {
            cache_key: self.row.id.to_string(),
            client_id: self.row.client_id.clone(),
            token_url: self.token_url.clone(),
            audience: self
                .row
                .token_audience
                .clone()
                .unwrap_or_else(|| self.row.token_url.clone()),
            services: self.services.clone(),
            signing,
        }
    }
}

#[derive(Clone)]
pub(crate) struct RegistrationCache {
    by_issuer: moka::future::Cache<String, Arc<Vec<Arc<Known>>>>,
    by_id: moka::future::Cache<RegistrationId, Arc<Known>>,
}

impl RegistrationCache {
    pub(crate) fn new() -> Self {
        Self {
            by_issuer: moka::future::Cache::builder()
                .max_capacity(MOST)
                .time_to_live(FRESH)
                .build(),
            by_id: moka::future::Cache::builder()
                .max_capacity(MOST)
                .time_to_live(FRESH)
                .build(),
        }
    }

    /// After a change by this process.
    pub(crate) fn forget_all(&self) {
        self.by_issuer.invalidate_all();
        self.by_id.invalidate_all();
    }
}

impl Bridge {
    pub(super) async fn registrations_of(
        &self,
        issuer: &str,
    ) -> Result<Arc<Vec<Arc<Known>>>, LaunchError> {
        self.registrations()
            .by_issuer
            .try_get_with_by_ref(issuer, async {
                let mut known = Vec::new();
                for row in self.store().find_registrations(issuer.to_owned()).await? {
                    known.push(Arc::new(self.know(row).await?));
                }
                Ok::<_, StoreError>(Arc::new(known))
            })
            .await
            .map_err(LaunchError::Cached)
    }

    pub(crate) async fn registration(
        &self,
        id: RegistrationId,
    ) -> Result<Arc<Known>, Arc<StoreError>> {
        self.registrations()
            .by_id
            .try_get_with(id, async {
                let row = self.store().load_registration(id).await?;
                Ok::<_, StoreError>(Arc::new(self.know(row).await?))
            })
            .await
    }

    async fn know(&self, row: Registration) -> Result<Known, StoreError> {
        let deployments = self.store().list_deployments(row.id).await?;
        let url = |what, text: &str| {
            Url::parse(text).map_err(|error| StoreError::Damaged {
                what,
                reason: error.to_string(),
            })
        };
        Ok(Known {
            auth_url: url("authorisation endpoint", &row.auth_url)?,
            jwks_url: url("key set's address", &row.jwks_url)?,
            token_url: url("token endpoint", &row.token_url)?,
            services: services(&row),
            deployments,
            row,
        })
    }
}

/// The platform's own addresses, and those of its pages: an institution's Canvas has a host of its own,
/// which frames the bridge and gives the services.
fn services(row: &Registration) -> ServiceOrigins {
    let own = [&row.issuer, &row.auth_url, &row.token_url, &row.jwks_url];
    ServiceOrigins::of(
        own.into_iter()
            .chain(&row.frame_origins)
            .map(String::as_str),
    )
}
