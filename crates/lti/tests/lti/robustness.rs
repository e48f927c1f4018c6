//! Whatever bytes come in, nothing panics and nothing is let through.

use mtl_lti::ags::{GradeResult, LineItem};
use mtl_lti::claims::CustomParameters;
use mtl_lti::nrps::MembershipContainer;
use mtl_lti::paging::find_next_page;
use mtl_lti::{KeySet, LaunchRefusal, Role, UnverifiedIdToken};
use url::Url;

use crate::tokens::{Platform, good_claims};

#[test]
fn a_token_cut_off_anywhere_is_refused() {
    let platform = Platform::new();
    let token = platform.key.sign(&good_claims()).unwrap();
    for length in 1..token.len() {
        let refusal = platform.verify(&token[..length]).unwrap_err();
        let is_expected = matches!(
            refusal,
            LaunchRefusal::TokenTruncated | LaunchRefusal::TokenMalformed
        );
        assert!(is_expected, "{length}: {refusal}");
        if !token[..length].ends_with('.') && token[..length].matches('.').count() != 1 {
            assert_eq!(refusal, LaunchRefusal::TokenTruncated, "{length}");
        }
    }
}

#[test]
fn a_token_with_any_character_changed_is_refused() {
    let platform = Platform::new();
    let token = platform.key.sign(&good_claims()).unwrap();
    for position in 0..token.len() {
        for other in [b'A', b'z', b'.', b'=', b' ', b'"'] {
            let mut bytes = token.clone().into_bytes();
            if bytes[position] == other {
                continue;
            }
            bytes[position] = other;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(platform.verify(&changed).is_err(), "{position} {other}");
        }
    }
}

/// Random numbers that are the same in every run.
struct Lottery(u64);

impl Lottery {
    fn draw(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, alphabet: &[u8]) -> Vec<u8> {
        let length = self.draw() % 200;
        (0..length)
            .map(|_| {
                let index = usize::try_from(self.draw() % alphabet.len() as u64).unwrap();
                alphabet[index]
            })
            .collect()
    }
}

#[test]
fn random_bytes_are_no_token_and_no_document() {
    let everything: Vec<u8> = (0..=255).collect();
    let json: &[u8] = br#"{}[]":,0123456789.eE-+truefalsnu\ keysmembridauhx<>;&#"#;
    let base = Url::parse("https://lms.example/").unwrap();
    let mut lottery = Lottery(0x9e37_79b9_7f4a_7c15);
    for round in 0..20_000 {
        let alphabet = if round % 2 == 0 { json } else { &everything };
        let bytes = lottery.bytes(alphabet);
        let text = String::from_utf8_lossy(&bytes);
        assert!(UnverifiedIdToken::parse(&text).is_err());
        let _ = KeySet::parse(&bytes);
        let _ = MembershipContainer::parse(&bytes);
        let _ = LineItem::parse_list(&bytes);
        let _ = GradeResult::parse_list(&bytes);
        let _ = find_next_page([bytes.as_slice()], &base);
        let _ = Role::parse(&text);
        let _ = serde_json::from_slice::<CustomParameters>(&bytes);
    }
}

#[test]
fn deep_nesting_does_not_exhaust_the_stack() {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let header = encode(r#"{"alg":"RS256","kid":"k"}"#);
    for nested in [
        format!("{}{}", "[".repeat(20_000), "]".repeat(20_000)),
        format!(r#"{{"aud":{}1{}}}"#, "[".repeat(20_000), "]".repeat(20_000)),
        format!(
            r#"{{"https://purl.imsglobal.org/spec/lti/claim/custom":{}1{}}}"#,
            r#"{"a":"#.repeat(7000),
            "}".repeat(7000)
        ),
    ] {
        let token = format!("{header}.{}.c2ln", encode(&nested));
        // Refused, or read with that claim unreadable: both will do.
        let _ = UnverifiedIdToken::parse(&token);
    }
}
