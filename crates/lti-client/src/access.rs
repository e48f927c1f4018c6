//! How we show a platform who we are.

use std::sync::Arc;

use mtl_lti::SigningKey;
use url::Url;

/// What is needed to get a token of one registration.
#[derive(Clone, Debug)]
pub struct PlatformAccess {
    /// Names the registration: tokens are shared by calls of the same one.
    pub cache_key: String,
    /// Our client id at the platform.
    pub client_id: String,
    /// The platform's token endpoint.
    pub token_url: Url,
    /// Whom the assertion is for: what the registration says, else the token endpoint.
    pub audience: String,
    /// Our key that signs now.
    pub signing: Arc<SigningKey>,
}
