//! Internet media types (RFC 6838, RFC 9110 section 8.3.1).

/// Whether the text is `type/subtype` with optional parameters.
pub fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types() {
        for text in [
            "text/plain",
            "text/plain; charset=ascii",
            "application/vnd.x+json",
        ] {
            assert!(is_media_type(text), "{text}");
        }
        for text in [
            "",
            "text",
            "text/",
            "/plain",
            "text plain",
            "should fail",
            "a/b/c",
        ] {
            assert!(!is_media_type(text), "{text}");
        }
    }
}
