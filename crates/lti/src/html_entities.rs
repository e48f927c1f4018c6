//! Undoing HTML escapes in plain text: Moodle sends names of its roster escaped.

/// Replaces `&amp;`, `&lt;`, `&gt;`, `&quot;`, `&apos;`, `&nbsp;` and numeric references; the rest stays as it is.
pub(crate) fn unescape_html(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        // `&#x10FFFF;` is the longest reference there is.
        let end = rest.bytes().take(10).position(|byte| byte == b';');
        let found = end.and_then(|end| Some((find_character(&rest[1..end])?, end + 1)));
        let (character, length) = found.unwrap_or(('&', 1));
        plain.push(character);
        rest = &rest[length..];
    }
    plain.push_str(rest);
    plain
}

fn find_character(name: &str) -> Option<char> {
    match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        "nbsp" => return Some('\u{a0}'),
        _ => {}
    }
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|character| !character.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_once() {
        let table = [
            ("Sean O'Neil &amp; Sons", "Sean O'Neil & Sons"),
            ("O&#39;Neil &#039;x&#039; &#x27;y&#x27;", "O'Neil 'x' 'y'"),
            ("&lt;b&gt; &quot;q&quot;", "<b> \"q\""),
            ("&amp;amp;", "&amp;"),
            ("R&D & Co; &unknown; &", "R&D & Co; &unknown; &"),
            ("&#0;&#xD800;&#99999999;", "&#0;&#xD800;&#99999999;"),
            ("Sören 王 &", "Sören 王 &"),
            ("&王;", "&王;"),
            ("", ""),
        ];
        for (escaped, plain) in table {
            assert_eq!(unescape_html(escaped), plain);
        }
    }
}
