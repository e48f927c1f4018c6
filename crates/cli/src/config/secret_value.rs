//! A secret setting: written inline, or `{ file = "…" }`.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A secret: the text itself, or the file that holds it.
#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum SecretValue {
    /// The secret itself.
    Inline(String),
    /// A file whose content (without the last line's end) is the secret.
    File {
        /// The file's path.
        file: PathBuf,
    },
}

impl SecretValue {
    /// The secret; the error says which file could not be read, never what is in it.
    pub(crate) fn read(&self) -> Result<String, String> {
        match self {
            Self::Inline(text) => Ok(text.clone()),
            Self::File { file } => std::fs::read_to_string(file)
                .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
                .map_err(|error| format!("{}: {error}", file.display())),
        }
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline(_) => f.write_str("(inline secret)"),
            Self::File { file } => write!(f, "(secret in {})", file.display()),
        }
    }
}
