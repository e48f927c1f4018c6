//! The special data types (Data 4): each checks one value.

use serde_json::Value;

use super::checker::Checker;
use crate::{Rule, formats};

pub(super) fn string(checker: &mut Checker, value: &Value) {
    checker.text(value, Rule::WrongType, "any text", |_| true);
}

pub(super) fn boolean(checker: &mut Checker, value: &Value) {
    if !value.is_boolean() {
        checker.fail(Rule::WrongType, "true or false is expected");
    }
}

pub(super) fn number(checker: &mut Checker, value: &Value) {
    if !value.is_number() {
        checker.fail(Rule::WrongType, "a number is expected");
    }
}

pub(super) fn iri(checker: &mut Checker, value: &Value) {
    checker.text(value, Rule::Iri, "an IRI with a scheme", formats::is_iri);
}

pub(super) fn uuid(checker: &mut Checker, value: &Value) {
    checker.text(value, Rule::Uuid, "a UUID of 36 characters", |text| {
        formats::parse_uuid(text).is_some()
    });
}

pub(super) fn timestamp(checker: &mut Checker, value: &Value) {
    let version = checker.version;
    checker.text(
        value,
        Rule::Timestamp,
        "a date and time of ISO 8601",
        |text| formats::parse_timestamp(text, version).is_some(),
    );
}

pub(super) fn duration(checker: &mut Checker, value: &Value) {
    checker.text(
        value,
        Rule::Duration,
        "a duration of ISO 8601",
        formats::is_duration,
    );
}

pub(super) fn language_tag(checker: &mut Checker, value: &Value) {
    checker.text(
        value,
        Rule::LanguageTag,
        "a language tag of RFC 5646",
        formats::is_language_tag,
    );
}

/// Language tags to strings (Data 4.2).
pub(super) fn language_map(checker: &mut Checker, value: &Value) {
    checker.entries(value, |checker, tag, value| {
        if !formats::is_language_tag(tag) {
            checker.fail(Rule::LanguageTag, "the key is no language tag of RFC 5646");
        }
        string(checker, value);
    });
}

/// IRIs to anything at all, null included (Data 4.1).
pub(super) fn extensions(checker: &mut Checker, value: &Value) {
    checker.entries(value, |checker, key, _| {
        if !formats::is_iri(key) {
            checker.fail(Rule::Iri, "the key of an extension is an IRI");
        }
    });
}
