//! A learning record store to send to: where, as whom, in which version.

use std::fmt;
use std::str::FromStr;

use mtl_xapi::Version;
use url::Url;

/// A learning record store as its institution has configured it.
#[derive(Clone, Debug)]
pub struct LrsTarget {
    endpoint: Url,
    auth: LrsAuth,
    version: Version,
}

/// The credentials of a learning record store. `Debug` never shows a secret.
#[derive(Clone)]
#[non_exhaustive]
pub enum LrsAuth {
    /// HTTP Basic (Communication 4.0).
    Basic {
        /// The key, or user name.
        key: String,
        /// The secret, or password.
        secret: String,
    },
}

/// An endpoint that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidTarget {
    /// Not a URL of http or https with a host.
    #[error("the LRS endpoint must be a URL such as https://lrs.example.ac.uk/xapi/")]
    Endpoint,
    /// A URL that carries credentials, a query or a fragment.
    #[error("the LRS endpoint must not carry a user name, a password, a query or a fragment")]
    Extras,
}

impl InvalidTarget {
    /// A stable name of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Endpoint => "lrs-endpoint",
            Self::Extras => "lrs-endpoint-extras",
        }
    }
}

/// Text that is no credentials.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the LRS credentials must be written basic:<key>:<secret>")]
pub struct InvalidAuth;

impl InvalidAuth {
    /// A stable name of the reason.
    pub const fn code(self) -> &'static str {
        "lrs-credentials"
    }
}

impl LrsAuth {
    /// The credentials as one text, to be kept sealed; [`LrsAuth::from_str`] reads it.
    pub fn to_secret_text(&self) -> String {
        match self {
            Self::Basic { key, secret } => format!("basic:{key}:{secret}"),
        }
    }
}

impl FromStr for LrsAuth {
    type Err = InvalidAuth;

    /// Reads `basic:<key>:<secret>`; only the secret may hold a colon (RFC 7617).
    fn from_str(text: &str) -> Result<Self, InvalidAuth> {
        let credentials = text.strip_prefix("basic:").ok_or(InvalidAuth)?;
        let (key, secret) = credentials.split_once(':').ok_or(InvalidAuth)?;
        if key.is_empty() {
            return Err(InvalidAuth);
        }
        Ok(Self::Basic {
            key: key.to_owned(),
            secret: secret.to_owned(),
        })
    }
}

impl LrsTarget {
    /// A store at `endpoint`, the URL to which `statements` is added.
    pub fn new(endpoint: &str, auth: LrsAuth, version: Version) -> Result<Self, InvalidTarget> {
        let mut endpoint = Url::parse(endpoint).map_err(|_| InvalidTarget::Endpoint)?;
        if !matches!(endpoint.scheme(), "http" | "https") || !endpoint.has_host() {
            return Err(InvalidTarget::Endpoint);
        }
        let credentials = !endpoint.username().is_empty() || endpoint.password().is_some();
        if credentials || endpoint.query().is_some() || endpoint.fragment().is_some() {
            return Err(InvalidTarget::Extras);
        }
        if !endpoint.path().ends_with('/') {
            endpoint.set_path(&format!("{}/", endpoint.path()));
        }
        Ok(Self {
            endpoint,
            auth,
            version,
        })
    }

    /// The version in which the store is spoken to; statements must be shaped for it.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The URL to which resources are added; it ends with a slash.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    pub(crate) fn auth(&self) -> &LrsAuth {
        &self.auth
    }

    /// The URL of the resource `statements`.
    pub(crate) fn statements(&self) -> Url {
        let mut url = self.endpoint.clone();
        url.set_path(&format!("{}statements", self.endpoint.path()));
        url
    }
}

impl fmt::Debug for LrsAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { .. } => f.write_str("Basic(…)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(endpoint: &str) -> Result<LrsTarget, InvalidTarget> {
        let auth = LrsAuth::Basic {
            key: "the-key".to_owned(),
            secret: "the-secret".to_owned(),
        };
        LrsTarget::new(endpoint, auth, Version::V1_0_3)
    }

    #[test]
    fn endpoints() {
        for (endpoint, statements) in [
            (
                "https://lrs.example/xapi",
                "https://lrs.example/xapi/statements",
            ),
            (
                "https://lrs.example/xapi/",
                "https://lrs.example/xapi/statements",
            ),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/statements"),
        ] {
            assert_eq!(target(endpoint).unwrap().statements().as_str(), statements);
        }
        for (endpoint, error) in [
            ("lrs.example", InvalidTarget::Endpoint),
            ("ftp://lrs.example", InvalidTarget::Endpoint),
            ("https://a:b@lrs.example", InvalidTarget::Extras),
            ("https://lrs.example/?x", InvalidTarget::Extras),
            ("https://lrs.example/#x", InvalidTarget::Extras),
        ] {
            assert_eq!(target(endpoint).unwrap_err(), error, "{endpoint}");
        }
    }

    #[test]
    fn credentials_as_text() {
        let auth: LrsAuth = "basic:key:se:cret".parse().unwrap();
        let LrsAuth::Basic { key, secret } = &auth;
        assert_eq!((key.as_str(), secret.as_str()), ("key", "se:cret"));
        assert_eq!(auth.to_secret_text(), "basic:key:se:cret");
        for text in ["", "key:secret", "basic:key", "basic::secret", "bearer:x"] {
            assert_eq!(text.parse::<LrsAuth>().unwrap_err(), InvalidAuth, "{text}");
        }
    }

    #[test]
    fn debug_shows_no_credentials() {
        let text = format!("{:?}", target("https://lrs.example").unwrap());
        assert!(
            text.contains("lrs.example") && !text.contains("the-"),
            "{text}"
        );
    }
}
