//! What a file's bytes are, held against what its name says: a wrong ending is a mistake or a trick.

use super::zip_names::read_names;
use super::{EvidenceError, MediaType};

/// Compares the bytes of a whole file with the type that its name says.
///
/// # Errors
/// They are something else, or a document with macros.
pub fn verify_content(expected: MediaType, bytes: &[u8]) -> Result<(), EvidenceError> {
    let refuse = |found| Err(EvidenceError::Content { expected, found });
    match expected {
        MediaType::Txt | MediaType::Csv => match find_binary(bytes) {
            Some(found) => refuse(found),
            None => Ok(()),
        },
        _ => {
            let found = sniff(bytes);
            match found {
                Sniffed::Known(media_type) if is_same(expected, media_type) => Ok(()),
                Sniffed::Known(media_type) => refuse(media_type.title()),
                Sniffed::Macros => Err(EvidenceError::Macros),
                Sniffed::Other(found) => refuse(found),
            }
        }
    }
}

/// MPEG-4 sound and film share one container, and recorders do not agree on its brand.
fn is_same(expected: MediaType, found: MediaType) -> bool {
    expected == found
        || matches!(
            (expected, found),
            (MediaType::M4a, MediaType::Mp4) | (MediaType::Mp4, MediaType::M4a)
        )
}

enum Sniffed {
    Known(MediaType),
    Macros,
    Other(&'static str),
}

fn sniff(bytes: &[u8]) -> Sniffed {
    let at = |place: usize, magic: &[u8]| {
        bytes
            .get(place..)
            .is_some_and(|rest| rest.starts_with(magic))
    };
    if at(0, b"%PDF-") {
        Sniffed::Known(MediaType::Pdf)
    } else if at(0, b"\xFF\xD8\xFF") {
        Sniffed::Known(MediaType::Jpeg)
    } else if at(0, b"\x89PNG\r\n\x1A\n") {
        Sniffed::Known(MediaType::Png)
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Sniffed::Known(MediaType::Webp)
    } else if at(4, b"ftyp") {
        sniff_mpeg4(bytes.get(8..12).unwrap_or_default())
    } else if at(0, b"ID3") || is_mp3_frame(bytes) {
        Sniffed::Known(MediaType::Mp3)
    } else if at(0, b"PK\x03\x04") {
        sniff_zip(bytes)
    } else if at(0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        Sniffed::Other("an older Office document (.doc, .xls or .ppt) or one with a password")
    } else if at(0, b"{\\rtf") {
        Sniffed::Other("a rich text document (.rtf)")
    } else if at(0, b"GIF8") {
        Sniffed::Other("a GIF picture")
    } else if at(0, b"MZ") || at(0, b"\x7FELF") || at(0, b"#!") {
        Sniffed::Other("a program")
    } else if looks_like_html(bytes) {
        Sniffed::Other("a web page; perhaps a sign-in page was saved instead of the file")
    } else if find_binary(bytes).is_none() {
        Sniffed::Other("plain text")
    } else {
        Sniffed::Other("something else")
    }
}

fn sniff_mpeg4(brand: &[u8]) -> Sniffed {
    match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"mif1" | b"msf1" => {
            Sniffed::Known(MediaType::Heic)
        }
        b"M4A " | b"M4B " => Sniffed::Known(MediaType::M4a),
        b"qt  " => Sniffed::Other("a QuickTime film (.mov)"),
        b"avif" | b"avis" => Sniffed::Other("an AVIF picture"),
        _ => Sniffed::Known(MediaType::Mp4),
    }
}

/// Eleven bits of synchronisation, then a version, layer and bit rate that exist.
fn is_mp3_frame(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, second, third, ..]
        if second & 0xE0 == 0xE0
            && second & 0x18 != 0x08
            && second & 0x06 == 0x02
            && third & 0xF0 != 0xF0
            && third & 0x0C != 0x0C)
}

fn sniff_zip(bytes: &[u8]) -> Sniffed {
    let Some(names) = read_names(bytes) else {
        return Sniffed::Other("a damaged or half-downloaded document");
    };
    let has = |name: &[u8]| names.contains(&name);
    if names.iter().any(|name| name.ends_with(b"vbaProject.bin")) {
        Sniffed::Macros
    } else if has(b"word/document.xml") {
        Sniffed::Known(MediaType::Docx)
    } else if has(b"ppt/presentation.xml") {
        Sniffed::Known(MediaType::Pptx)
    } else if has(b"xl/workbook.xml") {
        Sniffed::Known(MediaType::Xlsx)
    } else if bytes
        .get(30..)
        .is_some_and(|rest| rest.starts_with(b"mimetypeapplication/vnd.oasis.opendocument.text"))
    {
        Sniffed::Known(MediaType::Odt)
    } else if has(b"content.xml") {
        Sniffed::Other("another OpenDocument file")
    } else {
        Sniffed::Other("a zip archive")
    }
}

fn looks_like_html(bytes: &[u8]) -> bool {
    let head: Vec<u8> = bytes
        .iter()
        .take(512)
        .skip_while(|byte| byte.is_ascii_whitespace() || !byte.is_ascii())
        .map(u8::to_ascii_lowercase)
        .collect();
    [
        &b"<!doctype html"[..],
        b"<html",
        b"<head",
        b"<body",
        b"<script",
    ]
    .iter()
    .any(|start| head.starts_with(start))
}

/// What speaks against bytes being a text: spreadsheets write UTF-8, UTF-16 with a mark, or an
/// 8-bit code page, none of which has control characters other than tabs and line ends.
fn find_binary(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return None;
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Some("a zip archive or an Office document");
    }
    if bytes.starts_with(b"%PDF-") {
        return Some("a PDF file");
    }
    let is_strange = |byte: &u8| matches!(byte, 0..=8 | 0x0E..=0x19 | 0x1B..=0x1F | 0x7F);
    bytes.iter().any(is_strange).then_some("not text")
}
