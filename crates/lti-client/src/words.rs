//! What a platform says about a failure, made fit to be stored, logged and shown.

use reqwest::StatusCode;
use serde_json::Value;

const CHARACTERS: usize = 300;
/// Words of letters and digits that are at least as long may be tokens.
const TOKEN_LENGTH: usize = 28;
/// Where platforms put the words, the most telling first.
const MEMBERS: [&str; 7] = [
    "error_description",
    "reason",
    "message",
    "detail",
    "errors",
    "error",
    "title",
];

/// The platform's words: the status line's, which Moodle uses, else the body's, else the status's meaning.
pub(crate) fn reason(
    status: StatusCode,
    status_line: Option<&[u8]>,
    body: &[u8],
    secret: Option<&str>,
) -> String {
    let status_line = status_line.map(String::from_utf8_lossy).unwrap_or_default();
    let body = String::from_utf8_lossy(body);
    let meaning = status.canonical_reason().unwrap_or("no reason given");
    let said = Some(tidy(&status_line, secret))
        .filter(|said| !said.is_empty() && said != meaning)
        .or_else(|| find_in_body(&body).map(|said| tidy(&said, secret)))
        .filter(|said| !said.is_empty());
    said.unwrap_or_else(|| meaning.to_owned())
}

/// The body's `error`, by which OAuth's endpoints say what is wrong.
pub(crate) fn find_error(body: &[u8], secret: Option<&str>) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(tidy(body.get("error")?.as_str()?, secret)).filter(|error| !error.is_empty())
}

/// One line without what must not be kept, cut to length.
pub(crate) fn tidy(text: &str, secret: Option<&str>) -> String {
    // Moodle's status line repeats the score that it refused, with the person and the comment.
    let text = text.split_once('{').map_or(text, |(before, _)| before);
    let hidden = secret
        .filter(|secret| !secret.is_empty())
        .map(|secret| text.replace(secret, "…"));
    let text = hidden.as_deref().unwrap_or(text);
    let mut tidied = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let word = match word.split_once('?') {
            Some((before, _)) if before.contains('/') => before,
            _ if is_secret(word) => "…",
            _ => word,
        };
        if !word.is_empty() {
            if !tidied.is_empty() {
                tidied.push(' ');
            }
            tidied.push_str(word);
        }
    }
    match tidied.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", &tidied[..end]),
        None => tidied,
    }
}

/// Whether a word may be a token, or is an e-mail address.
fn is_secret(word: &str) -> bool {
    let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let of_token = |c: char| c.is_ascii_alphanumeric() || "-._~+=".contains(c);
    core.contains('@')
        || (core.len() >= TOKEN_LENGTH
            && core.chars().all(of_token)
            && core.contains(|c: char| c.is_ascii_digit()))
}

fn find_in_body(body: &str) -> Option<String> {
    let body = body.trim();
    match serde_json::from_str::<Value>(body) {
        Ok(value) => find_in_json(&value).map(ToOwned::to_owned),
        // A page is for people with a browser.
        Err(_) if body.starts_with('<') => None,
        // Moodle's "JSON" with quotation marks that are not escaped.
        Err(_) => Some(
            body.trim_start_matches(['{', '['])
                .trim_end_matches(['}', ']'])
                .to_owned(),
        ),
    }
}

fn find_in_json(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text.as_str()).filter(|text| !text.trim().is_empty()),
        Value::Array(values) => values.iter().find_map(find_in_json),
        Value::Object(members) => MEMBERS
            .iter()
            .filter_map(|name| members.get(*name))
            .find_map(find_in_json),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, status_line: &str, body: &str) -> String {
        let status = StatusCode::from_u16(status).unwrap();
        reason(
            status,
            Some(status_line.as_bytes()),
            body.as_bytes(),
            Some("0123456789abcdef"),
        )
    }

    #[test]
    fn the_status_line_goes_before_the_body() {
        assert_eq!(
            said(
                409,
                "Refusing score with an earlier timestamp for item 2",
                r#"{"reason":"x"}"#
            ),
            "Refusing score with an earlier timestamp for item 2"
        );
        assert_eq!(
            said(400, "Bad Request", r#"{"error":"invalid_scope"}"#),
            "invalid_scope"
        );
    }

    #[test]
    fn bodies_of_all_kinds() {
        let table = [
            (
                r#"{"errors":{"type":"unprocessable_entity","message":"not a student"}}"#,
                "not a student",
            ),
            (
                r#"{"errors":[{"message":"no such thing"}]}"#,
                "no such thing",
            ),
            (
                r#"{"error":"invalid_client","error_description":"who?"}"#,
                "who?",
            ),
            (
                "{ \"error\" : \"\"kid\" invalid, unable\" }",
                r#""error" : ""kid" invalid, unable""#,
            ),
            ("Rate Limit Exceeded\n", "Rate Limit Exceeded"),
            ("<html><title>x</title>", "Unprocessable Entity"),
            (r#"{"error":7}"#, "Unprocessable Entity"),
            ("", "Unprocessable Entity"),
        ];
        for (body, words) in table {
            assert_eq!(said(422, "", body), words, "{body}");
        }
    }

    #[test]
    fn nothing_is_kept_that_must_not_be() {
        let table = [
            (
                r#"Incorrect score received{"userId":"3","comment":"Poor"}"#,
                "Incorrect score received",
            ),
            ("No token 0123456789abcdef here", "No token … here"),
            ("bad eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln!", "bad …"),
            (
                "at https://lms.example/a?sesskey=1 and /b?c",
                "at https://lms.example/a and /b",
            ),
            ("tara@example.org\u{7} is\r\nnobody", "… is nobody"),
            (
                "No handler found for /2/lineitems  application/vnd.ims.lis.v2.lineitem+json",
                "No handler found for /2/lineitems application/vnd.ims.lis.v2.lineitem+json",
            ),
        ];
        for (line, words) in table {
            assert_eq!(said(400, line, ""), words, "{line}");
        }
        assert_eq!(said(400, &"ä ".repeat(400), "").chars().count(), 301);
    }
}
