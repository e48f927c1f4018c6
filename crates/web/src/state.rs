//! What every handler is given.

use std::sync::Arc;

use axum::extract::FromRef;
use mtl_bridge_core::Bridge;
use url::Url;

use crate::cookies::CookieNames;

/// The bridge, and what follows from its public address. Cheap to clone.
#[derive(Clone)]
pub struct WebState {
    pub(crate) bridge: Bridge,
    pub(crate) base: Arc<Url>,
    pub(crate) cookies: CookieNames,
}

impl WebState {
    /// The state for a bridge.
    pub fn new(bridge: Bridge) -> Self {
        let base = bridge.tool_url().as_url().clone();
        Self {
            cookies: CookieNames::for_base(&base),
            base: Arc::new(base),
            bridge,
        }
    }
}

impl std::fmt::Debug for WebState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebState")
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

impl FromRef<WebState> for Bridge {
    fn from_ref(state: &WebState) -> Self {
        state.bridge.clone()
    }
}
