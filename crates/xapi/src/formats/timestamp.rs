//! Timestamps: RFC 3339, and what else of ISO 8601 a statement of 1.0.3 may carry.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};

use crate::Version;

/// Reads a timestamp. 2.0 asks for RFC 3339; 1.0.3 only for ISO 8601 (Data 4.5), so there the
/// offset may be short (`+01`, `+0100`) or absent, which is read as UTC. An offset of minus nought
/// does not exist in ISO 8601.
pub fn parse_timestamp(text: &str, version: Version) -> Option<DateTime<Utc>> {
    if !text.is_ascii() || text.get(10..11)? != "T" || text.contains(' ') {
        return None;
    }
    let zone_at = text[11..].find(['Z', '+', '-']).map(|at| at + 11);
    let (clock, zone) = text.split_at(zone_at.unwrap_or(text.len()));
    let minus_nought =
        zone.starts_with('-') && !zone.contains(|c: char| c.is_ascii_digit() && c != '0');
    let short = zone.is_empty() || matches!(zone.len(), 3 | 5);
    if minus_nought || (version == Version::V2_0_0 && short) || !clock_is_complete(clock) {
        return None;
    }
    let full_zone = match zone.len() {
        0 => "Z".to_owned(),
        3 => format!("{zone}:00"),
        5 => format!("{}:{}", &zone[..3], &zone[3..]),
        _ => zone.to_owned(),
    };
    let parsed = DateTime::parse_from_rfc3339(&format!("{clock}{full_zone}")).ok()?;
    Some(parsed.with_timezone(&Utc))
}

/// `2015-11-18T12:17:00` with any number of decimals; the hour must be one that chrono takes.
fn clock_is_complete(clock: &str) -> bool {
    let decimals_ok = match clock.split_once('.') {
        Some((_, decimals)) => {
            !decimals.is_empty() && decimals.bytes().all(|byte| byte.is_ascii_digit())
        }
        None => true,
    };
    decimals_ok && NaiveDateTime::parse_from_str(clock, "%Y-%m-%dT%H:%M:%S%.f").is_ok()
}

/// Writes a timestamp in UTC with milliseconds: `2026-09-01T08:30:00.000Z`.
pub fn render_timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        for text in [
            "2014-07-11T13:51:03.971Z",
            "2013-05-18T05:32:34.804+00:00",
            "2013-05-18T05:32:34-12:30",
            "2013-05-18T05:32:34.123456789Z",
        ] {
            assert!(parse_timestamp(text, Version::V1_0_3).is_some(), "{text}");
            assert!(parse_timestamp(text, Version::V2_0_0).is_some(), "{text}");
        }
        for text in [
            "2013-05-18T05:32:34",
            "2013-05-18T05:32:34+01",
            "2013-05-18T05:32:34.8+0100",
        ] {
            assert!(parse_timestamp(text, Version::V1_0_3).is_some(), "{text}");
            assert!(parse_timestamp(text, Version::V2_0_0).is_none(), "{text}");
        }
        for text in [
            "",
            "should fail",
            "01/011/2015",
            "2015-01-01",
            "2015-13-01T00:00:00Z",
            "2015-02-30T00:00:00Z",
            "2015-01-01T25:00:00Z",
            "2015-01-01T00:00Z",
            "2015-01-01 00:00:00Z",
            "2008-09-15T15:53:00.601-00",
            "2008-09-15T15:53:00.601-0000",
            "2008-09-15T15:53:00.601-00:00",
            "2008-09-15T15:53:00.Z",
            "2008-09-15T15:53:00+1:00",
            "2008-09-15T15:53:00Zjunk",
            "２008-09-15T15:53:00Z",
        ] {
            assert!(parse_timestamp(text, Version::V1_0_3).is_none(), "{text}");
        }
    }

    #[test]
    fn offsets_are_converted_and_rendered() {
        let time = parse_timestamp("2013-05-18T05:32:34.8049+01", Version::V1_0_3).unwrap();
        assert_eq!(render_timestamp(time), "2013-05-18T04:32:34.804Z");
    }
}
