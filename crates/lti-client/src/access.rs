//! How we show a platform who we are, and where.

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
    /// Where its services may be: our tokens go nowhere else.
    pub services: ServiceOrigins,
    /// Our key that signs now.
    pub signing: Arc<SigningKey>,
}

/// The origins where a platform's services may be. The addresses of services come from claims and
/// answers, and an access token must not follow them anywhere.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ServiceOrigins(Arc<[String]>);

/// Canvas's hosted instances share issuer and endpoints, and each institution has a host of its own
/// under this domain.
const CANVAS: &str = "instructure.com";

impl ServiceOrigins {
    /// The origins of these addresses: those of the registration.
    pub fn of<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Self {
        let urls = addresses
            .into_iter()
            .filter_map(|text| Url::parse(text).ok());
        Self(urls.filter_map(|url| origin(&url)).collect())
    }

    /// Whether a service may be at this address: of the same scheme, host and port as an address of the
    /// registration, or at Canvas where the registration is Canvas's.
    pub fn allow(&self, url: &Url) -> bool {
        let Some(wanted) = origin(url) else {
            return false;
        };
        let hosted = |origin: &str| origin.starts_with("https://") && is_under(origin, CANVAS);
        self.0.contains(&wanted) || (hosted(&wanted) && self.0.iter().any(|origin| hosted(origin)))
    }
}

fn origin(url: &Url) -> Option<String> {
    let is_web = matches!(url.scheme(), "https" | "http");
    is_web.then(|| url.origin().ascii_serialization())
}

fn is_under(origin: &str, domain: &str) -> bool {
    origin
        .strip_suffix(domain)
        .is_some_and(|before| before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_go_to_the_registrations_own_origins_only() {
        let moodle = ServiceOrigins::of([
            "https://moodle.example.ac.uk",
            "https://moodle.example.ac.uk/mod/lti/token.php",
            "not an address",
        ]);
        let canvas = ServiceOrigins::of([
            "https://canvas.instructure.com",
            "https://sso.canvaslms.com/login/oauth2/token",
            "https://canvas.north.example",
        ]);
        let table = [
            (
                &moodle,
                "https://moodle.example.ac.uk/mod/lti/services.php?a",
                true,
            ),
            (&moodle, "https://moodle.example.ac.uk:443/", true),
            (&moodle, "https://MOODLE.example.ac.uk/", true),
            (&moodle, "http://moodle.example.ac.uk/", false),
            (&moodle, "https://moodle.example.ac.uk:8443/", false),
            (&moodle, "https://moodle.example.ac.uk.evil.example/", false),
            (&moodle, "https://moodle.example.ac.uk@evil.example/", false),
            (&moodle, "https://evil.example/moodle.example.ac.uk", false),
            (&moodle, "https://north.instructure.com/", false),
            (&moodle, "file:///etc/passwd", false),
            (
                &canvas,
                "https://north.instructure.com/api/lti/courses/1",
                true,
            ),
            (&canvas, "https://north.beta.instructure.com/", true),
            (&canvas, "https://canvas.north.example/api", true),
            (&canvas, "https://sso.canvaslms.com/", true),
            (&canvas, "https://evilinstructure.com/", false),
            (&canvas, "https://instructure.com.evil.example/", false),
            (&canvas, "https://north.instructure.com:8443/", false),
            (&canvas, "http://north.instructure.com/", false),
        ];
        for (origins, url, allowed) in table {
            assert_eq!(origins.allow(&Url::parse(url).unwrap()), allowed, "{url}");
        }
        assert!(!ServiceOrigins::default().allow(&Url::parse("https://a.example").unwrap()));
    }
}
