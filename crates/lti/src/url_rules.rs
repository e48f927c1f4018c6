//! Which URLs we accept from a platform, and how people go back to it.

use url::Url;

/// Our own public address, from the configuration: an origin, and perhaps a path.
///
/// It is never guessed from a request, so a proxy that drops `https` cannot change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolUrl {
    /// The path ends in a slash.
    base: Url,
}

/// Why an address cannot be our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ToolUrlError {
    /// Not a URL with a host.
    #[error("the address is not a URL such as https://mtl.example.ac.uk")]
    NotAUrl,
    /// Neither `https` nor `http`.
    #[error("the address must begin with https:// (or http:// on this machine)")]
    WrongScheme,
    /// With user, password, query or fragment.
    #[error("the address must be bare: no user, no query, no fragment")]
    NotBare,
}

impl ToolUrlError {
    /// The stable name of the error.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAUrl => "not_a_url",
            Self::WrongScheme => "wrong_scheme",
            Self::NotBare => "not_bare",
        }
    }
}

impl ToolUrl {
    /// Reads an address such as `https://mtl.example.ac.uk` or `https://example.ac.uk/mtl`.
    pub fn parse(text: &str) -> Result<Self, ToolUrlError> {
        let base = Url::parse(text).map_err(|_| ToolUrlError::NotAUrl)?;
        Self::from_url(base)
    }

    /// Takes an address that was read already.
    pub fn from_url(mut base: Url) -> Result<Self, ToolUrlError> {
        if !matches!(base.scheme(), "https" | "http") {
            return Err(ToolUrlError::WrongScheme);
        }
        if has_user(&base) || base.query().is_some() || base.fragment().is_some() {
            return Err(ToolUrlError::NotBare);
        }
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        Ok(Self { base })
    }

    /// The address, ending in a slash.
    pub fn as_url(&self) -> &Url {
        &self.base
    }

    /// Whether a URL is one of our pages: the very same scheme, host and port, below our path, without a
    /// user in front of the host. The address itself counts, with or without its last slash.
    pub fn holds(&self, text: &str) -> bool {
        // The URL standard drops these silently; no honest platform sends them.
        if text
            .chars()
            .any(|c| c.is_control() || c == '\\' || c == ' ')
        {
            return false;
        }
        let Ok(url) = Url::parse(text) else {
            return false;
        };
        let path = self.base.path();
        url.scheme() == self.base.scheme()
            && url.host() == self.base.host()
            && url.port_or_known_default() == self.base.port_or_known_default()
            && !has_user(&url)
            && (url.path().starts_with(path) || url.path() == &path[..path.len() - 1])
    }
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// What a person or a platform is told on the way back (LTI Core 1.3 §5.4.4).
#[derive(Debug, Clone, Copy, Default)]
pub struct ReturnMessage<'a> {
    /// For the person: all is well (`lti_msg`).
    pub message: Option<&'a str>,
    /// For the person: something went wrong (`lti_errormsg`).
    pub error: Option<&'a str>,
    /// For the platform's log (`lti_log`).
    pub log: Option<&'a str>,
    /// For the platform's log: something went wrong (`lti_errorlog`).
    pub error_log: Option<&'a str>,
}

/// The verified `return_url` with the messages added to its query; `None` unless it is a web address.
pub fn return_url_with(return_url: &Url, message: &ReturnMessage<'_>) -> Option<Url> {
    frame_origin(return_url)?;
    let mut url = return_url.clone();
    let pairs = [
        ("lti_msg", message.message),
        ("lti_errormsg", message.error),
        ("lti_log", message.log),
        ("lti_errorlog", message.error_log),
    ];
    if pairs.iter().any(|(_, text)| text.is_some()) {
        let mut query = url.query_pairs_mut();
        for (name, text) in pairs {
            if let Some(text) = text {
                query.append_pair(name, text);
            }
        }
    }
    Some(url)
}

