//! What most tests begin with.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use mtl_lti::SigningKey;
use mtl_lti_client::{CallLimits, OutboundRules, PlatformAccess, Platforms, ServiceOrigins};
use url::Url;

use crate::server::{Reply, Request, Server};

pub(crate) const TOKEN: &str = "/mod/lti/token.php";

static KEY: LazyLock<Arc<SigningKey>> = LazyLock::new(|| Arc::new(SigningKey::generate().unwrap()));

const DEVELOPMENT: OutboundRules = OutboundRules {
    allow_loopback_http: true,
    allow_private_networks: false,
};

/// Calls that may go to this machine.
pub(crate) fn platforms() -> Platforms {
    Platforms::new(DEVELOPMENT).unwrap()
}

/// The same, with little patience.
pub(crate) fn hasty_platforms() -> Platforms {
    let total_timeout = Duration::from_secs(2);
    let limits = CallLimits {
        total_timeout,
        ..CallLimits::default()
    };
    Platforms::with_limits(DEVELOPMENT, limits).unwrap()
}

/// The same, fetching key sets anew whenever it is asked to.
pub(crate) fn eager_platforms() -> Platforms {
    let limits = CallLimits {
        key_set_refresh: Duration::ZERO,
        ..CallLimits::default()
    };
    Platforms::with_limits(DEVELOPMENT, limits).unwrap()
}

/// The same, forgetting key sets as soon as the platform says so; how long they are used all the same
/// while the platform gives none.
pub(crate) fn forgetful_platforms(key_set_stale: Duration) -> Platforms {
    let limits = CallLimits {
        key_set_least: Duration::ZERO,
        key_set_refresh: Duration::ZERO,
        key_set_stale,
        ..CallLimits::default()
    };
    Platforms::with_limits(DEVELOPMENT, limits).unwrap()
}

/// Access with the token endpoint of Moodle's path.
pub(crate) fn access(server: &Server) -> PlatformAccess {
    access_at(server.url(TOKEN))
}

pub(crate) fn access_at(token_url: Url) -> PlatformAccess {
    PlatformAccess {
        cache_key: "registration-1".to_owned(),
        client_id: "client-1".to_owned(),
        audience: token_url.to_string(),
        services: ServiceOrigins::of([token_url.as_str()]),
        token_url,
        signing: Arc::clone(&KEY),
    }
}

/// A server that gives out the token `token-1` and leaves the rest to `reply`.
pub(crate) async fn server_with_token(
    reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> Server {
    Server::start(move |request| match request.target.as_str() {
        TOKEN => {
            Reply::json(r#"{"access_token":"token-1","token_type":"Bearer","expires_in":3600}"#)
        }
        _ => reply(request),
    })
    .await
}
