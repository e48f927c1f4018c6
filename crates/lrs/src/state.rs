//! What the resources share: the store, the clock, settings, and secrets known to be right.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use mtl_store::Store;

use crate::secret::SecretChecker;

/// How the embedded store behaves.
#[derive(Clone, Debug)]
pub struct LrsSettings {
    /// The public URL of the store, such as `https://mtl.example.ac.uk/xapi`; authorities are
    /// accounts under it.
    pub public_url: String,
    /// The most bytes of a request's body; a larger one is answered with 413.
    pub body_bytes: usize,
    /// The most statements of one answer.
    pub page_statements: u32,
}

impl LrsSettings {
    /// Settings for a store at `public_url`: bodies of 10 MB, pages of 100 statements.
    pub fn new(public_url: impl Into<String>) -> Self {
        Self {
            public_url: public_url.into(),
            body_bytes: 10_000_000,
            page_statements: 100,
        }
    }
}

/// The state of the router. Cheap to clone.
#[derive(Clone)]
pub struct LrsState {
    pub(crate) store: Store,
    pub(crate) settings: Arc<LrsSettings>,
    pub(crate) secrets: SecretChecker,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

impl LrsState {
    /// The state over a store, with the clock from which `stored` is taken.
    pub fn new(
        store: Store,
        settings: LrsSettings,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Self {
        Self {
            store,
            settings: Arc::new(settings),
            secrets: SecretChecker::new(),
            clock: Arc::new(clock),
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }
}

impl fmt::Debug for LrsState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LrsState")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
