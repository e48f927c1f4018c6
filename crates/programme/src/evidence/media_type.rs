//! The types of file that are accepted as evidence, and how a name and a browser's word lead to one.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{EvidenceError, file_name};

/// A type of file that is accepted, serialised as its media type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum MediaType {
    /// PDF.
    Pdf,
    /// JPEG picture.
    Jpeg,
    /// PNG picture.
    Png,
    /// `WebP` picture.
    Webp,
    /// HEIC picture, as iPhones take them.
    Heic,
    /// Word document.
    Docx,
    /// `PowerPoint` presentation.
    Pptx,
    /// Excel workbook.
    Xlsx,
    /// `OpenDocument` text.
    Odt,
    /// Plain text.
    Txt,
    /// Comma-separated values.
    Csv,
    /// MP3 sound.
    Mp3,
    /// MPEG-4 sound.
    M4a,
    /// MPEG-4 film.
    Mp4,
}

/// (type, media type, extensions, title, other names that browsers use)
type Row = (
    MediaType,
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

const TABLE: [Row; 14] = [
    (
        MediaType::Pdf,
        "application/pdf",
        &["pdf"],
        "a PDF file",
        &["application/x-pdf"],
    ),
    (
        MediaType::Jpeg,
        "image/jpeg",
        &["jpg", "jpeg"],
        "a JPEG picture",
        &["image/jpg", "image/pjpeg"],
    ),
    (
        MediaType::Png,
        "image/png",
        &["png"],
        "a PNG picture",
        &["image/x-png"],
    ),
    (
        MediaType::Webp,
        "image/webp",
        &["webp"],
        "a WebP picture",
        &[],
    ),
    (
        MediaType::Heic,
        "image/heic",
        &["heic", "heif"],
        "a HEIC picture",
        &["image/heif"],
    ),
    (
        MediaType::Docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        &["docx"],
        "a Word document",
        &["application/msword", "application/zip"],
    ),
    (
        MediaType::Pptx,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        &["pptx"],
        "a PowerPoint presentation",
        &["application/vnd.ms-powerpoint", "application/zip"],
    ),
    (
        MediaType::Xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        &["xlsx"],
        "an Excel workbook",
        &["application/vnd.ms-excel", "application/zip"],
    ),
    (
        MediaType::Odt,
        "application/vnd.oasis.opendocument.text",
        &["odt"],
        "an OpenDocument text",
        &["application/zip"],
    ),
    (
        MediaType::Txt,
        "text/plain",
        &["txt"],
        "a plain text file",
        &[],
    ),
    (
        MediaType::Csv,
        "text/csv",
        &["csv"],
        "a CSV table",
        &[
            "application/vnd.ms-excel",
            "application/csv",
            "text/plain",
            "text/comma-separated-values",
        ],
    ),
    (
        MediaType::Mp3,
        "audio/mpeg",
        &["mp3"],
        "an MP3 recording",
        &["audio/mp3", "audio/mpeg3", "audio/x-mpeg"],
    ),
    (
        MediaType::M4a,
        "audio/mp4",
        &["m4a"],
        "an M4A recording",
        &["audio/x-m4a", "audio/m4a", "audio/aac", "video/mp4"],
    ),
    (
        MediaType::Mp4,
        "video/mp4",
        &["mp4"],
        "an MP4 film",
        &["audio/mp4", "application/mp4"],
    ),
];

impl MediaType {
    /// Every type that is accepted.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    fn row(self) -> &'static Row {
        // The table has a row for every variant, in their order: a test holds it to that.
        &TABLE[self as usize]
    }

    /// The media type, for example `application/pdf`.
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The endings that file names of this type have; the first is the usual one.
    pub fn extensions(self) -> &'static [&'static str] {
        self.row().2
    }

    /// What people call it, with an article.
    pub fn title(self) -> &'static str {
        self.row().3
    }

    /// The value for the `accept` attribute of a file field.
    pub fn accept_attribute() -> String {
        let endings: Vec<String> = TABLE
            .iter()
            .flat_map(|row| row.2)
            .map(|extension| format!(".{extension}"))
            .collect();
        endings.join(",")
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<MediaType> for &'static str {
    fn from(media_type: MediaType) -> Self {
        media_type.as_str()
    }
}

impl TryFrom<String> for MediaType {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::all()
            .find(|media_type| media_type.as_str() == name)
            .ok_or_else(|| format!("files of type {name:?} are not accepted"))
    }
}

/// The type that a file's name and the browser's word agree on. The ending decides, since browsers
/// know little about many types; their word only has to be possible.
///
/// # Errors
/// The ending is not one of ours, or the browser says something else.
pub fn find_media_type(
    raw_name: &str,
    declared_type: Option<&str>,
) -> Result<MediaType, EvidenceError> {
    let extension = file_name::extension(raw_name);
    let found = TABLE
        .iter()
        .find(|row| row.2.contains(&extension.as_str()))
        .ok_or_else(|| EvidenceError::Type {
            name: file_name::clean(raw_name)
                .chars()
                .take(super::MAX_FILE_NAME_CHARS)
                .collect(),
            mend: mend_type(&extension),
        })?;
    let declared = declared_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_vague = matches!(
        declared.as_str(),
        "" | "application/octet-stream" | "binary/octet-stream"
    );
    if is_vague || declared == found.1 || found.4.contains(&declared.as_str()) {
        Ok(found.0)
    } else {
        Err(EvidenceError::Declared {
            expected: found.0,
            declared: declared.chars().take(80).collect(),
        })
    }
}

fn mend_type(extension: &str) -> &'static str {
    match extension {
        "doc" | "docm" | "dot" | "rtf" => "In Word, choose Save As and the type .docx or .pdf.",
        "ppt" | "pptm" | "pps" | "ppsx" => {
            "In PowerPoint, choose Save As and the type .pptx or .pdf."
        }
        "xls" | "xlsm" | "xlsb" | "ods" => {
            "In your spreadsheet program, choose Save As and the type .xlsx or .csv."
        }
        "pages" | "numbers" | "key" | "odp" => "Export it as a PDF.",
        "gif" | "bmp" | "tif" | "tiff" | "svg" => "Save the picture as JPEG or PNG.",
        "mov" | "avi" | "wmv" | "mkv" | "webm" | "3gp" => "Export the film as MP4.",
        "wav" | "aac" | "ogg" | "wma" | "amr" | "opus" => "Save the recording as MP3 or M4A.",
        "zip" | "rar" | "7z" | "gz" => "Upload the files one by one.",
        "html" | "htm" | "mht" | "mhtml" => {
            "Print the page to a PDF, or add its address as a link."
        }
        "md" | "markdown" => "Save it as plain text (.txt) or PDF.",
        "tsv" => "Save the table as .csv.",
        _ => {
            "Accepted are PDF, JPEG, PNG, WebP, HEIC, Word (.docx), PowerPoint (.pptx), Excel (.xlsx), OpenDocument text (.odt), text, CSV, MP3, M4A and MP4."
        }
    }
}
