//! The frozen scenario: canonical bytes and their digest, made once at submission and never changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Field, Gap, ScenarioDraft, find_gaps};
use crate::evidence::EvidenceItem;

/// The format's name and version, the first member of every snapshot. A change of shape is a new
/// version; snapshots of earlier versions stay as they are.
pub const SNAPSHOT_FORMAT: &str = "mtl-scenario/1";

/// Submitted work as it was at that moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    bytes: Vec<u8>,
    sha256: [u8; 32],
}

impl Snapshot {
    /// The canonical JSON: no white space, members in a fixed order, texts in the order of
    /// [`Field::ALL`], evidence in the order of its ids. Store these bytes, never a re-encoding.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The canonical JSON as the text that it is.
    pub fn as_str(&self) -> &str {
        // Made by serde_json alone, which writes UTF-8; an empty text would show at once.
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }

    /// The bytes, for the store.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// SHA-256 of the bytes.
    pub const fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// SHA-256 of the bytes in lower-case hexadecimal.
    pub fn sha256_hex(&self) -> String {
        write_hex(&self.sha256)
    }
}

/// What a snapshot says, for the page that shows submitted work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenScenario {
    format: String,
    /// The revision of the draft that was frozen.
    pub revision: u32,
    /// The words of the work, references left out.
    pub words: u32,
    /// The texts that were not empty.
    pub texts: BTreeMap<Field, String>,
    /// The files (with their digests) and links.
    pub evidence: Vec<EvidenceItem>,
}

impl FrozenScenario {
    /// Reads stored bytes after comparing them with the digest that was stored beside them.
    ///
    /// # Errors
    /// The bytes are not those that were frozen, or not a scenario of this version.
    pub fn parse(bytes: &[u8], sha256: &[u8; 32]) -> Result<Self, SnapshotError> {
        if digest(bytes) != *sha256 {
            return Err(SnapshotError::Altered);
        }
        let frozen: Self = serde_json::from_slice(bytes)
            .map_err(|error| SnapshotError::Form(error.to_string()))?;
        if frozen.format == SNAPSHOT_FORMAT {
            Ok(frozen)
        } else {
            Err(SnapshotError::OtherFormat(frozen.format))
        }
    }

    /// The text of a field, empty if nothing was written.
    pub fn text(&self, field: Field) -> &str {
        self.texts.get(&field).map_or("", String::as_str)
    }
}

/// Freezes a draft with its evidence for submission.
///
/// # Errors
/// Something is missing that must not be; the gaps say what.
pub fn freeze(draft: &ScenarioDraft, evidence: &[EvidenceItem]) -> Result<Snapshot, SnapshotError> {
    let blocking: Vec<Gap> = find_gaps(draft, evidence, None)
        .into_iter()
        .filter(|gap| gap.blocks)
        .collect();
    if !blocking.is_empty() {
        return Err(SnapshotError::Incomplete(blocking));
    }
    let mut evidence = evidence.to_vec();
    evidence.sort_by_key(|item| item.id);
    let frozen = FrozenScenario {
        format: SNAPSHOT_FORMAT.to_owned(),
        revision: draft.revision(),
        words: draft.words(),
        texts: Field::ALL
            .into_iter()
            .filter(|field| !draft.text(*field).is_empty())
            .map(|field| (field, draft.text(field).to_owned()))
            .collect(),
        evidence,
    };
    let bytes =
        serde_json::to_vec(&frozen).map_err(|error| SnapshotError::Form(error.to_string()))?;
    let sha256 = digest(&bytes);
    Ok(Snapshot { bytes, sha256 })
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

pub(crate) fn write_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Why work could not be frozen, or frozen work not read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Something is missing; every gap in the list blocks.
    #[error("The work cannot be submitted yet: {}", .0.first().map_or("", |gap| &gap.message))]
    Incomplete(Vec<Gap>),
    /// The stored bytes do not have the stored digest.
    #[error("The stored work is not what was submitted: its digest differs.")]
    Altered,
    /// A snapshot of another version.
    #[error("The stored work has the format {0:?}, and this version reads mtl-scenario/1.")]
    OtherFormat(String),
    /// The bytes are not a snapshot.
    #[error("The stored work cannot be read: {0}.")]
    Form(String),
}

