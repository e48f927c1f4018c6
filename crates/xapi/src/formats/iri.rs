//! Internationalised resource identifiers (RFC 3987), which in xAPI always carry their scheme.

/// Whether the text is an IRI with a scheme and something after it (Data 4.3): an IRL needs no
/// more, since nothing is resolved. Characters that RFC 3987 keeps out are refused, and so is a
/// percent sign without its two digits.
pub fn is_iri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let mut letters = scheme.bytes();
    let scheme_ok = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let rest_ok = if web {
        rest.strip_prefix("//")
            .is_some_and(|after| !after.is_empty() && !after.starts_with('/'))
    } else {
        !rest.is_empty()
    };
    scheme_ok && rest_ok && characters_are_allowed(rest) && percents_are_encodings(rest)
}

fn characters_are_allowed(text: &str) -> bool {
    !text.contains(|c: char| {
        c.is_control()
            || c.is_whitespace()
            || matches!(c, '<' | '>' | '"' | '{' | '}' | '|')
            || matches!(c, '\\' | '^' | '`')
    })
}

fn percents_are_encodings(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'%')
        .all(|(index, _)| {
            bytes
                .get(index + 1..index + 3)
                .is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iris() {
        for text in [
            "http://adlnet.gov/expapi/verbs/voided",
            "https://example.org/a?b=c#d",
            "http://example.com/فعل/خواندن",
            "urn:uuid:aa97b177-9383-4934-8543-0f91a7a02836",
            "tag:adlnet.gov,2013:expapi:0.9:activities:test",
            "act:x",
            "http://example.org/a%20b",
        ] {
            assert!(is_iri(text), "{text}");
        }
        for text in [
            "",
            "should fail",
            "abc",
            "/relative/path",
            "#fragment",
            "//host/path",
            "http:",
            "http://",
            "http:///path",
            "http:relative",
            "1a:b",
            "ab=c://should.fail.com",
            ":no-scheme",
            "http://example.org/a b",
            "http://example.org/<a>",
            "http://example.org/%zz",
            "http://example.org/%2",
        ] {
            assert!(!is_iri(text), "{text}");
        }
    }
}
