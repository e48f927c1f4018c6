//! The content security policy of a response: nothing but our own files, framed by nobody but the
//! platforms that the person came from.

use std::fmt::Write as _;

use axum::http::HeaderValue;
use url::Url;

/// Who may show a page in a frame, and where its forms may go.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Csp {
    ancestors: Vec<String>,
    form_targets: Vec<String>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Kind {
    /// A page of ours, with its script and forms.
    #[default]
    Page,
    /// A page on which nothing can be done.
    Inert,
    /// A file that somebody uploaded.
    Download,
}

impl Csp {
    /// A page that nobody may frame: the rule before anything was verified.
    pub(crate) fn unframed() -> Self {
        Self::default()
    }

    /// A page that these origins may frame. What is not an http(s) origin is left out, so that a
    /// value from a registration can never add a directive.
    pub(crate) fn framed_by<I, S>(origins: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let mut ancestors: Vec<String> = Vec::new();
        for origin in origins {
            if let Some(origin) = parse_origin(origin.as_ref())
                && !ancestors.contains(&origin)
            {
                ancestors.push(origin);
            }
        }
        Self {
            ancestors,
            ..Self::default()
        }
    }

    /// A page that any page may frame: only where nothing but the address itself lets anybody in.
    pub(crate) fn framed_by_anyone() -> Self {
        Self {
            ancestors: vec!["*".to_owned()],
            ..Self::default()
        }
    }

    /// A downloaded file: no script, no form, no frame, an origin of its own.
    pub(crate) fn download() -> Self {
        Self {
            kind: Kind::Download,
            ..Self::default()
        }
    }

    /// A page that says why something was refused: no script, no form, nothing of anybody's. It may
    /// stand in any frame, since a person in an LMS must be able to read it, we may not know which
    /// LMS that is, and a page on which nothing can be pressed cannot be abused.
    pub(crate) fn inert() -> Self {
        Self {
            kind: Kind::Inert,
            ..Self::default()
        }
    }

    /// The same, where it is known who may frame it.
    pub(crate) fn inert_framed_by<I, S>(origins: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        Self {
            kind: Kind::Inert,
            ..Self::framed_by(origins)
        }
    }

    /// Lets an inert page send a form back to us.
    pub(crate) fn with_own_forms(mut self) -> Self {
        self.form_targets.push("'self'".to_owned());
        self
    }

    /// Lets forms also go to this origin (a deep-link answer goes back to the platform).
    pub(crate) fn and_forms_to(mut self, origin: &str) -> Self {
        self.form_targets.extend(parse_origin(origin));
        self
    }

    /// The header's value.
    pub(crate) fn render(&self) -> HeaderValue {
        let mut policy = String::from("default-src 'none'; base-uri 'none'; ");
        match self.kind {
            Kind::Download => {
                policy.push_str("sandbox; form-action 'none'; frame-ancestors 'none'");
            }
            Kind::Inert => {
                let forms = if self.form_targets.is_empty() {
                    "'none'".to_owned()
                } else {
                    self.form_targets.join(" ")
                };
                let ancestors = if self.ancestors.is_empty() {
                    "*".to_owned()
                } else {
                    self.ancestors.join(" ")
                };
                let _ = write!(
                    policy,
                    "style-src 'self'; img-src 'self'; form-action {forms}; frame-ancestors {ancestors}"
                );
            }
            Kind::Page => {
                policy.push_str(
                    "style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'",
                );
                for target in &self.form_targets {
                    let _ = write!(policy, " {target}");
                }
                policy.push_str("; frame-ancestors ");
                if self.ancestors.is_empty() {
                    policy.push_str("'none'");
                } else {
                    policy.push_str(&self.ancestors.join(" "));
                }
            }
        }
        // Only printable ASCII can be in it: origins are serialised by the URL parser.
        HeaderValue::try_from(policy).unwrap_or_else(|_| {
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")
        })
    }
}

/// The origin of an http(s) URL as browsers write it.
fn parse_origin(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let origin = url.origin().ascii_serialization();
    // A wildcard host would let every host of a domain in; registrations name hosts.
    (!origin.contains(['*', ';', ',', ' ', '\''])).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_verification_nobody_may_frame() {
        assert_eq!(
            Csp::unframed().render(),
            "default-src 'none'; base-uri 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'"
        );
    }

    #[test]
    fn only_origins_get_in_and_each_once() {
        let csp = Csp::framed_by([
            "https://lms.example/course/view?id=2",
            "https://lms.example",
            "http://127.0.0.1:8081/",
            "https://evil.example; script-src *",
            "https://*.example",
            "javascript:alert(1)",
            "*",
            "",
        ]);
        assert_eq!(
            csp.ancestors,
            ["https://lms.example", "http://127.0.0.1:8081"]
        );
        assert!(
            csp.render()
                .to_str()
                .unwrap()
                .ends_with("frame-ancestors https://lms.example http://127.0.0.1:8081")
        );
    }

    #[test]
    fn a_refusal_can_be_read_anywhere_and_used_nowhere() {
        assert_eq!(
            Csp::inert().render(),
            "default-src 'none'; base-uri 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors *"
        );
        assert!(
            Csp::inert()
                .with_own_forms()
                .render()
                .to_str()
                .unwrap()
                .contains("form-action 'self';")
        );
    }

    #[test]
    fn a_download_can_do_nothing() {
        assert_eq!(
            Csp::download().render(),
            "default-src 'none'; base-uri 'none'; sandbox; form-action 'none'; frame-ancestors 'none'"
        );
    }
}
