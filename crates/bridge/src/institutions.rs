//! Institutions and platforms, as an operator adds them.

use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use mtl_lti::url_rules::frame_origin;
use mtl_programme::{InstitutionId, RegistrationId};
use mtl_store::StoreError;
use mtl_store::launch::{
    ActorNaming, Institution, LrsSettings, NewInstitution, NewRegistration, Registration,
};
use mtl_store::sealing::Sealer;
use url::Url;

use crate::Bridge;
use crate::secret::Purpose;

/// Why something could not be added: the field, the fault and the mend.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A field cannot be used.
    #[error("{field}: {fault}\n    → {mend}")]
    Field {
        /// The field's name on the command line.
        field: &'static str,
        /// What is wrong.
        fault: String,
        /// What to write.
        mend: &'static str,
    },
    /// There is no such institution.
    #[error("there is no institution {0:?}\n    → see `mtl-bridge institution list`")]
    UnknownInstitution(String),
    /// The store failed or refused.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// An institution that is added.
#[derive(Clone, Debug)]
pub struct InstitutionSetup {
    /// A short name for commands.
    pub slug: String,
    /// The full name.
    pub name: String,
    /// The IRI under which its statements stand, such as `https://www.example.ac.uk`.
    pub home_page: Url,
    /// An IANA time zone.
    pub time_zone: String,
    /// How statements name people.
    pub actor_naming: ActorNaming,
    /// Its own learning record store.
    pub lrs: Option<LrsSettings>,
}

/// A platform that is added.
#[derive(Clone, Debug)]
pub struct PlatformSetup {
    /// The institution's short name; none where several share the registration.
    pub institution: Option<String>,
    /// A name for people.
    pub name: String,
    /// The issuer.
    pub issuer: String,
    /// The client id.
    pub client_id: String,
    /// The authorisation endpoint.
    pub auth_url: Url,
    /// The token endpoint.
    pub token_url: Url,
    /// The audience of client assertions, where it is not the token endpoint.
    pub token_audience: Option<String>,
    /// The key set.
    pub jwks_url: Url,
    /// Further origins that frame the tool, besides the authorisation endpoint's.
    pub frame_origins: Vec<Url>,
    /// `moodle`, `canvas`, …
    pub product: Option<String>,
    /// Deployments, each with its institution's short name.
    pub deployments: Vec<(String, Option<String>)>,
    /// Whether further deployments wait until somebody accepts them. In a shared registration they
    /// always do.
    pub ask_for_deployments: bool,
}

impl Bridge {
    /// Adds an institution.
    pub async fn add_institution(
        &self,
        setup: InstitutionSetup,
    ) -> Result<InstitutionId, SetupError> {
        if !is_slug(&setup.slug) {
            return Err(SetupError::Field {
                field: "slug",
                fault: format!("{:?} is not a short name", setup.slug),
                mend: "use lower-case letters, digits and hyphens, such as example-university",
            });
        }
        if setup.time_zone.parse::<Tz>().is_err() {
            return Err(SetupError::Field {
                field: "--time-zone",
                fault: format!("{:?} is not a time zone", setup.time_zone),
                mend: "write an IANA name such as Europe/London",
            });
        }
        if setup.home_page.cannot_be_a_base() {
            return Err(SetupError::Field {
                field: "--home-page",
                fault: format!("{} is not a web address", setup.home_page),
                mend: "write the institution's own address, such as https://www.example.ac.uk",
            });
        }
        let sealer = Sealer::new(&self.secret().derive(Purpose::PrivateKeys))?;
        let new = NewInstitution {
            slug: setup.slug,
            name: setup.name,
            home_page: setup.home_page.as_str().trim_end_matches('/').to_owned(),
            time_zone: setup.time_zone,
            actor_naming: setup.actor_naming,
            lrs: setup.lrs,
        };
        Ok(self
            .store()
            .add_institution(new, &sealer, self.now())
            .await?)
    }

    /// From now on an institution's statements go to that learning record store of its own, those
    /// that wait included; running replicas follow within half a minute.
    pub async fn set_lrs(&self, slug: &str, lrs: LrsSettings) -> Result<(), SetupError> {
        let institution = self.load_institution(slug).await?.id;
        let sealer = Sealer::new(&self.secret().derive(Purpose::PrivateKeys))?;
        self.store()
            .set_institution_lrs(institution, lrs, &sealer)
            .await?;
        self.registrations().forget_all();
        Ok(())
    }

