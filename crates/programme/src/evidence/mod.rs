//! Evidence: files and links that support a participant's work, and what is accepted as such.

mod content;
mod file_name;
mod link;
mod media_type;
mod zip_names;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use content::verify_content;
pub use file_name::{MAX_FILE_NAME_CHARS, clean_file_name};
pub use link::{MAX_LINK_CHARS, parse_link};
pub use media_type::{MediaType, find_media_type};

use crate::ids::EvidenceId;

/// The largest file that is accepted, in bytes: 25 MiB.
pub const MAX_FILE_BYTES: u64 = 25 * 1024 * 1024;
/// The most files and links one attempt can have.
pub const MAX_ITEMS: usize = 40;
/// The longest caption, in characters.
pub const MAX_CAPTION_CHARS: usize = 200;

/// One piece of evidence, as listed in a draft's page and frozen into a snapshot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceItem {
    /// Its id in the store.
    pub id: EvidenceId,
    /// What it shows, in the participant's words; see [`clean_caption`].
    pub caption: String,
    /// The file or link.
    pub source: EvidenceSource,
}

/// Where evidence comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceSource {
    /// An uploaded file; the bytes are held elsewhere under the evidence's id.
    File {
        /// A safe name, made by [`clean_file_name`].
        name: String,
        /// What it was found to be.
        media_type: MediaType,
        /// In bytes.
        size: u64,
        /// SHA-256 of the bytes, lower-case hexadecimal.
        sha256: String,
    },
    /// A link, made by [`parse_link`].
    Link {
        /// The address, http or https.
        url: String,
    },
}

/// What is known about an upload that was accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AcceptedFile {
    /// A safe name with the extension of its type.
    pub name: String,
    /// What it is.
    pub media_type: MediaType,
    /// In bytes.
    pub size: u64,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
}

impl AcceptedFile {
    /// SHA-256 of the bytes in lower-case hexadecimal.
    pub fn sha256_hex(&self) -> String {
        crate::scenario::write_hex(&self.sha256)
    }

    /// The evidence's source.
    pub fn into_source(self) -> EvidenceSource {
        EvidenceSource::File {
            sha256: self.sha256_hex(),
            name: self.name,
            media_type: self.media_type,
            size: self.size,
        }
    }
}

/// Looks at an upload: its size, its name, what the browser called it, and what its bytes are.
///
/// # Errors
/// The first reason against it, in words for the person who chose the file.
pub fn accept_file(
    raw_name: &str,
    declared_type: Option<&str>,
    bytes: &[u8],
) -> Result<AcceptedFile, EvidenceError> {
    let size = bytes.len() as u64;
    verify_size(size)?;
    let media_type = find_media_type(raw_name, declared_type)?;
    verify_content(media_type, bytes)?;
    Ok(AcceptedFile {
        name: clean_file_name(raw_name, media_type),
        media_type,
        size,
        sha256: Sha256::digest(bytes).into(),
    })
}

/// Whether a file of this many bytes is accepted; call it early, on the declared length.
///
/// # Errors
/// The file is empty or larger than [`MAX_FILE_BYTES`].
pub const fn verify_size(size: u64) -> Result<(), EvidenceError> {
    match size {
        0 => Err(EvidenceError::Empty),
        size if size > MAX_FILE_BYTES => Err(EvidenceError::TooLarge { size }),
        _ => Ok(()),
    }
}

/// A caption without control characters and blanks around it, on one line.
///
/// # Errors
/// It is longer than [`MAX_CAPTION_CHARS`].
pub fn clean_caption(raw: &str) -> Result<String, EvidenceError> {
    let words: Vec<&str> = raw
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let caption = words.join(" ");
    if caption.chars().count() > MAX_CAPTION_CHARS {
        return Err(EvidenceError::CaptionTooLong);
    }
    Ok(caption)
}

/// Why evidence was not accepted, in words for the participant.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// A file without content.
    #[error(
        "The file is empty. Choose it again; if it is on a phone or in the cloud, wait until it has been downloaded."
    )]
    Empty,
    /// Larger than the limit.
    #[error("The file has {} MB and can have 25 MB. Shorten or compress it, or put it where your school keeps such files and add a link.", size.div_ceil(1024 * 1024))]
    TooLarge {
        /// The size in bytes.
        size: u64,
    },
    /// A type that is not accepted.
    #[error("Files like “{name}” are not accepted. {mend}")]
    Type {
        /// The file's name, cleaned.
        name: String,
        /// What to do instead.
        mend: &'static str,
    },
    /// The browser's word for the type and the file's name disagree.
    #[error("The name of the file ends like {}, but your browser sent it as {declared}. Check that the ending is right.", expected.title())]
    Declared {
        /// The type that the name says.
        expected: MediaType,
        /// The type that was declared.
        declared: String,
    },
    /// The bytes are not what the name says.
    #[error("The file is called {}, but its content is {found}. Save it again from the program that made it, then upload that file.", expected.title())]
    Content {
        /// The type that the name says.
        expected: MediaType,
        /// What the content looks like.
        found: &'static str,
    },
    /// A document with macros.
    #[error(
        "The document contains macros, which are not accepted. Save it without macros (.docx, .xlsx or .pptx), then upload that file."
    )]
    Macros,
    /// A caption that is too long.
    #[error("The caption can have 200 characters. Say the rest in “What happened”.")]
    CaptionTooLong,
    /// A link that is not accepted.
    #[error("The link is not accepted: {reason}.")]
    Link {
        /// What is wrong with it, and what to do.
        reason: &'static str,
    },
}

impl EvidenceError {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "evidence_empty",
            Self::TooLarge { .. } => "evidence_too_large",
            Self::Type { .. } => "evidence_type",
            Self::Declared { .. } => "evidence_declared",
            Self::Content { .. } => "evidence_content",
            Self::Macros => "evidence_macros",
            Self::CaptionTooLong => "evidence_caption",
            Self::Link { .. } => "evidence_link",
        }
    }
}

#[cfg(test)]
#[path = "evidence_tests.rs"]
mod tests;