impl SnapshotError {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Incomplete(_) => "snapshot_incomplete",
            Self::Altered => "snapshot_altered",
            Self::OtherFormat(_) => "snapshot_other_format",
            Self::Form(_) => "snapshot_form",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{EvidenceSource, MediaType};
    use crate::ids::EvidenceId;
    use crate::scenario::{Stage, StageEdit};
    use uuid::Uuid;

    fn complete_draft() -> ScenarioDraft {
        Stage::ALL
            .into_iter()
            .fold(ScenarioDraft::default(), |draft, stage| {
                let edit = StageEdit {
                    stage,
                    based_on: draft.revision(),
                    writer: Some("w".to_owned()),
                    texts: Field::of_stage(stage)
                        .filter(|field| field.is_required())
                        .map(|field| (field, format!("My {field}.")))
                        .collect(),
                };
                draft.apply(&edit, None).unwrap().draft
            })
    }

    fn evidence() -> Vec<EvidenceItem> {
        vec![
            EvidenceItem {
                id: EvidenceId(Uuid::from_u128(2)),
                caption: "Blog".to_owned(),
                source: EvidenceSource::Link {
                    url: "https://example.org/".to_owned(),
                },
            },
            EvidenceItem {
                id: EvidenceId(Uuid::from_u128(1)),
                caption: "Lesson plan".to_owned(),
                source: EvidenceSource::File {
                    name: "plan.pdf".to_owned(),
                    media_type: MediaType::Pdf,
                    size: 12,
                    sha256: "ab".repeat(32),
                },
            },
        ]
    }

    #[test]
    fn bytes_and_digest_are_fixed_for_ever() {
        let snapshot = freeze(&complete_draft(), &evidence()).unwrap();
        assert_eq!(
            snapshot.as_str(),
            concat!(
                r#"{"format":"mtl-scenario/1","revision":6,"words":20,"texts":{"#,
                r#""setting":"My setting.","question":"My question.","actions":"My actions.","#,
                r#""measures":"My measures.","ethics":"My ethics.","account":"My account.","#,
                r#""theory":"My theory.","practice-reply":"My practice-reply.","#,
                r#""references":"My references.","learning":"My learning.","pupils":"My pupils."},"#,
                r#""evidence":[{"id":"00000000-0000-0000-0000-000000000001","caption":"Lesson plan","#,
                r#""source":{"file":{"name":"plan.pdf","media_type":"application/pdf","size":12,"#,
                r#""sha256":"abababababababababababababababababababababababababababababababab"}}},"#,
                r#"{"id":"00000000-0000-0000-0000-000000000002","caption":"Blog","#,
                r#""source":{"link":{"url":"https://example.org/"}}}]}"#
            )
        );
        assert_eq!(snapshot.sha256_hex(), write_hex(snapshot.sha256()));
        let mut reversed = evidence();
        reversed.reverse();
        assert_eq!(freeze(&complete_draft(), &reversed).unwrap(), snapshot);
    }

    #[test]
    fn reads_back_and_notices_a_changed_byte() {
        let snapshot = freeze(&complete_draft(), &evidence()).unwrap();
        let frozen = FrozenScenario::parse(snapshot.bytes(), snapshot.sha256()).unwrap();
        assert_eq!(frozen.text(Field::Question), "My question.");
        assert_eq!(frozen.text(Field::NextSteps), "");
        assert_eq!(frozen.evidence.len(), 2);
        let mut bytes = snapshot.bytes().to_vec();
        bytes[80] ^= 1;
        assert_eq!(
            FrozenScenario::parse(&bytes, snapshot.sha256()),
            Err(SnapshotError::Altered)
        );
        let other =
            br#"{"format":"mtl-scenario/9","revision":0,"words":0,"texts":{},"evidence":[]}"#;
        assert_eq!(
            FrozenScenario::parse(other, &digest(other)),
            Err(SnapshotError::OtherFormat("mtl-scenario/9".to_owned()))
        );
        assert_eq!(
            FrozenScenario::parse(b"[]", &digest(b"[]"))
                .unwrap_err()
                .code(),
            "snapshot_form"
        );
    }

    #[test]
    fn unfinished_work_is_not_frozen() {
        let error = freeze(&ScenarioDraft::default(), &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "The work cannot be submitted yet: Describe your setting: the class, the school, and what made you look."
        );
    }
}
