//! Names of uploaded files made safe: no paths, no control or direction characters, a known ending.

use super::MediaType;

/// The longest file name that is kept, in characters, its ending included.
pub const MAX_FILE_NAME_CHARS: usize = 120;

/// A name that is safe to show, to store and to send in a `Content-Disposition`: only its last part,
/// without characters that Windows, shells or readers trip over, with the type's ending.
pub fn clean_file_name(raw: &str, media_type: MediaType) -> String {
    let cleaned = clean(raw);
    let (stem, extension) = match cleaned.rsplit_once('.') {
        Some((stem, extension)) => (stem, extension.to_lowercase()),
        None => (cleaned.as_str(), String::new()),
    };
    let known = media_type.extensions();
    let extension = known
        .iter()
        .find(|known| **known == extension)
        .or_else(|| known.first())
        .copied()
        .unwrap_or_default();
    let room = MAX_FILE_NAME_CHARS - extension.len() - 1;
    let stem: String = stem.chars().take(room).collect();
    let stem = stem.trim_matches(|c: char| c == '.' || c == ' ');
    let stem = if stem.is_empty() { "evidence" } else { stem };
    // Windows opens devices under these names, whatever their ending.
    let is_device = matches!(
        stem.split('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
            .as_str(),
        "con" | "prn" | "aux" | "nul"
    ) || is_numbered_device(stem);
    if is_device {
        format!("file-{stem}.{extension}")
    } else {
        format!("{stem}.{extension}")
    }
}

/// The last part of a name without what does not belong in one; may be empty.
pub(super) fn clean(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .map(|c| match c {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' | '%' | ';' => '-',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    visible
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The ending in lower case, empty if there is none.
pub(super) fn extension(raw: &str) -> String {
    let cleaned = clean(raw);
    match cleaned.trim_end_matches(['.', ' ']).rsplit_once('.') {
        Some((_, extension)) => extension.to_lowercase(),
        None => String::new(),
    }
}

fn is_numbered_device(stem: &str) -> bool {
    let first = stem
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    ["com", "lpt"].iter().any(|device| {
        first
            .strip_prefix(device)
            .is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    })
}

/// Characters without a shape of their own, among them those that turn the direction of writing
/// round ("gpj.exe" shown as "exe.jpg").
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{061C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFD}'
            | '\u{E0000}'..='\u{E007F}'
    )
}
