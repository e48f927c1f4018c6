//! Tests of what is accepted as evidence, table by table.

use super::*;

/// A zip archive with empty, stored entries of these names.
fn zip(names: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for name in names {
        let offset = u32::try_from(bytes.len()).unwrap();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        bytes.extend(b"PK\x03\x04");
        bytes.extend([0; 22]);
        bytes.extend(length);
        bytes.extend([0; 2]);
        bytes.extend(name.as_bytes());
        directory.extend(b"PK\x01\x02");
        directory.extend([0; 24]);
        directory.extend(length);
        directory.extend([0; 12]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = u32::try_from(bytes.len()).unwrap();
    let count = u16::try_from(names.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count);
    bytes.extend(count);
    bytes.extend(length.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

fn odt() -> Vec<u8> {
    // The first entry's content follows its name, as OpenDocument demands.
    zip(&[
        "mimetypeapplication/vnd.oasis.opendocument.text",
        "content.xml",
    ])
}

#[test]
fn the_table_of_types_is_in_the_order_of_the_variants() {
    for (index, media_type) in MediaType::all().enumerate() {
        assert_eq!(media_type as usize, index);
        let json = serde_json::to_string(&media_type).unwrap();
        assert_eq!(
            serde_json::from_str::<MediaType>(&json).unwrap(),
            media_type
        );
    }
    assert!(MediaType::accept_attribute().starts_with(".pdf,.jpg,.jpeg"));
}

#[test]
fn real_files_are_accepted() {
    let docx = zip(&["[Content_Types].xml", "word/document.xml"]);
    let pptx = zip(&["[Content_Types].xml", "ppt/presentation.xml"]);
    let xlsx = zip(&["[Content_Types].xml", "xl/workbook.xml"]);
    let odt = odt();
    for (name, declared, bytes, media_type) in [
        (
            "a.pdf",
            "application/pdf",
            &b"%PDF-1.7\n"[..],
            MediaType::Pdf,
        ),
        ("A.PDF", "", b"%PDF-1.7\n", MediaType::Pdf),
        ("a.jpeg", "image/jpeg", b"\xFF\xD8\xFF\xE0", MediaType::Jpeg),
        ("a.png", "image/png", b"\x89PNG\r\n\x1A\n", MediaType::Png),
        (
            "a.webp",
            "image/webp",
            b"RIFF\0\0\0\0WEBPVP8 ",
            MediaType::Webp,
        ),
        (
            "a.heic",
            "application/octet-stream",
            b"\0\0\0\x18ftypheic",
            MediaType::Heic,
        ),
        ("a.docx", "application/msword", &docx, MediaType::Docx),
        ("a.pptx", "", &pptx, MediaType::Pptx),
        ("a.xlsx", "", &xlsx, MediaType::Xlsx),
        ("a.odt", "", &odt, MediaType::Odt),
        (
            "a.txt",
            "text/plain; charset=utf-8",
            "Grüße\r\n".as_bytes(),
            MediaType::Txt,
        ),
        (
            "a.csv",
            "application/vnd.ms-excel",
            b"name;mark\ncaf\xE9;5\n",
            MediaType::Csv,
        ),
        ("a.mp3", "audio/mpeg", b"ID3\x04", MediaType::Mp3),
        ("a.mp3", "audio/mpeg", b"\xFF\xFB\x90\x64", MediaType::Mp3),
        (
            "a.m4a",
            "audio/x-m4a",
            b"\0\0\0\x18ftypM4A ",
            MediaType::M4a,
        ),
        ("a.mp4", "video/mp4", b"\0\0\0\x18ftypisom", MediaType::Mp4),
    ] {
        let accepted = accept_file(name, Some(declared), bytes).unwrap();
        assert_eq!(accepted.media_type, media_type, "{name}");
        assert_eq!(accepted.size, bytes.len() as u64);
    }
}

#[test]
fn the_rest_is_refused_with_a_reason() {
    let macros = zip(&["word/document.xml", "word/vbaProject.bin"]);
    let archive = zip(&["a.txt"]);
    let whole = zip(&["word/document.xml"]);
    let half = &whole[..40];
    for (name, declared, bytes, code, word) in [
        (
            "a.pdf",
            "application/pdf",
            &b""[..],
            "evidence_empty",
            "empty",
        ),
        (
            "a.doc",
            "application/msword",
            b"x",
            "evidence_type",
            ".docx or .pdf",
        ),
        ("a.exe", "", b"MZ", "evidence_type", "Accepted are PDF"),
        ("a", "", b"x", "evidence_type", "Accepted are PDF"),
        ("a.mov", "", b"x", "evidence_type", "MP4"),
        (
            "a.pdf",
            "text/html",
            b"%PDF-1.7",
            "evidence_declared",
            "text/html",
        ),
        (
            "a.pdf",
            "",
            b"<!DOCTYPE html><html>",
            "evidence_content",
            "web page",
        ),
        ("a.pdf", "", b"MZ\x90\0", "evidence_content", "a program"),
        ("a.pdf", "", b"hello", "evidence_content", "plain text"),
        (
            "a.jpg",
            "image/jpeg",
            b"\x89PNG\r\n\x1A\n",
            "evidence_content",
            "a PNG picture",
        ),
        ("a.docx", "", &macros, "evidence_macros", "macros"),
        ("a.docx", "", &archive, "evidence_content", "a zip archive"),
        ("a.docx", "", half, "evidence_content", "half-downloaded"),
        (
            "a.docx",
            "",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "evidence_content",
            "older Office",
        ),
        ("a.txt", "", b"a\0b", "evidence_content", "not text"),
        ("a.csv", "", &archive, "evidence_content", "zip archive"),
        (
            "a.mp4",
            "",
            b"\0\0\0\x14ftypqt  ",
            "evidence_content",
            "QuickTime",
        ),
        (
            "a.mp3",
            "",
            b"\xFF\xFF\xFF\0",
            "evidence_content",
            "something else",
        ),
    ] {
        let error = accept_file(name, Some(declared), bytes).unwrap_err();
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(error.to_string().contains(word), "{name}: {error}");
    }
    assert_eq!(
        verify_size(MAX_FILE_BYTES + 1).unwrap_err().to_string(),
        "The file has 26 MB and can have 25 MB. Shorten or compress it, or put it where your school keeps such files and add a link."
    );
    assert!(verify_size(MAX_FILE_BYTES).is_ok());
}

#[test]
fn hostile_archives_are_read_without_harm() {
    let mut bytes = zip(&["word/document.xml"]);
    for place in 0..bytes.len() {
        let kept = bytes[place];
        bytes[place] = 0xFF;
        // Only that it ends: the answer depends on the byte.
        let _ = verify_content(MediaType::Docx, &bytes);
        bytes[place] = kept;
        let _ = verify_content(MediaType::Docx, &bytes[..place]);
    }
}

#[test]
fn file_names_are_made_safe() {
    for (raw, clean) in [
        ("plan.pdf", "plan.pdf"),
        ("Plan for Year 9.PDF", "Plan for Year 9.pdf"),
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ("../../etc/plan.pdf", "plan.pdf"),
        ("..pdf", "evidence.pdf"),
        (".pdf", "evidence.pdf"),
        ("", "evidence.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie- x.pdf"),
        ("a\"b<c>.pdf", "a-b-c-.pdf"),
        ("fdp\u{202E}gpj.pdf", "fdpgpj.pdf"),
        ("con.pdf", "file-con.pdf"),
        ("LPT1.notes.pdf", "file-LPT1.notes.pdf"),
        ("  two   blanks .pdf", "two blanks.pdf"),
        ("écrit à la main.pdf", "écrit à la main.pdf"),
    ] {
        assert_eq!(clean_file_name(raw, MediaType::Pdf), clean, "{raw:?}");
    }
    let long = clean_file_name(&format!("{}.jpeg", "é".repeat(400)), MediaType::Jpeg);
    assert!(long.chars().count() <= MAX_FILE_NAME_CHARS);
    assert_eq!(
        long.rsplit_once('.').map(|(_, ending)| ending),
        Some("jpeg")
    );
}

#[test]
fn links_are_web_addresses() {
    for (typed, address) in [
        (
            " https://example.org/a?b=c#d ",
            "https://example.org/a?b=c#d",
        ),
        ("http://example.org", "http://example.org/"),
        ("www.example.org/page", "https://www.example.org/page"),
        ("HTTPS://EXAMPLE.ORG/A", "https://example.org/A"),
        ("example.org:8080/x", "https://example.org:8080/x"),
    ] {
        assert_eq!(parse_link(typed).unwrap().as_str(), address, "{typed:?}");
    }
    for (typed, word) in [
        ("", "nothing was entered"),
        ("javascript:alert(1)", "only addresses"),
        ("JaVaScRiPt://example.org/%0aalert(1)", "only addresses"),
        ("data:text/html,x", "only addresses"),
        ("ftp://example.org/", "only addresses"),
        ("file:///C:/plan.docx", "upload the file"),
        ("https://me:secret@example.org/", "password"),
        ("https://sharepoint/site", "your own network"),
        ("https://a b.org", "blanks"),
        ("see my blog", "blanks"),
        ("blog", "web address"),
        ("https://", "web address"),
    ] {
        let error = parse_link(typed).unwrap_err();
        assert_eq!(error.code(), "evidence_link");
        assert!(error.to_string().contains(word), "{typed:?}: {error}");
    }
    assert!(parse_link(&format!("https://example.org/{}", "a".repeat(2_000))).is_err());
}

#[test]
fn captions_are_one_short_line() {
    assert_eq!(
        clean_caption("  My\r\n lesson\tplan ").unwrap(),
        "My lesson plan"
    );
    assert!(clean_caption(&"x".repeat(MAX_CAPTION_CHARS)).is_ok());
    assert!(clean_caption(&"x".repeat(MAX_CAPTION_CHARS + 1)).is_err());
}
