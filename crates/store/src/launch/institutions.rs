//! Institutions: each owns its people, work and statements, and nobody else's request reads them.

use chrono::{DateTime, Utc};
use mtl_programme::InstitutionId;
use uuid::Uuid;

use crate::column::{At, millis};
use crate::natural_ids::institution_id;
use crate::outbox::words;
use crate::sealing::Sealer;
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// By what statements name a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActorNaming {
    /// The random pseudonym that is stored with the person.
    Pseudonym,
    /// The platform's user id; the institution has chosen so.
    PlatformUser,
}

words!(ActorNaming {
    Pseudonym = "pseudonym",
    PlatformUser = "platform_user",
});

/// A university or other provider.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Institution {
    /// Its identifier.
    #[sqlx(try_from = "Uuid")]
    pub id: InstitutionId,
    /// Its short name in commands and addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its IRI: the `homePage` of accounts in statements.
    pub home_page: String,
    /// Its time zone, a name of the IANA database.
    pub time_zone: String,
    /// By what its statements name people.
    #[sqlx(try_from = "String")]
    pub actor_naming: ActorNaming,
    /// Its learning record store; absent where the embedded one serves it.
    pub lrs_endpoint: Option<String>,
    /// The sealed credentials of that; read by [`Institution::open_lrs_auth`].
    pub lrs_auth_sealed: Option<Vec<u8>>,
    /// The xAPI version of that, such as `1.0.3`.
    pub lrs_version: Option<String>,
    /// When it was added.
    #[sqlx(try_from = "At")]
    pub created_at: DateTime<Utc>,
}

impl Institution {
    /// Whether statements go to an external learning record store.
    pub fn has_lrs(&self) -> bool {
        self.lrs_endpoint.is_some()
    }

    /// The credentials of its learning record store, as they were given.
    pub fn open_lrs_auth(&self, sealer: &Sealer) -> Result<Option<String>, StoreError> {
        let Some(kept) = &self.lrs_auth_sealed else {
            return Ok(None);
        };
        let opened = sealer.open(&lrs_place(self.id), kept)?;
        String::from_utf8(opened)
            .map(Some)
            .map_err(|_| StoreError::Sealed)
    }
}

/// An institution that is added.
#[derive(Clone, Debug)]
pub struct NewInstitution {
    /// Its short name, unique.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its IRI.
    pub home_page: String,
    /// Its time zone.
    pub time_zone: String,
    /// By what its statements name people.
    pub actor_naming: ActorNaming,
    /// Its learning record store, where it has one.
    pub lrs: Option<LrsSettings>,
}

/// How an institution's learning record store is reached.
#[derive(Clone)]
pub struct LrsSettings {
    /// Its endpoint.
    pub endpoint: String,
    /// Its credentials, in whatever form the client of the store wants; sealed before they are kept.
    pub auth: String,
    /// The xAPI version to speak.
    pub version: String,
}

impl std::fmt::Debug for LrsSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LrsSettings")
            .field("endpoint", &self.endpoint)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Where the credentials of a learning record store are kept, for their seal.
pub(super) fn lrs_place(institution: InstitutionId) -> String {
    format!("institution/{institution}/lrs")
}

impl Store {
    /// Adds an institution; its id follows from its slug.
    pub async fn add_institution(
        &self,
        new: NewInstitution,
        sealer: &Sealer,
        now: DateTime<Utc>,
    ) -> Result<InstitutionId, StoreError> {
        let id = institution_id(&new.slug);
        let (endpoint, auth, version) = seal_lrs(id, new.lrs, sealer)?;
        self.write(move |tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO institution (id, slug, name, home_page, time_zone, actor_naming, \
                     lrs_endpoint, lrs_auth_sealed, lrs_version, created_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                    id.0,
                    new.slug,
                    new.name,
                    new.home_page,
                    new.time_zone,
                    new.actor_naming.as_str(),
                    endpoint,
                    auth,
                    version,
                    millis(now),
                )?;
                Ok(id)
            })
        })
        .await
    }

    /// Changes to which learning record store of its own an institution's statements go, those that
    /// wait included. What the embedded store holds stays there.
    pub async fn set_institution_lrs(
        &self,
        institution: InstitutionId,
        lrs: LrsSettings,
        sealer: &Sealer,
    ) -> Result<(), StoreError> {
        let (endpoint, auth, version) = seal_lrs(institution, Some(lrs), sealer)?;
        self.write(move |tx| {
            Box::pin(async move {
                let changed = execute!(
                    tx,
                    "UPDATE institution SET lrs_endpoint = $2, lrs_auth_sealed = $3, \
                     lrs_version = $4 WHERE id = $1",
                    institution.0,
                    endpoint,
                    auth,
                    version,
                )?;
                (changed == 1)
                    .then_some(())
                    .ok_or(StoreError::NotFound("institution"))
            })
        })
        .await
    }

    /// The institution of this id.
    pub async fn load_institution(&self, id: InstitutionId) -> Result<Institution, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    Institution,
                    "SELECT id, slug, name, home_page, time_zone, actor_naming, lrs_endpoint, \
                     lrs_auth_sealed, lrs_version, created_at FROM institution WHERE id = $1",
                    id.0,
                )
            })
        })
        .await?
        .ok_or(StoreError::NotFound("institution"))
    }

    /// All institutions, by their slugs.
    pub async fn list_institutions(&self) -> Result<Vec<Institution>, StoreError> {
        self.read(|tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    Institution,
                    "SELECT id, slug, name, home_page, time_zone, actor_naming, lrs_endpoint, \
                     lrs_auth_sealed, lrs_version, created_at FROM institution ORDER BY slug",
                )
            })
        })
        .await
    }
}

type SealedLrs = (Option<String>, Option<Vec<u8>>, Option<String>);

fn seal_lrs(
    institution: InstitutionId,
    lrs: Option<LrsSettings>,
    sealer: &Sealer,
) -> Result<SealedLrs, StoreError> {
    let Some(lrs) = lrs else {
        return Ok((None, None, None));
    };
    let auth = sealer.seal(&lrs_place(institution), lrs.auth.as_bytes())?;
    Ok((Some(lrs.endpoint), Some(auth), Some(lrs.version)))
}
