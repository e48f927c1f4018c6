//! The text formats of xAPI: IRIs, language tags, timestamps, durations, UUIDs, addresses.

mod address;
mod duration;
mod iri;
mod language;
mod media_type;
mod timestamp;

pub use address::{is_mailto, is_sha1_hex, is_sha2_hex};
pub use duration::{is_duration, truncated_to_hundredths};
pub use iri::is_iri;
pub use language::is_language_tag;
pub use media_type::is_media_type;
pub use timestamp::{parse_timestamp, render_timestamp};

use uuid::Uuid;

/// Reads a UUID in its standard form (`8-4-4-4-12` hexadecimal digits; Data 4.4): no braces, no
/// `urn:uuid:`, no bare digits.
pub fn parse_uuid(text: &str) -> Option<Uuid> {
    if text.len() == 36 {
        Uuid::try_parse(text).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids() {
        assert!(parse_uuid("AA97B177-9383-4934-8543-0F91A7A02836").is_some());
        for text in [
            "",
            "AA97B177-9383-4934-8543-0F91A7A028368",
            "MA97B177-9383-4934-8543-0F91A7A02836",
            "AA97B177938349348543-0F91A7A02836----",
            "AA97B1779383493485430F91A7A02836",
            "{AA97B177-9383-4934-8543-0F91A7A02836}",
            "urn:uuid:AA97B177-9383-4934-8543-0F91A7A02836",
        ] {
            assert!(parse_uuid(text).is_none(), "{text}");
        }
    }
}
