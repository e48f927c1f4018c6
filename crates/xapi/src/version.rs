//! The versions of xAPI that are spoken, and how requests and statements name them.

use serde::{Deserialize, Serialize};

/// A version of the specification; a patch version makes no difference to the rules.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize,
)]
pub enum Version {
    /// xAPI 1.0.3.
    #[default]
    #[serde(rename = "1.0.3")]
    V1_0_3,
    /// IEEE 9274.1.1, xAPI 2.0.0.
    #[serde(rename = "2.0.0")]
    V2_0_0,
}

impl Version {
    /// Every version that is spoken, oldest first.
    pub const ALL: [Self; 2] = [Self::V1_0_3, Self::V2_0_0];

    /// The value of `X-Experience-API-Version` (Communication 3.3).
    pub const fn header(self) -> &'static str {
        match self {
            Self::V1_0_3 => "1.0.3",
            Self::V2_0_0 => "2.0.0",
        }
    }

    /// The `version` that a statement gets when it arrives without one (Data 2.4.10).
    pub const fn statement_version(self) -> &'static str {
        match self {
            Self::V1_0_3 => "1.0.0",
            Self::V2_0_0 => "2.0.0",
        }
    }

    /// Reads `X-Experience-API-Version`: `1.0`, `1.0.x`, `2.0` and `2.0.x` are spoken, all
    /// others are `None` and are to be refused (Communication 3.3).
    pub fn parse_header(value: &str) -> Option<Self> {
        let (minor, patch) = match value.match_indices('.').nth(1) {
            Some((dot, _)) => (&value[..dot], Some(&value[dot + 1..])),
            None => (value, None),
        };
        let patch_is_number = patch
            .is_none_or(|patch| !patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit()));
        match minor {
            "1.0" if patch_is_number => Some(Self::V1_0_3),
            "2.0" if patch_is_number => Some(Self::V2_0_0),
            _ => None,
        }
    }

    /// Whether a statement that says it is of `version` may come in a request of this version:
    /// an LRS of 2.0 also takes the statements of 1.0 (IEEE 9274.1.1, 4.2.4.2).
    pub fn accepts_statement_version(self, version: &str) -> bool {
        match Self::parse_header(version) {
            Some(Self::V1_0_3) => true,
            Some(Self::V2_0_0) => self == Self::V2_0_0,
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Version::{self, V1_0_3, V2_0_0};

    #[test]
    fn headers() {
        let table = [
            ("1.0", Some(V1_0_3)),
            ("1.0.0", Some(V1_0_3)),
            ("1.0.3", Some(V1_0_3)),
            ("1.0.9", Some(V1_0_3)),
            ("2.0.0", Some(V2_0_0)),
            ("2.0", Some(V2_0_0)),
            ("0.9", None),
            ("0.9.9", None),
            ("1.1.0", None),
            ("2.1.0", None),
            ("1.0.", None),
            ("1.0.x", None),
            ("1", None),
            ("", None),
        ];
        for (header, expected) in table {
            assert_eq!(Version::parse_header(header), expected, "{header:?}");
        }
    }
}
