//! Times as the services write them: whole seconds, in UTC.

use chrono::{DateTime, SecondsFormat, Utc};

/// `2026-11-23T15:33:20Z`. Fractions are cut off: Moodle compares scores by the second.
pub fn format_timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Reads what platforms write; one without a zone counts as UTC.
pub fn parse_timestamp(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .or_else(|_| {
            text.parse::<chrono::NaiveDateTime>()
                .map(|time| time.and_utc())
        })
        .ok()
}

/// For `#[serde(with)]` on a time that must be there.
pub(crate) mod required {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{DateTime, Utc, format_timestamp, parse_timestamp};

    pub(crate) fn serialize<S: Serializer>(
        time: &DateTime<Utc>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format_timestamp(*time))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<DateTime<Utc>, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_timestamp(&text).ok_or_else(|| serde::de::Error::custom("not a time"))
    }
}

/// For `#[serde(with)]` on a time that need not be there; an unreadable one counts as absent.
pub(crate) mod optional {
    use serde::{Deserializer, Serializer};

    use super::{DateTime, Utc, format_timestamp, parse_timestamp};

    #[expect(
        clippy::ref_option,
        reason = "serde hands over a reference to the field"
    )]
    pub(crate) fn serialize<S: Serializer>(
        time: &Option<DateTime<Utc>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.serialize_str(&format_timestamp(*time)),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        let text = crate::claims::deserialize_optional_text(deserializer)?;
        Ok(text.and_then(|text| parse_timestamp(&text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_seconds_in_utc() {
        for text in [
            "2026-11-23T15:33:20Z",
            "2026-11-23T15:33:20.999Z",
            "2026-11-23T15:33:20+00:00",
            "2026-11-23T16:33:20.5+01:00",
            "2026-11-23T15:33:20",
        ] {
            let time = parse_timestamp(text).unwrap();
            assert_eq!(format_timestamp(time), "2026-11-23T15:33:20Z", "{text}");
        }
        assert_eq!(parse_timestamp("yesterday"), None);
    }
}
