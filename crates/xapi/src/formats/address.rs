//! `mailto:` addresses and hexadecimal digests.

/// Whether the text is `mailto:` and exactly one address (Data 2.4.2.3).
pub fn is_mailto(text: &str) -> bool {
    let Some(address) = text.strip_prefix("mailto:") else {
        return false;
    };
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let local_ok = !local.is_empty()
        && (quoted || !local.contains(['@', ',', ';', ':', '"', '<', '>', '(', ')', '[', ']']))
        && !local.contains(|c: char| c.is_whitespace() || c.is_control());
    let domain_ok = !domain.is_empty()
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with(['.', '-'])
        && !domain.contains("..")
        && !domain.contains(|c: char| {
            c.is_whitespace() || c.is_control() || ",;<>()\"?#/\\%&=".contains(c)
        });
    local_ok && domain_ok
}

/// Whether the text is a SHA-1 digest: 40 hexadecimal digits.
pub fn is_sha1_hex(text: &str) -> bool {
    text.len() == 40 && is_hex(text)
}

/// Whether the text is a digest of the SHA-2 family: 56, 64, 96 or 128 hexadecimal digits.
pub fn is_sha2_hex(text: &str) -> bool {
    matches!(text.len(), 56 | 64 | 96 | 128) && is_hex(text)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for text in [
            "mailto:xapi@adlnet.gov",
            "mailto:o'brien+tag@example.ac.uk",
            "mailto:名前@例え.jp",
            "mailto:\"a@b\"@example.org",
        ] {
            assert!(is_mailto(text), "{text}");
        }
        for text in [
            "",
            "xapi@adlnet.gov",
            "mailto:",
            "mailto:xapi",
            "mailto:@adlnet.gov",
            "mailto:xapi@",
            "MAILTO:xapi@adlnet.gov",
            "mailto:a@b@c.org",
            "mailto:a@b.org,c@d.org",
            "mailto:a b@c.org",
            "mailto:a@c.org?subject=x",
            "mailto:a@.org",
            "http://should.fail.com",
        ] {
            assert!(!is_mailto(text), "{text}");
        }
    }

    #[test]
    fn digests() {
        assert!(is_sha1_hex("cd9b00a5611f94eaa7b1661edab976068e364975"));
        assert!(!is_sha1_hex("cd9b00a5611f94eaa7b1661edab976068e36497"));
        assert!(!is_sha1_hex("zd9b00a5611f94eaa7b1661edab976068e364975"));
        assert!(is_sha2_hex(&"a".repeat(64)));
        assert!(!is_sha2_hex(&"a".repeat(40)));
        assert!(!is_sha2_hex(&"g".repeat(64)));
    }
}
