//! The headers of attachments (Data 2.4.11).

use serde_json::Value;

use super::checker::{Checker, Property, optional, required};
use super::values::{iri, language_map};
use crate::{Rule, formats};

const ATTACHMENT: &[Property] = &[
    required("usageType", iri),
    required("display", language_map),
    optional("description", language_map),
    required("contentType", content_type),
    required("length", length),
    required("sha2", sha2),
    optional("fileUrl", iri),
];

pub(super) fn attachments(checker: &mut Checker, value: &Value) {
    checker.array(value, |checker, item| {
        checker.object(item, &[ATTACHMENT]);
    });
}

fn content_type(checker: &mut Checker, value: &Value) {
    checker.text(
        value,
        Rule::Attachment,
        "a media type",
        formats::is_media_type,
    );
}

fn length(checker: &mut Checker, value: &Value) {
    if !value.is_u64() {
        checker.fail(Rule::Attachment, "a whole number of octets is expected");
    }
}

fn sha2(checker: &mut Checker, value: &Value) {
    checker.text(
        value,
        Rule::Attachment,
        "a hexadecimal digest",
        formats::is_sha2_hex,
    );
}