/// The origin of a web address as it stands in a content security policy (`https://lms.example:8443`);
/// `None` for other schemes.
pub fn frame_origin(url: &Url) -> Option<String> {
    matches!(url.scheme(), "https" | "http").then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_ours() {
        let tool = ToolUrl::parse("https://mtl.example.ac.uk").unwrap();
        let table = [
            ("https://mtl.example.ac.uk", true),
            ("https://mtl.example.ac.uk/", true),
            (
                "https://mtl.example.ac.uk/lti/launch?activity=a%20b#x",
                true,
            ),
            ("https://MTL.example.ac.uk:443/lti/launch", true),
            ("http://mtl.example.ac.uk/lti/launch", false),
            ("https://mtl.example.ac.uk:8443/lti/launch", false),
            ("https://mtl.example.ac.uk.evil.example/lti/launch", false),
            ("https://mtl.example.ac.uk@evil.example/lti/launch", false),
            ("https://someone@mtl.example.ac.uk/lti/launch", false),
            ("https://:secret@mtl.example.ac.uk/lti/launch", false),
            ("https://evil.example/https://mtl.example.ac.uk/", false),
            ("https://evil.example\\@mtl.example.ac.uk/", false),
            ("https:\\\\mtl.example.ac.uk/lti", false),
            (" https://mtl.example.ac.uk/", false),
            ("https://mtl.exa\nmple.ac.uk/", false),
            ("//mtl.example.ac.uk/", false),
            ("/lti/launch", false),
            ("javascript:alert(1)//mtl.example.ac.uk", false),
            ("data:text/html,x", false),
            ("", false),
        ];
        for (url, ours) in table {
            assert_eq!(tool.holds(url), ours, "{url}");
        }
    }

    #[test]
    fn a_path_is_a_border_too() {
        let tool = ToolUrl::parse("http://localhost:8080/mtl").unwrap();
        assert_eq!(tool.as_url().as_str(), "http://localhost:8080/mtl/");
        assert!(tool.holds("http://localhost:8080/mtl"));
        assert!(tool.holds("http://localhost:8080/mtl/lti/launch"));
        for foreign in [
            "http://localhost:8080/",
            "http://localhost:8080/mtlx/launch",
            "http://localhost:8080/mtl/../admin",
            "http://localhost:8080/mtl/%2e%2e/admin",
            "http://127.0.0.1:8080/mtl/",
        ] {
            assert!(!tool.holds(foreign), "{foreign}");
        }
    }

    #[test]
    fn an_address_of_ours_is_bare() {
        let table = [
            ("mtl.example.ac.uk", ToolUrlError::NotAUrl),
            ("ftp://mtl.example.ac.uk", ToolUrlError::WrongScheme),
            ("https://a:b@mtl.example.ac.uk", ToolUrlError::NotBare),
            ("https://mtl.example.ac.uk/?a", ToolUrlError::NotBare),
            ("https://mtl.example.ac.uk/#a", ToolUrlError::NotBare),
        ];
        for (text, error) in table {
            assert_eq!(ToolUrl::parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn messages_are_added_to_what_the_return_url_has() {
        let url = Url::parse("http://lms.example/return.php?course=2&sesskey=k").unwrap();
        let message = ReturnMessage {
            error: Some("It did not work: 5 & 6"),
            ..ReturnMessage::default()
        };
        assert_eq!(
            return_url_with(&url, &message).unwrap().as_str(),
            "http://lms.example/return.php?course=2&sesskey=k&lti_errormsg=It+did+not+work%3A+5+%26+6"
        );
        assert_eq!(
            return_url_with(&url, &ReturnMessage::default()).unwrap(),
            url
        );
        let script = Url::parse("javascript:alert(1)").unwrap();
        assert_eq!(return_url_with(&script, &message), None);
        assert_eq!(frame_origin(&url).as_deref(), Some("http://lms.example"));
        assert_eq!(frame_origin(&script), None);
    }
}
