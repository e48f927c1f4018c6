//! The platform: opening it, and how its parts reach what it holds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};

use crate::{
    Clock, Flavour, LmsConfig, LmsError, PersonId, Tool,
    disk::{self, Disk},
    live::Live,
    scope,
    session::Session,
    state::State,
    tool_keys::ToolKeyCache,
};

/// The platform. Clones share everything.
#[derive(Clone)]
pub struct Lms {
    inner: Arc<Inner>,
}

struct Inner {
    base: String,
    flavour: Flavour,
    clock: Clock,
    state: Arc<Mutex<State>>,
    live: Mutex<Live>,
    disk: Option<Disk>,
    tool_keys: ToolKeyCache,
}

impl Lms {
    /// Opens the platform: from its data file where there is one, else empty with a new key.
    pub fn open(config: LmsConfig) -> Result<Self, LmsError> {
        let base = config.base_url.as_str().trim_end_matches('/').to_owned();
        if !config.base_url.has_host() || config.base_url.path() != "/" {
            return Err(LmsError::BaseUrl(base));
        }
        let kept = match &config.data_file {
            Some(path) => disk::load(path)?,
            None => None,
        };
        let state = match kept {
            Some(state) => state,
            None => State::new()?,
        };
        let state = Arc::new(Mutex::new(state));
        let disk = config
            .data_file
            .map(|path| Disk::open(path, Arc::clone(&state)))
            .transpose()?;
        Ok(Self {
            inner: Arc::new(Inner {
                base,
                flavour: config.flavour,
                clock: config.clock,
                state,
                live: Mutex::default(),
                disk,
                tool_keys: ToolKeyCache::default(),
            }),
        })
    }

    /// The pages and the protocol endpoints.
    pub fn router(&self) -> axum::Router {
        crate::router::router(self)
    }

    /// Waits until everything changed so far is in the data file.
    pub async fn flush(&self) -> Result<(), LmsError> {
        let version = self.read(|state| state.version);
        self.wait_durable(version).await
    }

    pub(crate) fn base(&self) -> &str {
        &self.inner.base
    }

    pub(crate) fn flavour(&self) -> Flavour {
        self.inner.flavour
    }

    pub(crate) fn tool_keys(&self) -> &ToolKeyCache {
        &self.inner.tool_keys
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.inner.clock)()
    }

    pub(crate) fn skewed_now(&self) -> DateTime<Utc> {
        self.now() + self.live().faults.clock_skew
    }

    /// Whether a token for this tool may have the scope.
    pub(crate) fn grants(&self, tool: &Tool, scope: &str) -> bool {
        let is_known = scope::ALL.contains(&scope)
            || (scope == scope::NOTICE_HANDLERS && self.flavour() == Flavour::Canvas);
        is_known
            && tool.registration.may(scope)
            && !self.live().faults.dropped_scopes.contains(scope)
    }

    /// Whether a person's marks are refused by a fault.
    pub(crate) fn is_ungradable(&self, person: PersonId) -> bool {
        self.live().faults.ungradable.contains(&person)
    }

    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.read(|state| {
            let session = Session::from_headers(headers, &state.session_key)?;
            state
                .people
                .contains_key(&session.person)
                .then_some(session)
        })
    }

    pub(crate) fn live(&self) -> MutexGuard<'_, Live> {
        self.inner
            .live
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(
            &self
                .inner
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Changes the state and has it saved; answers with the version to wait for.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> (R, u64) {
        let outcome = {
            let mut state = self
                .inner
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let result = change(&mut state);
            state.version += 1;
            (result, state.version)
        };
        if let Some(disk) = &self.inner.disk {
            disk.wake();
        }
        outcome
    }

    pub(crate) async fn wait_durable(&self, version: u64) -> Result<(), LmsError> {
        match &self.inner.disk {
            Some(disk) => disk.wait_for(version).await,
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Lms {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Lms")
            .field("base", &self.inner.base)
            .field("flavour", &self.inner.flavour)
            .finish_non_exhaustive()
    }
}
