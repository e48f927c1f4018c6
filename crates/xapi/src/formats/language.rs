//! Language tags: the grammar of RFC 5646, section 2.1, without its registry.

/// The tags that the grammar does not cover and RFC 5646 keeps for the sake of age.
const IRREGULAR: [&str; 17] = [
    "en-GB-oed",
    "i-ami",
    "i-bnn",
    "i-default",
    "i-enochian",
    "i-hak",
    "i-klingon",
    "i-lux",
    "i-mingo",
    "i-navajo",
    "i-pwn",
    "i-tao",
    "i-tay",
    "i-tsu",
    "sgn-BE-FR",
    "sgn-BE-NL",
    "sgn-CH-DE",
];

/// Whether the text is a well-formed language tag (Data 4.2).
pub fn is_language_tag(text: &str) -> bool {
    if IRREGULAR.iter().any(|tag| tag.eq_ignore_ascii_case(text)) {
        return true;
    }
    let mut subtags = Subtags {
        rest: text.split('-').collect(),
        next: 0,
    };
    if subtags.rest.iter().any(|s| !is_alphanumeric(s, 1, 8)) {
        return false;
    }
    if subtags.private_use() {
        return subtags.is_empty();
    }
    let Some(language) = subtags.take(|s| is_alphabetic(s, 2, 8)) else {
        return false;
    };
    if language.len() <= 3 {
        for _ in 0..3 {
            subtags.take(|s| is_alphabetic(s, 3, 3));
        }
    }
    subtags.take(|s| is_alphabetic(s, 4, 4));
    subtags.take(|s| is_alphabetic(s, 2, 2) || is_digits(s, 3));
    while subtags.take(is_variant).is_some() {}
    while subtags
        .take(|s| s.len() == 1 && !s.eq_ignore_ascii_case("x"))
        .is_some()
    {
        if subtags.take(|s| s.len() >= 2).is_none() {
            return false;
        }
        while subtags.take(|s| s.len() >= 2).is_some() {}
    }
    subtags.private_use();
    subtags.is_empty()
}

struct Subtags<'t> {
    rest: Vec<&'t str>,
    next: usize,
}

impl<'t> Subtags<'t> {
    fn take(&mut self, fits: impl Fn(&str) -> bool) -> Option<&'t str> {
        let subtag = self
            .rest
            .get(self.next)
            .copied()
            .filter(|subtag| fits(subtag))?;
        self.next += 1;
        Some(subtag)
    }

    /// `x` and at least one subtag of any length; consumes all that is left.
    fn private_use(&mut self) -> bool {
        let found = self.rest.len() > self.next + 1
            && self
                .take(|subtag| subtag.eq_ignore_ascii_case("x"))
                .is_some();
        if found {
            self.next = self.rest.len();
        }
        found
    }

    fn is_empty(&self) -> bool {
        self.next == self.rest.len()
    }
}

fn is_variant(subtag: &str) -> bool {
    is_alphanumeric(subtag, 5, 8)
        || (subtag.len() == 4 && subtag.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_alphabetic(subtag: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_alphanumeric(subtag: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn is_digits(subtag: &str, length: usize) -> bool {
    subtag.len() == length && subtag.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for tag in [
            "en",
            "en-GB",
            "en-US",
            "de-DE",
            "zh-Hant",
            "sr-Latn-RS",
            "es-419",
            "es-MX",
            "ase",
            "tlh",
            "cmn-Hans-CN",
            "zh-cmn-Hans-CN",
            "sl-rozaj-biske",
            "de-CH-1996",
            "en-a-myext-b-another",
            "x-whatever",
            "de-x-private",
            "i-klingon",
            "EN-gb",
            "cy",
        ] {
            assert!(is_language_tag(tag), "{tag}");
        }
        for tag in [
            "",
            "a12345678",
            "e",
            "en_GB",
            "en-",
            "-en",
            "en--GB",
            "a-DE",
            "en-GB-",
            "123",
            "en-a",
            "x",
            "de-419-DE",
            "should fail",
            "undetermined-language",
            "ü",
        ] {
            assert!(!is_language_tag(tag), "{tag}");
        }
    }
}
