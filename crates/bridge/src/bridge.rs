//! What every use case needs, put together once.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use mtl_lti::url_rules::ToolUrl;
use mtl_lti_client::Platforms;
use mtl_policy::PolicyHost;
use mtl_store::Store;
use mtl_xapi::mtl::Profile;
use object_store::ObjectStore;

use crate::Clock;
use crate::catalogue::Catalogue;
use crate::delivery::{ColumnCache, LinkPauses, LrsPauses, PlatformPauses};
use crate::effects::Causes;
use crate::institutions::InstitutionCache;
use crate::keys::KeyCache;
use crate::launch::{
    FirstVisits, LinkLookups, NotedHistories, NotedServices, RegistrationCache, SettledIds,
};
use crate::roster::GroupsMemory;
use crate::secret::{MasterSecret, Purpose, Sealer, Signer};
use crate::visit::Visit;

/// The parts from which a bridge is made.
pub struct BridgeParts {
    /// Where everything is kept.
    pub store: Store,
    /// The sandbox for policies.
    pub policies: PolicyHost,
    /// Calls to platforms.
    pub platforms: Platforms,
    /// Sends statements to external stores.
    pub lrs: mtl_lrs_client::LrsClient,
    /// The programmes.
    pub catalogue: Catalogue,
    /// Where evidence files are kept.
    pub files: Arc<dyn ObjectStore>,
    /// The installation's secret.
    pub secret: MasterSecret,
    /// The public address.
    pub tool_url: ToolUrl,
    /// The vocabulary of statements.
    pub profile: Profile,
    /// The time.
    pub clock: Clock,
}

/// The bridge. Cheap to clone.
#[derive(Clone)]
pub struct Bridge {
    inner: Arc<Inner>,
}

struct Inner {
    parts: BridgeParts,
    launch_url: String,
    state_sealer: Sealer,
    handover_sealer: Sealer,
    registration_sealer: Sealer,
    evidence_signer: Signer,
    form_signer: Signer,
    registrations: RegistrationCache,
    lrs_pauses: LrsPauses,
    keys: KeyCache,
    institutions: InstitutionCache,
    columns: ColumnCache,
    link_pauses: LinkPauses,
    platform_pauses: PlatformPauses,
    link_lookups: LinkLookups,
    noted_histories: NotedHistories,
    noted_services: NotedServices,
    first_visits: FirstVisits,
    settled_ids: SettledIds,
    groups: GroupsMemory,
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridge")
            .field("url", self.tool_url())
            .finish_non_exhaustive()
    }
}

impl Bridge {
    /// Puts the parts together.
    pub fn new(parts: BridgeParts) -> Self {
        let launch_url = format!("{}lti/launch", parts.tool_url.as_url());
        Self {
            inner: Arc::new(Inner {
                launch_url,
                state_sealer: Sealer::new(&parts.secret, Purpose::State),
                handover_sealer: Sealer::new(&parts.secret, Purpose::Handover),
                registration_sealer: Sealer::new(&parts.secret, Purpose::Registration),
                evidence_signer: Signer::new(&parts.secret, Purpose::EvidenceUrl),
                form_signer: Signer::new(&parts.secret, Purpose::FormToken),
                registrations: RegistrationCache::new(),
                lrs_pauses: LrsPauses::default(),
                keys: KeyCache::new(),
                institutions: InstitutionCache::new(),
                columns: ColumnCache::new(),
                link_pauses: LinkPauses::default(),
                platform_pauses: PlatformPauses::default(),
                link_lookups: LinkLookups::new(),
                noted_histories: NotedHistories::new(),
                noted_services: NotedServices::new(),
                first_visits: FirstVisits::new(),
                settled_ids: SettledIds::new(),
                groups: GroupsMemory::new(),
                parts,
            }),
        }
    }

    /// The time now.
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.parts.clock.now()
    }

    /// The programmes.
    pub fn catalogue(&self) -> &Catalogue {
        &self.inner.parts.catalogue
    }

    /// The store, for the embedded learning record store and for checks of readiness.
    pub fn store(&self) -> &Store {
        &self.inner.parts.store
    }

    /// The public address.
    pub fn tool_url(&self) -> &ToolUrl {
        &self.inner.parts.tool_url
    }

    /// The address that platforms post tokens to; registered with each of them.
    pub fn launch_url(&self) -> &str {
        &self.inner.launch_url
    }

    /// The vocabulary of statements.
    pub fn profile(&self) -> &Profile {
        &self.inner.parts.profile
    }

    pub(crate) fn policies(&self) -> &PolicyHost {
        &self.inner.parts.policies
    }

    pub(crate) fn platforms(&self) -> &Platforms {
        &self.inner.parts.platforms
    }

    pub(crate) fn lrs(&self) -> &mtl_lrs_client::LrsClient {
        &self.inner.parts.lrs
    }

    pub(crate) fn files(&self) -> &dyn ObjectStore {
        &*self.inner.parts.files
    }

    pub(crate) fn secret(&self) -> &MasterSecret {
        &self.inner.parts.secret
    }

    pub(crate) fn state_sealer(&self) -> &Sealer {
        &self.inner.state_sealer
    }

    pub(crate) fn handover_sealer(&self) -> &Sealer {
        &self.inner.handover_sealer
    }

    pub(crate) fn registration_sealer(&self) -> &Sealer {
        &self.inner.registration_sealer
    }

    pub(crate) fn evidence_signer(&self) -> &Signer {
        &self.inner.evidence_signer
    }

    pub(crate) fn form_signer(&self) -> &Signer {
        &self.inner.form_signer
    }

    pub(crate) fn registrations(&self) -> &RegistrationCache {
        &self.inner.registrations
    }

    pub(crate) fn lrs_pauses(&self) -> &LrsPauses {
        &self.inner.lrs_pauses
    }

    pub(crate) fn institution_cache(&self) -> &InstitutionCache {
        &self.inner.institutions
    }

    pub(crate) fn column_cache(&self) -> &ColumnCache {
        &self.inner.columns
    }

    pub(crate) fn link_pauses(&self) -> &LinkPauses {
        &self.inner.link_pauses
    }

    pub(crate) fn platform_pauses(&self) -> &PlatformPauses {
        &self.inner.platform_pauses
    }

    pub(crate) fn link_lookups(&self) -> &LinkLookups {
        &self.inner.link_lookups
    }

    pub(crate) fn noted_histories(&self) -> &NotedHistories {
        &self.inner.noted_histories
    }

    pub(crate) fn first_visits(&self) -> &FirstVisits {
        &self.inner.first_visits
    }

    pub(crate) fn noted_services(&self) -> &NotedServices {
        &self.inner.noted_services
    }

    pub(crate) fn settled_ids(&self) -> &SettledIds {
        &self.inner.settled_ids
    }

    pub(crate) fn groups_memory(&self) -> &GroupsMemory {
        &self.inner.groups
    }

    pub(crate) fn key_cache(&self) -> &KeyCache {
        &self.inner.keys
    }

    pub(crate) fn effects<'a>(&'a self, visit: &'a Visit) -> Causes<'a> {
        Causes::new(visit, self.profile())
    }
}
