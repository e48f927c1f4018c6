//! Links that participants give as evidence: plain web addresses and nothing else.

use url::Url;

use super::EvidenceError;

/// The longest link, in characters.
pub const MAX_LINK_CHARS: usize = 2_000;

/// Reads a link that somebody typed or pasted: http or https, with a host, without a password.
/// An address without a scheme ("www.example.org/page") is read as https. The answer is the
/// normalised address; nothing is fetched.
///
/// # Errors
/// The reason, in words for the participant.
pub fn parse_link(typed: &str) -> Result<Url, EvidenceError> {
    let refuse = |reason| Err(EvidenceError::Link { reason });
    let text = typed.trim();
    if text.is_empty() {
        return refuse("nothing was entered; paste the address from your browser");
    }
    if text.chars().count() > MAX_LINK_CHARS {
        return refuse("it has more than 2000 characters; use the page's own short address");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return refuse("it has blanks in it; paste one address at a time");
    }
    let looks_bare = !text.contains("://") && text.contains('.') && !has_scheme(text);
    let parsed = if looks_bare {
        Url::parse(&format!("https://{text}"))
    } else {
        Url::parse(text)
    };
    let Ok(url) = parsed else {
        return refuse("it is not a web address; it should begin with https://");
    };
    match url.scheme() {
        "https" | "http" => {}
        "file" => {
            return refuse("it leads to a file on your own computer; upload the file instead");
        }
        _ => return refuse("only addresses that begin with https:// or http:// are accepted"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("it holds a user name or password; use an address without one");
    }
    if url
        .host_str()
        .is_none_or(|host| !host.contains('.') && !host.starts_with('['))
    {
        return refuse(
            "it leads to a place that only your own network knows; readers could not open it",
        );
    }
    Ok(url)
}

/// Whether the text begins with a scheme such as `javascript:`; "example.org:8080" does not.
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}