    /// All institutions.
    pub async fn list_institutions(&self) -> Result<Vec<Institution>, SetupError> {
        Ok(self.store().list_institutions().await?)
    }

    /// The institution of a short name.
    pub async fn load_institution(&self, slug: &str) -> Result<Institution, SetupError> {
        self.list_institutions()
            .await?
            .into_iter()
            .find(|institution| institution.slug == slug)
            .ok_or_else(|| SetupError::UnknownInstitution(slug.to_owned()))
    }

    /// Adds a platform with its deployments. A registration of a single institution takes further
    /// deployments at their first verified launch; a shared one never does.
    pub async fn add_platform(&self, setup: PlatformSetup) -> Result<RegistrationId, SetupError> {
        let institution = match &setup.institution {
            Some(slug) => Some(self.load_institution(slug).await?.id),
            None => None,
        };
        for (field, url) in [
            ("--auth-url", &setup.auth_url),
            ("--token-url", &setup.token_url),
            ("--jwks-url", &setup.jwks_url),
        ] {
            verify_endpoint(field, url)?;
        }
        let mut deployments = Vec::new();
        for (deployment, slug) in setup.deployments {
            let owner = match (slug, institution) {
                (Some(slug), _) => self.load_institution(&slug).await?.id,
                (None, Some(institution)) => institution,
                (None, None) => {
                    return Err(SetupError::Field {
                        field: "--deployment",
                        fault: format!("{deployment:?} names no institution"),
                        mend: "in a shared registration write deployment=institution",
                    });
                }
            };
            deployments.push((deployment, owner));
        }
        let mut frame_origins: Vec<String> = frame_origin(&setup.auth_url).into_iter().collect();
        for origin in setup.frame_origins.iter().filter_map(frame_origin) {
            if !frame_origins.contains(&origin) {
                frame_origins.push(origin);
            }
        }
        let id = self
            .store()
            .add_registration(
                NewRegistration {
                    institution,
                    name: setup.name,
                    issuer: setup.issuer,
                    client_id: setup.client_id,
                    auth_url: setup.auth_url.into(),
                    token_url: setup.token_url.into(),
                    token_audience: setup.token_audience,
                    jwks_url: setup.jwks_url.into(),
                    frame_origins,
                    product: setup.product,
                    allow_new_deployments: institution.is_some() && !setup.ask_for_deployments,
                },
                self.now(),
            )
            .await?;
        for (deployment, owner) in deployments {
            self.store()
                .add_deployment(id, deployment, owner, self.now())
                .await?;
        }
        self.registrations().forget_all();
        Ok(id)
    }

    /// An institution from memory: it is part of every launch's statement.
    pub(crate) async fn institution(
        &self,
        id: InstitutionId,
    ) -> Result<Arc<Institution>, Arc<StoreError>> {
        self.institution_cache()
            .0
            .try_get_with(id, async {
                self.store().load_institution(id).await.map(Arc::new)
            })
            .await
    }

    /// All platforms.
    pub async fn list_platforms(&self) -> Result<Vec<Registration>, SetupError> {
        Ok(self.store().list_registrations().await?)
    }
}

/// Keeps institutions in memory for a while.
#[derive(Clone)]
pub(crate) struct InstitutionCache(moka::future::Cache<InstitutionId, Arc<Institution>>);

impl InstitutionCache {
    pub(crate) fn new() -> Self {
        const FRESH: Duration = Duration::from_secs(30);
        const MOST: u64 = 1_000;
        Self(
            moka::future::Cache::builder()
                .max_capacity(MOST)
                .time_to_live(FRESH)
                .build(),
        )
    }
}

fn is_slug(slug: &str) -> bool {
    !slug.is_empty()
        && slug.len() <= 64
        && slug
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn verify_endpoint(field: &'static str, url: &Url) -> Result<(), SetupError> {
    if matches!(url.scheme(), "https" | "http") && url.has_host() && url.username().is_empty() {
        return Ok(());
    }
    Err(SetupError::Field {
        field,
        fault: format!("{url} is not a web address"),
        mend: "copy it from the platform's page about the tool, with https://",
    })
}
