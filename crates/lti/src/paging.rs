//! The `Link` headers of paged answers (RFC 8288), as platforms really write them.

use url::Url;

/// The page after this one: the link of relation `next`.
///
/// Header values are taken as bytes, since Moodle's hold typographic quotation marks. `base` is the URL
/// that was asked, for relative links.
pub fn find_next_page<'a>(headers: impl IntoIterator<Item = &'a [u8]>, base: &Url) -> Option<Url> {
    find_link(headers, "next", base)
}

/// What changed since: the link of relation `differences` (NRPS 2.0 §2.4.3).
pub fn find_differences<'a>(
    headers: impl IntoIterator<Item = &'a [u8]>,
    base: &Url,
) -> Option<Url> {
    find_link(headers, "differences", base)
}

fn find_link<'a>(
    headers: impl IntoIterator<Item = &'a [u8]>,
    relation: &str,
    base: &Url,
) -> Option<Url> {
    headers.into_iter().find_map(|header| {
        let header = String::from_utf8_lossy(header);
        let target = find_target(&header, relation)?;
        // Moodle escapes the URL as if it stood in a page.
        base.join(&target.replace("&amp;", "&")).ok()
    })
}

/// Entries are found by their angle brackets, not by commas: Canvas puts no space after a comma, and a
/// comma may stand in a URL.
fn find_target<'a>(header: &'a str, relation: &str) -> Option<&'a str> {
    let mut rest = header;
    loop {
        let start = rest.find('<')? + 1;
        let end = start + rest[start..].find('>')?;
        let target = rest[start..end].trim();
        let parameters = &rest[end + 1..];
        let parameters = &parameters[..parameters.find('<').unwrap_or(parameters.len())];
        if has_relation(parameters, relation) {
            return Some(target);
        }
        rest = &rest[end + 1..];
    }
}

fn has_relation(parameters: &str, relation: &str) -> bool {
    parameters.split([';', ',']).any(|parameter| {
        let Some((name, value)) = parameter.split_once('=') else {
            return false;
        };
        // `“next”` in any of the ways in which it can be mangled on its way.
        let value = value.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        name.trim().eq_ignore_ascii_case("rel")
            && value
                .split_ascii_whitespace()
                .any(|one| one.eq_ignore_ascii_case(relation))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(header: &str) -> Option<String> {
        let base = Url::parse("https://lms.example/api/items?page=1").unwrap();
        find_next_page([header.as_bytes()], &base).map(String::from)
    }

    #[test]
    fn moodles_quotation_marks_and_escapes_are_understood() {
        let header = "<http://127.0.0.1:8090/mod/lti/services.php/2/lineitems?type_id=1&amp;limit=1&amp;from=0>; \
                      rel=“first”, <http://127.0.0.1:8090/mod/lti/services.php/2/lineitems?type_id=1&amp;limit=1\
                      &amp;from=1>; rel=“next”, <http://127.0.0.1:8090/x?from=3>; rel=“last”";
        let expected =
            "http://127.0.0.1:8090/mod/lti/services.php/2/lineitems?type_id=1&limit=1&from=1";
        assert_eq!(next(header).as_deref(), Some(expected));
        // The same bytes, read as Latin-1 on their way.
        let mangled: String = header.bytes().map(char::from).collect();
        assert_eq!(next(&mangled).as_deref(), Some(expected));
    }

    #[test]
    fn canvas_puts_no_space_after_a_comma() {
        let header = r#"<https://c.example/m?page=1&per_page=50>; rel="current",<https://c.example/m?page=2,3>; rel="next",<https://c.example/m?page=1>; rel="first""#;
        assert_eq!(
            next(header).as_deref(),
            Some("https://c.example/m?page=2,3")
        );
    }

    #[test]
    fn other_ways_to_write_it() {
        let table = [
            (
                "</api/items?page=2>; rel=next",
                Some("https://lms.example/api/items?page=2"),
            ),
            (
                r#"<?page=2>; title="x"; REL="NEXT""#,
                Some("https://lms.example/api/items?page=2"),
            ),
            (
                r#"<https://a.example/>; rel="last next""#,
                Some("https://a.example/"),
            ),
            (r#"<https://a.example/>; rel="nextish""#, None),
            (r#"<https://a.example/>; title="next""#, None),
            ("<https://a.example/", None),
            ("rel=next", None),
            ("<http://[>; rel=next", None),
            ("", None),
        ];
        for (header, target) in table {
            assert_eq!(next(header).as_deref(), target, "{header}");
        }
    }

    #[test]
    fn several_headers_are_searched() {
        let base = Url::parse("https://lms.example/").unwrap();
        let headers: [&[u8]; 2] = [
            b"<https://lms.example/1>; rel=first",
            b"<https://lms.example/2>; rel=differences",
        ];
        assert_eq!(find_next_page(headers, &base), None);
        assert_eq!(find_differences(headers, &base).unwrap().path(), "/2");
    }
}
